"""Rule 7: documents are kept by key, replaced by version, hidden by tombstones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from stripchart.store.contract import (
    Batch,
    Document,
    DocumentRead,
    Extent,
    Gap,
    Store,
)
from tests.contract.feeding import TASK, feed

BLANK = Document("plot", "", "t", "s", None, 0, 0, 0, 0, 0, b"")


def document(key: str, payload: bytes | None = b"x", **fields: Any) -> Document:
    return replace(BLANK, key=key, payload=payload, **fields)


def batch(*documents: Document, begin: int = 0, end: int = 0, writer: str = "w") -> Batch:
    end = end or begin + len(documents)
    placed = [replace(d, offset=begin + i) for i, d in enumerate(documents)]
    return Batch(Extent(TASK, writer, "records", begin, end), documents=placed)


def read(store: Store, **asked: Any) -> Sequence[Document]:
    return store.documents(DocumentRead(TASK, "plot", **asked))


def keys(store: Store, **asked: Any) -> str:
    return " ".join(found.key for found in read(store, **asked))


def test_a_document_is_read_back_whole(store: Store) -> None:
    given = document(
        "k", b"\x00\xff" * 9, title="größe\x00", series="", iteration=-(2**63),
        time_us=2**62, attempt=3, rank=7, version=2**62,
    )  # fmt: skip
    store.append([batch(given, begin=0, end=10)])
    assert read(store) == [replace(given, size_bytes=18)]
    assert read(store, payload=False) == [replace(given, payload=None, size_bytes=18)]
    assert store.progress(TASK) == {("w", "records"): 10}


def test_an_empty_payload_is_no_tombstone(store: Store) -> None:
    store.append([batch(document("k", b""))])
    assert [found.payload for found in read(store)] == [b""]


def test_kinds_and_tasks_are_kept_apart(store: Store) -> None:
    store.append([batch(document("k"), document("k", kind="sample"))])
    assert keys(store) == "k"
    assert store.documents(DocumentRead("f" * 32, "plot")) == []
    assert len(store.documents(DocumentRead(TASK, "sample"))) == 1
    assert store.documents(DocumentRead(TASK, "none such")) == []


def test_an_equal_or_higher_version_replaces(store: Store) -> None:
    store.append([batch(document("k", b"1", version=5))])
    store.append([batch(document("k", b"2", version=5), begin=1)])
    assert [found.payload for found in read(store)] == [b"2"]
    store.append([batch(document("k", b"3", version=4), begin=2)])
    assert [found.payload for found in read(store)] == [b"2"]
    store.append([batch(document("k", b"4", version=6, title="other"), begin=3)])
    assert [(found.title, found.payload) for found in read(store)] == [("other", b"4")]


def test_versions_hold_within_one_call_and_over_writers(store: Store) -> None:
    store.append(
        [
            batch(document("k", b"1", version=2), document("k", b"2", version=1)),
            batch(document("k", b"3", version=1), document("j", b"4"), writer="v"),
        ]
    )
    assert {found.key: found.payload for found in read(store)} == {"k": b"1", "j": b"4"}


def test_a_tombstone_hides_for_good(store: Store) -> None:
    store.append([batch(document("k", version=0), document("j"))])
    store.append([batch(document("k", None, version=2, title="", series=""), begin=2)])
    assert keys(store) == "j"
    store.append([batch(document("k", version=1), begin=3)])
    assert keys(store) == "j"
    store.append([batch(document("k", version=3), begin=4)])
    assert keys(store) == "j k"


def test_a_tombstone_may_come_first(store: Store) -> None:
    store.append([batch(document("k", None, version=2), writer="v")])
    assert keys(store) == ""
    store.append([batch(document("k", version=0))])
    assert keys(store) == ""


def test_what_was_appended_is_not_applied_again(store: Store) -> None:
    """With equal versions the later one stands, so that applying the earlier one again would show."""
    first, second = document("k", b"1"), document("k", b"2")
    store.append([batch(first, second)])
    store.append([batch(first)])
    store.append([batch(first, replace(second, key="l"), begin=0, end=2)])
    assert [(found.key, found.payload) for found in read(store)] == [("k", b"2")]
    store.append([batch(first, first, document("m"), begin=0, end=3)])
    assert [(found.key, found.payload) for found in read(store)] == [("k", b"2"), ("m", b"x")]


def test_a_gap_stores_nothing(store: Store) -> None:
    store.append([batch(document("k"))])
    with pytest.raises(Gap):
        store.append([batch(document("j"), writer="v"), batch(document("l"), begin=5)])
    assert keys(store) == "k"
    assert store.progress(TASK) == {("w", "records"): 1}


def test_reads_are_ordered_and_narrowed(store: Store) -> None:
    given = [
        document("e", title="b", series="x", iteration=0),
        document("d", title="a", series="y", iteration=10, time_us=2),
        document("c", title="a", series="y", iteration=10, time_us=1),
        document("b", title="a", series="y", iteration=-3),
        document("a", title="a", series="y"),
        document("f", title="a", series="x", iteration=99),
    ]
    random.Random(0).shuffle(given)
    store.append([batch(*given)])
    assert keys(store) == "f a b c d e"
    assert keys(store, title="a") == "f a b c d"
    assert keys(store, title="a", series="y") == "a b c d"
    assert keys(store, series="x") == "f e"
    assert keys(store, iteration=0) == "e"
    assert keys(store, iteration=10, title="b") == ""
    assert keys(store, keys=["d", "e", "none such", "d"]) == "d e"
    assert keys(store, keys=[]) == ""
    assert keys(store, title="a'; --") == ""


@pytest.mark.parametrize(
    ("at", "found"),
    [(-5, "a r"), (9, "b r"), (10, "d r"), (10**6, "d s"), (-(2**63), "a r"), (20, "d s")],
)
def test_at_finds_the_highest_not_above_else_the_lowest(store: Store, at: int, found: str) -> None:
    store.append(
        [
            batch(
                document("a"),
                document("b", iteration=0),
                document("c", iteration=10, time_us=1),
                document("d", iteration=10, time_us=2),
                document("e", iteration=10**9),
                document("r", iteration=15, rank=1),
                document("s", iteration=20, rank=1),
            )
        ]
    )
    assert keys(store, at=at) == found


def test_at_takes_the_last_of_the_lowest(store: Store) -> None:
    store.append([batch(*(document(key, iteration=4, time_us=i) for i, key in enumerate("abc")))])
    assert keys(store, at=0) == "c"


def test_latest_bounds_each_series_and_rank(store: Store) -> None:
    given = [document(f"p{i}", iteration=i) for i in range(5)]
    given += [document(f"q{i}", iteration=i, series="u") for i in range(2)]
    given += [document("r", iteration=0, rank=1)]
    store.append([batch(*given)])
    assert keys(store, latest=2) == "r p3 p4 q0 q1"
    assert keys(store, latest=1, series="s") == "r p4"
    assert keys(store, latest=0) == ""


def test_big_payloads_are_kept_exactly(store: Store) -> None:
    figure = random.Random(1).randbytes(8 << 20).hex().encode()
    store.append([batch(document("big", figure), document("small", b"{}"))])
    store.settle()
    assert [found.size_bytes for found in read(store, payload=False)] == [len(figure), 2]
    assert read(store, keys=["big"])[0].payload == figure


def test_deleting_a_task_forgets_its_documents(store: Store) -> None:
    store.append([batch(document("k"), document("j", None, version=9))])
    store.delete_task(TASK)
    assert keys(store) == ""
    store.append([batch(document("j"))])
    assert keys(store) == "j"


def test_bit_by_bit_is_the_same_as_at_once(new_store: Callable[[], Store]) -> None:
    chance = random.Random(7)
    said = [
        document(
            str(chance.randrange(40)),
            None if chance.random() < 0.1 else chance.randbytes(chance.randrange(50)),
            version=chance.randrange(6),
            title=str(chance.randrange(3)),
            iteration=chance.choice([None, 0, 1, 2]),
            time_us=i,
            rank=chance.randrange(2),
        )
        for i in range(400)
    ]
    at_once, bit_by_bit = new_store(), new_store()
    at_once.append([batch(*said)])
    parts, begin = [], 0
    while begin < len(said):
        end = begin + chance.randrange(1, 30)
        overlap = max(0, begin - chance.randrange(5))
        parts.append(batch(*said[overlap:end], begin=overlap))
        begin = end
    feed(bit_by_bit, parts)
    for asked in ({}, {"at": 1}, {"latest": 2}, {"title": "1", "payload": False}):
        assert read(bit_by_bit, **asked) == read(at_once, **asked)
        assert asked or read(at_once)


def test_large_payloads_come_whole_and_stand_in_nobodys_way(store: Store) -> None:
    noise = random.Random(1).randbytes
    large, other, small = noise(30_000_001), noise(4_000 * 3), b"small"
    store.append([batch(document("a", large), document("b", small), document("c", other))])
    with ThreadPoolExecutor(8) as readers:
        found = list(readers.map(lambda _: read(store, keys=["b"])[0].payload, range(32)))
    assert found == [small] * 32
    assert [d.payload for d in read(store)] == [large, small, other]
    # What is replaced leaves nothing of itself, whether it was larger or smaller.
    store.append([batch(document("a", other, version=1), document("c", small, version=1), begin=3)])
    store.append([batch(document("b", large[:-1], version=1), begin=5)])
    assert [d.payload for d in read(store)] == [other, large[:-1], small]
    store.delete_task(TASK)
    assert read(store) == []
    store.append([batch(document("a", small))])
    assert [d.payload for d in read(store)] == [small]
