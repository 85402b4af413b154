"""Documents in DuckDB: one row each, the payload compressed in a column that only reads that ask for it touch.

DuckDB reads such a column for 2,048 rows at a time, whichever of them is asked for. So that no figure stands in the
way of the others, a payload that is not small lies apart, cut into parts: what a read holds is bounded by a few of
them, however large the figures are.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np

from stripchart.store import documents
from stripchart.store.contract import Batch, Document, DocumentRead
from stripchart.store.documents import Place
from stripchart.store.duckdb_schema import Columns, given, insert, texts

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 3
_ROWS_AT_ONCE = 512
_PART_BYTES = 4000  # 2,048 of them are 8 MB; from 4,096 on DuckDB keeps them in blocks of their own
_BYTES_AT_ONCE = (
    4000 * _PART_BYTES
)  # of compressed payload in one statement: DuckDB holds it whole, twice
_FIELDS = (
    "key, title, series, placed, iteration, time_us, attempt, rank, version, place, size_bytes"
)


def append(
    cursor: duckdb.DuckDBPyConnection,
    fresh: Sequence[tuple[Batch, int]],
    task_numbers: Mapping[str, int],
) -> None:
    """Store the new documents of batches, each of which is new from an offset on."""
    gathered = documents.gather(fresh)
    if not gathered:
        return
    versions = _versions(cursor, list(gathered), task_numbers)
    standing = documents.newer(gathered, versions)
    replaced = [place for place in standing if place in versions]
    if replaced:
        with given(cursor, "replaced", _places(replaced, task_numbers)):
            cursor.execute(
                """DELETE FROM documents USING replaced WHERE documents.task = replaced.task
                AND documents.kind = replaced.kind AND documents.key = replaced.key"""
            )
            cursor.execute(
                """DELETE FROM parts USING replaced WHERE parts.task = replaced.task
                AND parts.kind = replaced.kind AND parts.key = replaced.key"""
            )
    rows: list[tuple[Any, ...]] = []
    size = 0
    for (task, _, _), document in standing.items():
        packed = b"" if document.payload is None else zstd.compress(document.payload, _LEVEL)
        if len(packed) > _PART_BYTES:
            _insert_parts(cursor, task_numbers[task], document, packed)
            packed = b""
        rows.append(_row(task_numbers[task], document, packed))
        size += len(packed)
        if size > _BYTES_AT_ONCE or len(rows) >= _ROWS_AT_ONCE:
            insert(cursor, "documents", _columns(rows))
            rows, size = [], 0
    if rows:
        insert(cursor, "documents", _columns(rows))


def _insert_parts(
    cursor: duckdb.DuckDBPyConnection, task: int, document: Document, packed: bytes
) -> None:
    view = memoryview(packed)
    for first in range(0, len(packed), _BYTES_AT_ONCE):
        begins = range(first, min(first + _BYTES_AT_ONCE, len(packed)), _PART_BYTES)
        columns = {
            "task": np.full(len(begins), task, dtype=np.int32),
            "kind": texts([document.kind] * len(begins)),
            "key": texts([document.key] * len(begins)),
            "part": np.array([begin // _PART_BYTES for begin in begins], dtype=np.int32),
            "data": texts([bytes(view[begin : begin + _PART_BYTES]) for begin in begins]),
        }
        insert(cursor, "parts", columns)


def read_documents(
    cursor: duckdb.DuckDBPyConnection, task: int, read: DocumentRead
) -> list[Document]:
    """Answer a read of a task's documents."""
    conditions = ["task = $task", "kind = $kind", "NOT removed"]
    parameters: dict[str, Any] = {"task": task, "kind": read.kind}
    for name in ("title", "series", "iteration"):
        if (wanted := getattr(read, name)) is not None:
            conditions.append(f"{name} = ${name}")
            parameters[name] = wanted
    if read.iteration is not None:
        conditions.append("placed")
    if read.keys is not None:
        conditions.append("key IN (SELECT unnest($keys::VARCHAR[]))")
        parameters["keys"] = list(read.keys)
    query = f"SELECT rowid, {_FIELDS} FROM documents WHERE {' AND '.join(conditions)}"
    rows = cursor.execute(query, parameters).fetchall()
    row_of = {row[1]: row[0] for row in rows}
    chosen = documents.choose((_document(read.kind, row[1:]) for row in rows), read)
    if not read.payload or not chosen:
        return chosen
    small = _payloads(cursor, [row_of[document.key] for document in chosen])
    packed = {d.key: small[row_of[d.key]] for d in chosen}
    packed |= _joined(cursor, task, read.kind, [key for key, data in packed.items() if not data])
    return [replace(d, payload=zstd.decompress(packed[d.key])) for d in chosen]


