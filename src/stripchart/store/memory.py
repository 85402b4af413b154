"""The event store in memory: the model that the other stores are compared with, and what reading back
without an index uses.

It keeps what it is given and computes every answer from all of it. "Durable" (rule 2) means: as long as the
process. Patterns are Python's, less what RE2 does not know.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stripchart.query import lines as query_lines
from stripchart.query import m4
from stripchart.query.console import plain
from stripchart.records import SINGLE_VALUE
from stripchart.store.contract import (
    M4,
    Batch,
    ConsoleLine,
    ConsolePage,
    ConsoleRead,
    ConsoleUpdate,
    Document,
    DocumentRead,
    FoundLine,
    LineKey,
    LinePoints,
    LineRead,
    LineSummary,
    NamePage,
    Point,
    Points,
    StreamName,
)
from stripchart.store.documents import Place, choose, gather, newer
from stripchart.store.progress import Progress, advance, fresh_points

# Lookaround, back-references, conditionals, atomic groups and possessive repeats: valid for `re`, not for RE2.
_NOT_RE2 = re.compile(
    r"""(?<!\\)(?:\\\\)*(?: \(\?(?:[=!>(]|<[=!]|P=) | \\[1-9] | (?:[*+?]|\})\+ )""", re.VERBOSE
)


@dataclass(slots=True)
class _StoredLine:
    attempt: int
    rank: int
    line: ConsoleLine


class MemoryStore:
    """Keep points, console lines and documents in this process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._progress: dict[str, Progress] = defaultdict(dict)
        self._points: dict[LineKey, list[LinePoints]] = {}
        self._console: dict[tuple[str, str, str], dict[int, _StoredLine]] = defaultdict(dict)
        self._documents: dict[Place, Document] = {}

    # -- Writer

    def append(self, batches: Sequence[Batch]) -> None:
        with self._lock:
            fresh, reached = advance(batches, self.progress)
            for batch, begin in fresh:
                if batch.points is not None:
                    self._add_points(fresh_points(batch.points, begin))
                for update in batch.console:
                    self._update_console(batch.extent.task, batch.extent.writer, update)
            versions = {place: document.version for place, document in self._documents.items()}
            self._documents |= newer(gather(fresh), versions)
            for (task, writer, stream), end in reached.items():
                self._progress[task][writer, stream] = end

    def delete_task(self, task: str) -> None:
        with self._lock:
            self._progress.pop(task, None)
            for key in [k for k in self._points if k.task == task]:
                del self._points[key]
            for place in [p for p in self._console if p[0] == task]:
                del self._console[place]
            for place in [p for p in self._documents if p[0] == task]:
                del self._documents[place]

    def settle(self) -> None:
        """Do nothing: there is no upkeep."""

    def close(self) -> None:
        """Do nothing: there is nothing to release."""

    def _add_points(self, points: Points) -> None:
        for index in np.unique(points.line):
            key = points.lines[index]
            rows = points.line == index
            parts = self._points.setdefault(key, [])
            begin = int(parts[-1].seq[-1]) + 1 if parts else 0
            seq = np.arange(begin, begin + np.count_nonzero(rows), dtype=np.int64)
            parts.append(
                LinePoints(
                    points.iteration[rows].astype(np.int64),
                    points.time_us[rows].astype(np.int64),
                    points.value[rows].astype(np.float64),
                    points.flags[rows].astype(np.uint8),
                    seq,
                )
            )

    def _update_console(self, task: str, writer: str, update: ConsoleUpdate) -> None:
        held = self._console[task, writer, update.stream]
        for ordinal in [o for o in held if o >= update.first]:
            del held[ordinal]
        for line in update.lines:
            held[line.ordinal] = _StoredLine(update.attempt, update.rank, line)

    # -- Reader

    def progress(self, task: str) -> Mapping[tuple[str, StreamName], int]:
        with self._lock:
            return dict(self._progress.get(task, {}))

    def progress_of(
        self, tasks: Sequence[str]
    ) -> Mapping[str, Mapping[tuple[str, StreamName], int]]:
        with self._lock:
            return {task: dict(held) for task in tasks if (held := self._progress.get(task))}

    def every_progress(self) -> Mapping[str, Mapping[tuple[str, StreamName], int]]:
        with self._lock:
            return {task: dict(held) for task, held in self._progress.items() if held}

    def tasks(self) -> Sequence[str]:
        with self._lock:
            return sorted(task for task, held in self._progress.items() if held)

    def lines(self, asked: Mapping[str, Sequence[tuple[str, str]] | None]) -> Sequence[LineSummary]:
        named = {task: None if names is None else set(names) for task, names in asked.items()}
        with self._lock:
            keys = [key for key in self._points if key.task in named]
            return [
                query_lines.summarise(key, self._all(key))
                for key in keys
                if (names := named[key.task]) is None or (key.title, key.series) in names
            ]

    def names(
        self, tasks: Sequence[str], *, search: str, offset: int, limit: int, most: int
    ) -> Mapping[str, NamePage]:
        lowered = search.lower()
        found: dict[str, set[tuple[str, str]]] = {task: set() for task in tasks}
        for line in self.lines(dict.fromkeys(tasks)):
            title, series = line.key.title, line.key.series
            if not line.single and (lowered in title.lower() or lowered in series.lower()):
                found[line.key.task].add((title, series))
        pages: dict[str, NamePage] = {}
        held = 0
        for task, of_task in found.items():
            names = sorted(of_task)[offset : offset + limit]
            held += len(names)
            if pages and held > most:
                break
            pages[task] = NamePage(len(of_task), names)
        return pages

    def points(self, reads: Sequence[LineRead]) -> Sequence[LinePoints]:
        with self._lock:
            answers = []
            for read in reads:
                found = m4.in_order(m4.select(self._all(read.key), read), read.axis)
                answers.append(m4.take(found, slice(read.limit)))
            return answers

    def reduce(self, reads: Sequence[LineRead]) -> Sequence[M4]:
        with self._lock:
            return [self._reduce(read) for read in reads]

    def single_values(self, task: str) -> Mapping[str, Point]:
        with self._lock:
            latest: dict[str, tuple[tuple[int, ...], Point]] = {}
            for key in [k for k in self._points if k.task == task]:
                points = self._all(key)
                singles = m4.take(points, (points.flags & SINGLE_VALUE) != 0)
                if not len(singles.seq):
                    continue
                index = np.lexsort((singles.seq, singles.time_us))[-1]
                point = query_lines.point_at(singles, int(index))
                place = (point.time_us, key.attempt, -key.rank)
                if key.series not in latest or place >= latest[key.series][0]:
                    latest[key.series] = (place, point)
            return {name: point for name, (_, point) in latest.items()}

    def documents(self, read: DocumentRead) -> Sequence[Document]:
        with self._lock:
            held = [
                document
                for (task, kind, _), document in self._documents.items()
                if (task, kind) == (read.task, read.kind) and document.payload is not None
            ]
        chosen = choose(held, read)
        return chosen if read.payload else [replace(document, payload=None) for document in chosen]

    def console(self, read: ConsoleRead) -> ConsolePage:
        pattern = compile_pattern(read.pattern, ignore_case=read.ignore_case)
        with self._lock:
            found = self._console_lines(read.task)
        kept = [line for line in found if _matches(line, read, pattern)]
        rising = [n.number if read.from_us is None else n.line.time_us for n in kept]
        offset = first_line(read, np.array(rising, dtype=np.int64))
        lines = kept[offset : offset + read.limit]
        return ConsolePage(
            len(kept), offset, [replace(n, found=_places(n, pattern)) for n in lines]
        )

    def console_open(
        self, task: str, writer: str
    ) -> Mapping[str, tuple[int, Sequence[ConsoleLine]]]:
        with self._lock:
            answer = {}
            for (of_task, of_writer, stream), held in self._console.items():
                if (of_task, of_writer) == (task, writer) and held:
                    ordered = [held[o].line for o in sorted(held)]
                    answer[stream] = (ordered[-1].ordinal + 1, trailing_open(ordered))
            return answer

    def _all(self, key: LineKey) -> LinePoints:
        """Return all points of a line in order of arrival."""
        parts = self._points.get(key, [])
        if not parts:
            return no_points()
        if len(parts) > 1:
            joined = LinePoints(
                *(
                    np.concatenate([getattr(p, name) for p in parts])
                    for name in ("iteration", "time_us", "value", "flags", "seq")
                )
            )
            self._points[key] = [joined]
        return self._points[key][0]

    def _reduce(self, read: LineRead) -> M4:
        if read.edges is None:
            raise ValueError("a reduction needs edges")
        found = m4.select(self._all(read.key), replace(read, after=0))
        return m4.reduce(
            found.iteration, found.time_us, found.value, found.flags, read.edges, read.axis
        )

    def _console_lines(self, task: str) -> list[FoundLine]:
        """Return all console lines of a task, in order and numbered."""
        held = [
            (writer, stream, stored)
            for (of_task, writer, stream), stored_lines in self._console.items()
            if of_task == task
            for stored in stored_lines.values()
        ]
        held.sort(key=lambda h: (h[2].line.time_us, h[0], h[1], h[2].line.ordinal))
        return [
            FoundLine(number, writer, stream, stored.attempt, stored.rank, stored.line)
            for number, (writer, stream, stored) in enumerate(held)
        ]


def compile_pattern(pattern: str | None, *, ignore_case: bool) -> re.Pattern[str] | None:
    """Compile a console pattern (RE2 syntax) for Python's ``re``; ``None`` and "" match everything.

    Raises:
        ValueError: the pattern is not valid, or uses what RE2 does not know.
    """
    if not pattern:
        return None
    if _NOT_RE2.search(pattern):
        raise ValueError("the pattern is not valid: lookaround and back-references are not known")
    try:
        return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"the pattern is not valid: {error}") from None


