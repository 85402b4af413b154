"""Read back what a task reported, from its journals: no server, no index, also while it runs or after a kill.

The rule of which attempts and ranks make up a series is that of ``query.lines``; nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.reader import JournalReader
from stripchart.query import m4
from stripchart.query.console import StreamFold
from stripchart.records import NAN, NEGATIVE_INF, POSITIVE_INF, REPLACED, ConsoleWritten
from stripchart.sdk import lookup, points
from stripchart.store.contract import Axis, LinePoints, LineRead

_AXES: dict[str, Axis] = {"iter": "iteration", "timestamp": "time", "iso_time": "time"}
_POINTS_A_COLUMN = 4  # first, last, minimum and maximum

Read = dict[str, dict[str, dict[str, Any]]]


def check_axis(x_axis: str) -> None:
    """Check the name of an axis.

    Raises:
        ValueError: there is no such axis.
    """
    if not isinstance(x_axis, str) or x_axis not in _AXES:
        raise ValueError(
            "Scalar x-axis supported values are: " + ", ".join(repr(name) for name in _AXES)
        )


class ScalarColumns(NamedTuple):
    """Hold the points of one line as NumPy columns, read-only; a column is one for each point.

    ``time`` is ``datetime64`` in microseconds, UTC. ``value`` is what was logged; ``reported`` has NaN and Inf where
    these were reported and another value logged. ``pandas.DataFrame(columns._asdict())`` makes a table of them.
    """

    iteration: NDArray[np.int64]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    reported: NDArray[np.float64]


def scalar_columns(task_dir: Path, title: str, series: str, x_axis: str) -> ScalarColumns:
    """Return the live line in the order of an axis; there are no points where there is no such line."""
    return columns_of(points.of_task(task_dir).live((title, series), _AXES[x_axis]))


def columns_of(line: LinePoints) -> ScalarColumns:
    """Return the columns of a line."""
    time = line.time_us.view("datetime64[us]")
    return ScalarColumns(line.iteration, time, line.value, _reported(line))


def _reported(line: LinePoints) -> NDArray[np.float64]:
    replaced = line.flags & REPLACED
    if not replaced.any():
        return line.value
    reported = line.value.copy()
    for flag, value in ((NAN, np.nan), (POSITIVE_INF, np.inf), (NEGATIVE_INF, -np.inf)):
        reported[(line.flags & flag) != 0] = value
    reported.flags.writeable = False
    return reported


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
    told = points.of_task(task_dir)
    for title, series in told.by_names:
        line = told.live((title, series), axis)
        if max_samples > 0 and len(line.value) > max_samples:
            line = m4.take(line, _shown_rows(line.value, max_samples))
        x = line.iteration if axis == "iteration" else line.time_us
        y = line.value
        if last_of_equal and (x[1:] == x[:-1]).any():
            keep = np.append(x[1:] != x[:-1], True)
            x, y = x[keep], y[keep]
        if len(x):
            shown = {"name": series, "x": _shown(x, x_axis), "y": y.tolist()}
            found.setdefault(title, {})[series] = shown
    return found


def _shown(x: NDArray[np.int64], x_axis: str) -> list[Any]:
    if x_axis == "iso_time":
        return [datetime.fromtimestamp(us / 1e6, UTC).isoformat() for us in x.tolist()]
    shown: list[Any] = (x // 1000 if x_axis == "timestamp" else x).tolist()
    return shown


def last_metrics(task_dir: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Return ``{title: {series: {"last", "min", "max"}}}`` over finite values, single values included."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for (title, series), by_key in points.of_task(task_dir).by_names.items():
        line = points.live_line(by_key, "time", everything=True)
        on_axis = m4.select(line, LineRead(next(iter(by_key))))
        axis: Axis = "iteration" if len(on_axis.value) else "time"
        ordered = m4.in_order(on_axis if len(on_axis.value) else line, axis).value
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
    for (_, name), by_key in points.of_task(task_dir).by_names.items():
        parts = [points.single_values(line) for line in by_key.values()]
        values = np.concatenate([part.value for part in parts])
        if len(values):
            times = np.concatenate([part.time_us for part in parts])
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
    """Fold the writes of one process into lines, as a terminal would show them; a text reported is told whole."""
    folds: dict[str, StreamFold] = {}
    for record in lookup.records_of(reader):
        if not isinstance(record, ConsoleWritten):
            continue
        if record.stream == "text":
            yield _Told(record.time_us, record.text)
            continue
        fold = folds.setdefault(record.stream, StreamFold())
        fold.feed(record.text, record.time_us)
    for fold in folds.values():
        _, lines = fold.take() or (0, [])  # taken once: all of them
        yield from (_Told(line.time_us, line.text) for line in lines)


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