def _payloads(cursor: duckdb.DuckDBPyConnection, rows: list[int]) -> dict[int, bytes]:
    """Return what lies with the rows; nothing of payloads that lie in parts."""
    with given(cursor, "asked", {"place": np.array(rows, dtype=np.int64)}):
        found = cursor.execute(
            "SELECT rowid, payload FROM documents WHERE rowid IN (SELECT place FROM asked)"
        ).fetchall()
    return dict(found)


def _joined(
    cursor: duckdb.DuckDBPyConnection, task: int, kind: str, keys: list[str]
) -> dict[str, bytes]:
    """Return the payloads that lie in parts."""
    parts: dict[str, dict[int, bytes]] = {key: {} for key in keys}
    if not keys:
        return {}
    cursor.execute(
        """SELECT key, part, data FROM parts
        WHERE task = $task AND kind = $kind AND key IN (SELECT unnest($keys::VARCHAR[]))""",
        {"task": task, "kind": kind, "keys": keys},
    )
    while some := cursor.fetchmany(_ROWS_AT_ONCE):
        for key, part, data in some:
            parts[key][part] = data
    return {key: b"".join(data for _, data in sorted(of.items())) for key, of in parts.items()}


def _versions(
    cursor: duckdb.DuckDBPyConnection, places: Sequence[Place], task_numbers: Mapping[str, int]
) -> dict[Place, int]:
    with given(cursor, "asked", _places(places, task_numbers)):
        found = cursor.execute(
            "SELECT task, kind, key, version FROM documents SEMI JOIN asked USING (task, kind, key)"
        ).fetchall()
    stored = {row[:3]: row[3] for row in found}
    by_number = {place: (task_numbers[place[0]], *place[1:]) for place in places}
    return {p: stored[number] for p, number in by_number.items() if number in stored}


def _places(places: Sequence[Place], task_numbers: Mapping[str, int]) -> Columns:
    return {
        "task": np.array([task_numbers[task] for task, _, _ in places], dtype=np.int32),
        "kind": texts([kind for _, kind, _ in places]),
        "key": texts([key for _, _, key in places]),
    }


def _row(task: int, document: Document, packed: bytes) -> tuple[Any, ...]:
    d = document
    fields = (d.key, d.title, d.series, d.iteration is not None, d.iteration or 0, d.time_us)
    rest = (d.attempt, d.rank, d.version, d.offset, d.size_bytes)
    return (task, d.kind, *fields, *rest, d.payload is None, packed)


def _columns(rows: Sequence[tuple[Any, ...]]) -> Columns:
    names = ("task", "kind", *_FIELDS.split(", "), "removed", "payload")
    kinds = (np.int32, None, None, None, None, bool, *[np.int64] * 2, *[np.int32] * 2,
             *[np.int64] * 3, bool, None)  # fmt: skip
    return {
        name: texts(list(column)) if kind is None else np.array(column, dtype=kind)
        for name, kind, column in zip(names, kinds, zip(*rows, strict=True), strict=True)
    }


def _document(kind: str, row: Sequence[Any]) -> Document:
    key, title, series, placed, iteration, *rest = row
    time_us, attempt, rank, version, offset, size_bytes = rest
    return Document(
        kind=kind,
        key=key,
        title=title,
        series=series,
        iteration=iteration if placed else None,
        time_us=time_us,
        attempt=attempt,
        rank=rank,
        version=version,
        offset=offset,
        payload=None,
        size_bytes=size_bytes,
    )