def first_line(read: ConsoleRead, rising: NDArray[np.int64]) -> int:
    """Return which of the matching lines a page begins with, given their numbers, or times where one is asked for."""
    wanted = read.from_number if read.from_us is None else read.from_us
    if wanted is not None:
        return max(0, int(np.searchsorted(rising, wanted)) + read.offset)
    return max(0, len(rising) + read.offset) if read.offset < 0 else read.offset


def trailing_open(ordered: Sequence[ConsoleLine]) -> list[ConsoleLine]:
    """Return the open lines at the end of a stream's lines."""
    begin = len(ordered)
    while begin and ordered[begin - 1].open:
        begin -= 1
    return list(ordered[begin:])


def no_points() -> LinePoints:
    """Return columns of no points."""
    none: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    return LinePoints(none, none, np.zeros(0), np.zeros(0, dtype=np.uint8), none)


def _matches(found: FoundLine, read: ConsoleRead, pattern: re.Pattern[str] | None) -> bool:
    return (
        found.line.level >= read.minimum_level
        and (not read.streams or found.stream in read.streams)
        and (not read.ranks or found.rank in read.ranks)
        and (not read.attempts or found.attempt in read.attempts)
        and (pattern is None or pattern.search(plain(found.line.text)) is not None)
    )


def _places(found: FoundLine, pattern: re.Pattern[str] | None) -> list[tuple[int, int]]:
    matches = pattern.finditer(plain(found.line.text)) if pattern else ()
    return [match.span() for match in matches if match.group()]
