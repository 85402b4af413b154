"""Appending points: new ones go to the tail of their line, full blocks are packed.

A line's points are packed as soon as there are ``duckdb_blocks.SIZE`` that are not: so what is in ``blocks`` and
what in ``tail`` depends on the line's content alone, not on how it was batched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from stripchart.store import duckdb_summaries as summaries
from stripchart.store.contract import Batch, LineKey, PointColumns
from stripchart.store.duckdb_blocks import SIZE
from stripchart.store.duckdb_index import describe, fetch_tails
from stripchart.store.duckdb_schema import given, insert
from stripchart.store.duckdb_states import States
from stripchart.store.progress import fresh_points


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """Hold points by (slot, seq)."""

    slot: NDArray[np.int64]
    seq: NDArray[np.int64]
    points: PointColumns

    def at(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> _Arrivals:
        return _Arrivals(self.slot[index], self.seq[index], _at(self.points, index))


def append_points(
    cursor: duckdb.DuckDBPyConnection,
    fresh: Sequence[tuple[Batch, int]],
    states: States,
    task_numbers: dict[str, int],
) -> None:
    """Store the new points of batches, each of which is new from an offset on."""
    arrivals = _gather(cursor, fresh, states, task_numbers)
    if arrivals is None:
        return
    slots, first = np.unique(arrivals.slot, return_index=True)
    stored = states.rows.count[slots]
    full = (stored + np.diff([*first, len(arrivals.slot)])) // SIZE * SIZE
    packing = full > stored
    states.absorb(arrivals.slot, arrivals.points)
    packed_up_to = np.where(packing, full, 0)[np.searchsorted(slots, arrivals.slot)]
    to_tail = arrivals.at(arrivals.seq >= packed_up_to)
    if packing.any():
        to_blocks = arrivals.at(arrivals.seq < packed_up_to)
        _pack(
            cursor, _with_tails(cursor, to_blocks, slots[packing], stored[packing], states), states
        )
        states.rows.tail_total[slots[packing]] = 0
        states.rows.tail_squares[slots[packing]] = 0
    summaries.add_tail_sums(states.rows, to_tail.slot, to_tail.points.value)
    insert(
        cursor,
        "tail",
        {
            "line": states.number[to_tail.slot].astype(np.int32),
            "seq": to_tail.seq,
            "iteration": to_tail.points.iteration,
            "time_us": to_tail.points.time_us,
            "value": to_tail.points.value,
            "flags": to_tail.points.flags,
        },
    )


def _gather(
    cursor: duckdb.DuckDBPyConnection,
    fresh: Sequence[tuple[Batch, int]],
    states: States,
    task_numbers: dict[str, int],
) -> _Arrivals | None:
    """Return the new points by (slot, seq), ``None`` if there are none."""
    given_points = [fresh_points(b.points, begin) for b, begin in fresh if b.points is not None]
    given_points = [points for points in given_points if len(points.line)]
    if not given_points:
        return None
    used = [np.unique(points.line) for points in given_points]
    keys: list[LineKey] = [
        points.lines[index]
        for points, some in zip(given_points, used, strict=True)
        for index in some
    ]
    slots = iter(
        np.split(
            np.array(states.require(cursor, keys, task_numbers)), np.cumsum([len(u) for u in used])
        )
    )
    slot = np.concatenate(
        [
            next(slots)[np.searchsorted(some, points.line)]
            for points, some in zip(given_points, used, strict=True)
        ]
    )
    columns = PointColumns(
        np.concatenate([p.iteration for p in given_points]).astype(np.int64, copy=False),
        np.concatenate([p.time_us for p in given_points]).astype(np.int64, copy=False),
        np.concatenate([p.value for p in given_points]).astype(np.float64, copy=False),
        np.concatenate([p.flags for p in given_points]).astype(np.uint8, copy=False),
    )
    if not (slot[1:] >= slot[:-1]).all():
        order = np.argsort(slot, kind="stable")
        slot, columns = slot[order], _at(columns, order)
    heads = np.flatnonzero(np.diff(slot, prepend=-1))
    within = np.arange(len(slot)) - np.repeat(heads, np.diff([*heads, len(slot)]))
    return _Arrivals(slot, states.rows.count[slot] + within, columns)


def _with_tails(
    cursor: duckdb.DuckDBPyConnection,
    arrivals: _Arrivals,
    slots: NDArray[np.int64],
    stored: NDArray[np.int64],
    states: States,
) -> _Arrivals:
    """Take the tails of lines that are packed now out of the table and put them before the new points."""
    slots = slots[stored % SIZE > 0]
    if not len(slots):
        return arrivals
    lines = states.number[slots]
    asked = {"line": lines.astype(np.int32)}
    tails = fetch_tails(cursor, asked)
    with given(cursor, "packed", asked):
        for table in ("tail", "tails"):
            cursor.execute(f"DELETE FROM {table} WHERE line IN (SELECT line FROM packed)")
    by_line = np.argsort(lines)
    slot = slots[by_line][np.searchsorted(lines[by_line], tails.line)]
    joined = _Arrivals(
        np.concatenate([slot, arrivals.slot]),
        np.concatenate([tails.points.seq, arrivals.seq]),
        PointColumns(
            np.concatenate([tails.points.iteration, arrivals.points.iteration]),
            np.concatenate([tails.points.time_us, arrivals.points.time_us]),
            np.concatenate([tails.points.value, arrivals.points.value]),
            np.concatenate([tails.points.flags, arrivals.points.flags]),
        ),
    )
    return joined.at(np.lexsort((joined.seq, joined.slot)))


def _pack(cursor: duckdb.DuckDBPyConnection, arrivals: _Arrivals, states: States) -> None:
    slot = arrivals.slot[::SIZE]
    rows = describe(states.number[slot], arrivals.seq[::SIZE] // SIZE, arrivals.points)
    summaries.add_block_sums(states.rows, slot, rows["all_total"], rows["all_total_squares"])
    insert(cursor, "blocks", rows)


def _at(points: PointColumns, index: NDArray[np.int64] | NDArray[np.bool_]) -> PointColumns:
    return PointColumns(
        points.iteration[index], points.time_us[index], points.value[index], points.flags[index]
    )
