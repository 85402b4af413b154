"""Read back what a task reported, from its journals: no server, no index, also while it runs or after a kill.

The rule of which attempts and ranks make up a series is that of ``query.lines``; nothing is averaged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.reader import JournalReader
from stripchart.query import lines, m4
from stripchart.records import NO_ITERATION, SINGLE_VALUE, ConsoleWritten, SeriesDeclared
from stripchart.sdk import lookup
from stripchart.store.contract import Axis, LineKey, LinePoints, LineRead

_AXES: dict[str, Axis] = {"iter": "iteration", "timestamp": "time", "iso_time": "time"}
_POINTS_A_COLUMN = 4  # first, last, minimum and maximum

Read = dict[str, dict[str, dict[str, Any]]]


def check_axis(x_axis: str) -> None:
    """Check the name of an axis.

    Raises:
        ValueError: there is no such axis.
    """
    if x_axis not in _AXES:
        raise ValueError(
            "Scalar x-axis supported values are: " + ", ".join(repr(name) for name in _AXES)
        )


def scalars(
    task_dir: Path, x_axis: str, *, max_samples: int = 0, last_of_equal: bool = False
) -> Read:
    """Return ``{title: {series: {"name", "x", "y"}}}`` of the live lines, single values left out.

    Of an iteration that was reported several times the last report counts. Of more than ``max_samples`` points so
    many are returned, the extremes among them; 0 returns all. ``last_of_equal`` keeps the last of consecutive points
    at one x.
    """
    axis = _AXES[x_axis]
    found: Read = {}
    for (title, series), by_key in _grouped(task_dir).items():
        points = _last_reports(_live(by_key, axis))
        if max_samples > 0 and len(points.value) > max_samples:
            points = m4.take(points, _shown_rows(points.value, max_samples))
        x = points.iteration if axis == "iteration" else points.time_us
        y = points.value
        if last_of_equal and len(x):
            keep = np.append(x[1:] != x[:-1], True)
            x, y = x[keep], y[keep]
        if len(x):
            told = {"name": series, "x": _shown(x, x_axis), "y": y.tolist()}
            found.setdefault(title, {})[series] = told
    return found


def _shown(x: NDArray[np.int64], x_axis: str) -> list[Any]:
    if x_axis == "iso_time":
        return [datetime.fromtimestamp(us / 1e6, UTC).isoformat() for us in x.tolist()]
    shown: list[Any] = (x // 1000 if x_axis == "timestamp" else x).tolist()
    return shown


def last_metrics(task_dir: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Return ``{title: {series: {"last", "min", "max"}}}`` over finite values, single values included."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for (title, series), by_key in _grouped(task_dir, single=None).items():
        points = _live(by_key, "time", keep=0)
        on_axis = m4.select(points, LineRead(next(iter(by_key))))
        axis: Axis = "iteration" if len(on_axis.value) else "time"
        ordered = m4.in_order(on_axis if len(on_axis.value) else points, axis).value
        finite = ordered[np.isfinite(ordered)]
        if len(ordered):
            found.setdefault(title, {})[series] = {
                "last": float(ordered[-1]),
                "min": float(finite.min()) if len(finite) else float("nan"),
                "max": float(finite.max()) if len(finite) else float("nan"),
            }
    return found


def single_values(task_dir: Path) -> dict[str, float]:
    """Return the latest single value of each name."""
    found: dict[str, float] = {}
    for (_, name), by_key in _grouped(task_dir, single=True).items():
        points = [p for p in by_key.values() if len(p.value)]
        times = np.concatenate([p.time_us for p in points])
        values = np.concatenate([p.value for p in points])
        found[name] = float(values[np.argsort(times, kind="stable")[-1]])
    return found


class _Told(NamedTuple):
    time_us: int
    text: str


def console(task_dir: Path, number: int) -> list[str]:
    """Return the last ``number`` lines printed or texts reported, oldest first, over all processes."""
    told: list[_Told] = []
    for reader in lookup.readers(task_dir):
        told += _told_by(reader)
    told.sort(key=lambda t: t.time_us)
    return [t.text for t in told[-number:]] if number > 0 else []


def _told_by(reader: JournalReader) -> Iterator[_Told]:
    """Put writes together to lines; of a line written over with ``\\r`` only what stands last is kept."""
    open_lines: dict[str, tuple[int, list[str]]] = {}
    for record in lookup.records_of(reader):
        if not isinstance(record, ConsoleWritten):
            continue
        if record.stream == "text":
            yield _Told(record.time_us, record.text)
            continue
        first, *rest = record.text.split("\n")
        started, parts = open_lines.setdefault(record.stream, (record.time_us, []))
        parts.append(first)
        for part in rest:
            yield _Told(started, _overwritten("".join(parts)))
            started, parts = record.time_us, [part]
            open_lines[record.stream] = (started, parts)
        if parts == [""]:
            del open_lines[record.stream]
    for started, parts in open_lines.values():
        yield _Told(started, _overwritten("".join(parts)))


def _overwritten(line: str) -> str:
    return line.rstrip("\r").rsplit("\r", 1)[-1]


# -- points by line ----------------------------------------------------------------------------------------------

_Names = tuple[str, str]


def _grouped(
    task_dir: Path, *, single: bool | None = False
) -> dict[_Names, dict[LineKey, LinePoints]]:
    """Return the points of every line in order of arrival, by title and series.

    ``single`` chooses points from ``report_single_value``, the others, or (None) all.
    """
    parts: dict[LineKey, list[NDArray[Any]]] = defaultdict(list)
    for reader in lookup.readers(task_dir):
        for key, slots in _lines_of(reader, task_dir.name):
            is_single = (slots["flags"] & SINGLE_VALUE) != 0
            chosen = slots if single is None else slots[is_single == single]
            if len(chosen):
                parts[key].append(chosen)
    found: dict[_Names, dict[LineKey, LinePoints]] = {}
    for key, slot_parts in parts.items():
        found.setdefault((key.title, key.series), {})[key] = _points(np.concatenate(slot_parts))
    return found


def _lines_of(reader: JournalReader, task: str) -> Iterator[tuple[LineKey, NDArray[Any]]]:
    slots = _all_slots(reader)
    # Slots were read first, so that every number met in them has been declared by now.
    declared = {r.number: r for r in lookup.records_of(reader) if isinstance(r, SeriesDeclared)}
    identity = reader.identity
    order = np.argsort(slots["series"], kind="stable")
    numbers, starts = np.unique(slots["series"][order], return_index=True)
    for number, of_series in zip(numbers.tolist(), np.split(order, starts[1:]), strict=False):
        names = declared.get(number)
        if names is not None:
            key = LineKey(task, names.title, names.series, identity.attempt, identity.rank)
            yield key, slots[of_series]


def _all_slots(reader: JournalReader) -> NDArray[Any]:
    parts, start = [], 0
    while True:
        part = reader.scalars(start)
        parts.append(part.slots)
        if part.next <= start:
            return np.concatenate(parts)
        start = part.next


def _points(slots: NDArray[Any]) -> LinePoints:
    return LinePoints(
        iteration=slots["iteration"].astype(np.int64),
        time_us=np.rint(slots["time"] * 1e6).astype(np.int64),
        value=slots["value"].astype(np.float64),
        flags=slots["flags"].astype(np.uint8),
        seq=np.arange(len(slots), dtype=np.int64),
    )


def _live(by_key: dict[LineKey, LinePoints], axis: Axis, *, keep: int | None = None) -> LinePoints:
    """Return the points of the live line that have a place on the axis, in its order; all, with ``keep`` 0."""
    summaries = [lines.summarise(key, points) for key, points in by_key.items()]
    shown = []
    for span in lines.live(summaries):
        points = by_key[span.key]
        if keep is None:
            points = m4.select(points, LineRead(span.key, axis=axis, cut=span.high))
        elif span.high is not None:
            points = m4.take(points, points.iteration < span.high)
        shown.append(points)
    return m4.in_order(_concatenated(shown), axis)


def _concatenated(parts: Sequence[LinePoints]) -> LinePoints:
    columns = [
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("iteration", "time_us", "value", "flags", "seq")
    ]
    return LinePoints(*columns)


def _last_reports(points: LinePoints) -> LinePoints:
    """Return points without those whose iteration was reported again later in the line."""
    without = (points.flags & NO_ITERATION) != 0
    placed = np.flatnonzero(~without)[::-1]
    _, latest = np.unique(points.iteration[placed], return_index=True)
    if len(latest) == len(placed):
        return points
    keep = without.copy()
    keep[placed[latest]] = True
    return m4.take(points, np.flatnonzero(keep))


def _shown_rows(value: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Choose as many of more rows as draw them best: of each column its extremes and ends, then rows in between.

    A column holds equally many rows, not an equal width: however uneven the line, no column is empty.
    """
    low = np.where(np.isnan(value), np.inf, value)
    high = np.where(np.isnan(value), -np.inf, value)
    columns = max(1, most // _POINTS_A_COLUMN)
    bounds = np.linspace(0, len(value), columns + 1).astype(np.int64).tolist()
    chosen: list[int] = []
    for begin, end in pairwise(bounds):
        least = begin + int(low[begin:end].argmin())
        greatest = begin + int(high[begin:end].argmax())
        chosen += (
            least,
            greatest,
            end - 1,
            begin,
        )  # in this order where not even four may be shown
    rows = np.array(list(dict.fromkeys(chosen))[:most], dtype=np.int64)
    others = np.setdiff1d(np.arange(len(value)), rows)
    between = np.linspace(0, len(others) - 1, most - len(rows)).astype(np.int64)
    return np.union1d(rows, others[between])
