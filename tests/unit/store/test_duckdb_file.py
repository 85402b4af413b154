"""The DuckDB file: killed while written, damaged, of another version, in use."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest

from stripchart.store.contract import LineRead, StoreInUse, StoreOutdated, StoreUnreadable
from stripchart.store.open import open_events, set_aside
from tests.contract.feeding import LINE, TASK, columns

ROUND = 700
APPEND_FOR_EVER = f"""
import sys
from pathlib import Path
import numpy as np
from stripchart.store.open import open_events
from tests.contract.feeding import LINE, TASK, columns
store = open_events(Path(sys.argv[1]))
begin = store.progress(TASK).get(("w", "scalars"), 0)
while True:
    place = np.arange(begin, begin + {ROUND})
    store.append([columns(place, place.astype(float), begin=begin)])
    begin += {ROUND}
    print(begin, flush=True)
    if begin % {ROUND * 20} == 0:
        store.settle()
"""


def _append_until_killed(path: Path, wait_sec: float) -> int:
    """Return the end of the last append that is known to have returned."""
    process = subprocess.Popen(
        [sys.executable, "-c", APPEND_FOR_EVER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    with process:
        seen = process.stdout.readline()
        assert seen, "the writer died by itself"
        time.sleep(wait_sec)
        process.send_signal(signal.SIGKILL)
        return int([seen, *process.stdout.read().split()][-1])


def test_a_killed_writer_leaves_whole_appends(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    for _ in range(5):
        returned = _append_until_killed(path, random.uniform(0, 0.4))
        store = open_events(path)
        try:
            end = store.progress(TASK)["w", "scalars"]
            assert end >= returned
            assert end % ROUND == 0
            points = store.points([LineRead(LINE)])[0]
            np.testing.assert_array_equal(points.iteration, np.arange(end))
            np.testing.assert_array_equal(points.value, np.arange(end, dtype=float))
            reduced = store.reduce([LineRead(LINE, edges=np.array([0, 2**40]))])[0]
            assert reduced.points.tolist() == [end]
            assert store.lines({TASK: None})[0].count == end
        finally:
            store.close()


def _filled(path: Path) -> None:
    store = open_events(path)
    store.append([columns(np.arange(200_000), np.random.default_rng(0).normal(size=200_000))])
    store.settle()
    store.close()


@pytest.mark.parametrize("damage", ["garbage", "header", "cut", "middle"])
def test_a_damaged_file_is_told_apart_and_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "events.duckdb"
    _filled(path)
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content = bytearray(b"not a database at all, but longer than any header " * 1000)
    elif damage == "header":
        content[:12288] = bytes(12288)
    elif damage == "cut":
        del content[len(content) // 3 :]
    else:
        for at in range(20_000, len(content), 1000):
            content[at] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(StoreUnreadable, match="not readable"):  # noqa: PT012 - whichever notices
        store = open_events(path)
        try:
            store.lines({TASK: None})
            store.points([LineRead(LINE)])
        finally:
            store.close()
    aside = set_aside(path)
    assert aside.name.startswith("events.duckdb.broken-")
    assert aside.read_bytes() == content
    _filled(path)


def test_an_empty_file_is_a_new_store(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    path.touch()
    _filled(path)


def test_a_write_ahead_log_without_its_file_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    (tmp_path / "events.duckdb.wal").write_bytes(b"left over")
    with pytest.raises(StoreUnreadable, match="missing"):
        open_events(path)
    set_aside(path)
    _filled(path)


@pytest.mark.parametrize(
    ("version", "outdated"), [("1", True), ("0", False), ("99", False), ("b", False)]
)
def test_another_version_is_unreadable(tmp_path: Path, version: str, *, outdated: bool) -> None:
    path = tmp_path / "events.duckdb"
    _filled(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = ?", [version])
    with pytest.raises(StoreUnreadable, match="version") as caught:
        open_events(path)
    assert isinstance(caught.value, StoreOutdated) is outdated


def test_a_database_of_somebody_else_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE meta (a INTEGER)")
    with pytest.raises(StoreUnreadable):
        open_events(path)


def test_a_file_that_another_process_has_open_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreInUse):
            open_events(path)
        holder.communicate("\n")


def test_a_url_of_no_store_is_refused() -> None:
    with pytest.raises(ValueError, match="no event store"):
        open_events("floppy://a")


def test_a_failed_append_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = open_events(tmp_path / "events.duckdb")
    good = columns(np.arange(600), np.zeros(600))
    bad = columns(np.arange(600, 1200), np.zeros(600), begin=600)
    assert bad.points is not None
    object.__setattr__(bad.points, "lines", [LINE, None])
    object.__setattr__(bad.points, "line", np.ones(600, dtype=np.int32))
    store.append([good])
    with pytest.raises(AttributeError):
        store.append([bad])
    store.append([columns(np.arange(600, 1200), np.zeros(600), begin=600)])
    assert store.lines({TASK: None})[0].count == 1200
    assert len(store.points([LineRead(LINE)])[0].seq) == 1200
    store.close()
