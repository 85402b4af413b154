"""The points of a task by line, decoded from its journals.

Of a task that has ended and whose journals are compressed they are kept for the next read: its files do not change
again, and every read looks whether they have. What is kept is bounded, and read-only.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.journal.format import parse_name
from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.journal.scalar_reading import SLOT_DTYPE
from stripchart.query import lines, m4
from stripchart.records import NO_ITERATION, SINGLE_VALUE, SeriesDeclared
from stripchart.sdk import lookup
from stripchart.store.contract import Axis, LineKey, LinePoints, LineRead

Names = tuple[str, str]

# A million points: a few tasks of the usual size, and little beside a training process.
_MOST_KEPT_BYTES = 64 << 20
_COLUMNS = ("iteration", "time_us", "value", "flags", "seq")


@dataclass(frozen=True, slots=True)
class Points:
    """Hold the points of every line in order of arrival, single values among them, by title and series."""

    by_names: dict[Names, dict[LineKey, LinePoints]]
    _live: dict[tuple[Names, Axis], LinePoints] = field(default_factory=dict)

    def live(self, names: Names, axis: Axis) -> LinePoints:
        """Return the live line, read-only: what has a place on the axis, in its order, of an iteration the last report.

        There are no points where there is no such line.
        """
        found = self._live.get((names, axis))
        if found is None:
            found = _last_reports(live_line(_without_single(self.by_names.get(names, {})), axis))
            self._live[names, axis] = _read_only(found)
        return found

    def size_bytes(self) -> int:
        """Return how much memory the points take."""
        parts = [points for by_key in self.by_names.values() for points in by_key.values()]
        return sum(getattr(points, name).nbytes for points in parts for name in _COLUMNS)


def of_task(task_dir: Path) -> Points:
    """Return the points of a task."""
    files = _unchanging_files(task_dir)
    if files is None:
        return _decode(task_dir)
    return _kept.get(files) or _kept.put(files, _decode(task_dir))


def live_line(
    by_key: dict[LineKey, LinePoints], axis: Axis, *, everything: bool = False
) -> LinePoints:
    """Return the points of the live line that have a place on the axis, in its order; or all of them."""
    shown = []
    for key, points, cut in _spans(by_key):
        if not everything:
            shown.append(m4.select(points, LineRead(key, axis=axis, cut=cut)))
        elif cut is None:
            shown.append(points)
        else:
            shown.append(m4.take(points, points.iteration < cut))
    return m4.in_order(_concatenated(shown), axis)


def single_values(points: LinePoints) -> LinePoints:
    """Return those of ``report_single_value``."""
    return m4.take(points, (points.flags & SINGLE_VALUE) != 0)


def _without_single(by_key: dict[LineKey, LinePoints]) -> dict[LineKey, LinePoints]:
    found = {}
    for key, points in by_key.items():
        placed = (points.flags & SINGLE_VALUE) == 0
        if placed.any():
            found[key] = points if placed.all() else m4.take(points, placed)
    return found


def _spans(
    by_key: dict[LineKey, LinePoints],
) -> Iterator[tuple[LineKey, LinePoints, int | None]]:
    if len(by_key) == 1:
        for key, points in by_key.items():
            yield key, points, None
        return
    for span in lines.live([lines.summarise(key, points) for key, points in by_key.items()]):
        yield span.key, by_key[span.key], span.high


def _last_reports(points: LinePoints) -> LinePoints:
    """Return points without those whose iteration was reported again later in the line."""
    if (points.iteration[1:] > points.iteration[:-1]).all():
        return points
    without = (points.flags & NO_ITERATION) != 0
    placed = np.flatnonzero(~without)[::-1]
    _, latest = np.unique(points.iteration[placed], return_index=True)
    if len(latest) == len(placed):
        return points
    keep = without.copy()
    keep[placed[latest]] = True
    return m4.take(points, np.flatnonzero(keep))


# -- decoding ----------------------------------------------------------------------------------------------------


def _decode(task_dir: Path) -> Points:
    parts: defaultdict[LineKey, list[NDArray[Any]]] = defaultdict(list)
    for reader in lookup.readers(task_dir):
        for key, slots in _lines_of(reader, task_dir.name):
            parts[key].append(slots)
    found: defaultdict[Names, dict[LineKey, LinePoints]] = defaultdict(dict)
    for key, of_line in parts.items():
        slots = of_line[0] if len(of_line) == 1 else np.concatenate(of_line)
        found[key.title, key.series][key] = _read_only(_columns(slots))
    return Points(dict(found))


def _lines_of(reader: JournalReader, task: str) -> Iterator[tuple[LineKey, NDArray[Any]]]:
    slots = _all_slots(reader)
    # Slots were read first, so that every number met in them has been declared by now.
    declared = {r.number: r for r in lookup.records_of(reader) if isinstance(r, SeriesDeclared)}
    identity = reader.identity
    for number, of_series in _by_number(slots):
        names = declared.get(number)
        if names is not None:
            key = LineKey(task, names.title, names.series, identity.attempt, identity.rank)
            yield key, of_series


def _by_number(slots: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    numbers = np.ascontiguousarray(slots["series"])
    if len(numbers) and (numbers == numbers[0]).all():
        yield int(numbers[0]), slots
        return
    order = np.argsort(numbers, kind="stable")
    known, starts = np.unique(numbers[order], return_index=True)
    for number, of_series in zip(known.tolist(), np.split(order, starts[1:]), strict=False):
        yield number, slots[of_series]


def _all_slots(reader: JournalReader) -> NDArray[Any]:
    parts, start = [], 0
    while True:
        part = reader.scalars(start)
        if len(part.slots):
            parts.append(part.slots)
        if part.next <= start:
            return parts[0] if len(parts) == 1 else np.concatenate([*parts, part.slots])
        start = part.next


def _columns(slots: NDArray[Any]) -> LinePoints:
    time_us = slots["time"] * 1e6
    return LinePoints(
        iteration=slots["iteration"].astype(np.int64),
        time_us=np.rint(time_us, out=time_us).astype(np.int64),
        value=slots["value"].astype(np.float64),
        flags=slots["flags"].astype(np.uint8),
        seq=np.arange(len(slots), dtype=np.int64),
    )


def _concatenated(parts: Sequence[LinePoints]) -> LinePoints:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return NONE
    return LinePoints(
        *(np.concatenate([getattr(points, name) for points in parts]) for name in _COLUMNS)
    )


def _read_only(points: LinePoints) -> LinePoints:
    for name in _COLUMNS:
        getattr(points, name).flags.writeable = False
    return points


NONE = _read_only(_columns(np.empty(0, SLOT_DTYPE)))


# -- keeping -----------------------------------------------------------------------------------------------------

_Files = tuple[tuple[str, int, int, int], ...]  # path, inode, size, time of change


def _unchanging_files(task_dir: Path) -> _Files | None:
    """Return the files of a task's journals if all of them are compressed, the last that is done to one."""
    found = []
    try:
        for directory in writer_dirs(task_dir):
            with os.scandir(directory) as entries:
                for entry in entries:
                    parsed = parse_name(entry.name)
                    if parsed is None or not parsed[1].packed:
                        return None
                    status = entry.stat()
                    found.append((entry.path, status.st_ino, status.st_size, status.st_mtime_ns))
    except OSError:
        return None
    return tuple(sorted(found)) or None


class _Kept:
    """Keep the points of the tasks that were read last, up to a number of bytes.

    Without a lock, which a forked child could inherit held: each step is one operation of a dict.
    """

    def __init__(self) -> None:
        self._points: dict[_Files, tuple[Points, int]] = {}

    def get(self, files: _Files) -> Points | None:
        """Return what is kept of these files."""
        found = self._points.pop(files, None)
        if found is None:
            return None
        self._points[files] = found  # the last is the one that was read last
        return found[0]

    def put(self, files: _Files, points: Points) -> Points:
        """Keep points, and let go of others where it gets too much."""
        self._points[files] = points, 2 * points.size_bytes()  # and their live lines
        room = _MOST_KEPT_BYTES
        for name, (_, size) in reversed(list(self._points.items())):
            room -= size
            if room < 0:
                self._points.pop(name, None)
        return points


_kept = _Kept()
