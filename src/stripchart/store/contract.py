"""The contract of an event store: what every implementation promises, in prose and types.

An event store keeps the points, console lines and documents that ingest decodes from journals, and answers exact
reads.
It is derived data: everything in it can be thrown away and rebuilt from the journals.

Rules for every implementation (one suite, ``tests/contract``, runs over all of them):

1. *Exactly once.* ``append`` takes batches; each names the extent ``[begin, end)`` of a writer's stream that it
   covers. The extent and its payload are stored in one transaction over all batches of the call. A batch whose
   ``end`` is not above the stored progress is passed over; one that begins below it and ends above it is cut to
   what is new (points carry their offset); one that begins above it is refused with ``Gap``, storing nothing.
2. *Durable on return.* When ``append`` has returned, a crash of the process loses nothing of it.
3. *Nothing is dropped.* Points are kept as they came: out of order, repeated iterations, several attempts and ranks.
4. *Lines.* The unit of storage is the line: one (task, title, series, attempt, rank). ``seq`` numbers the points of a
   line from 0 in the order of arrival. Which lines make up what a person asked for is decided above the store
   (``query.lines``).
5. *Exact reduction.* ``reduce`` answers with the M4 set (first, last, min, max) of every column, where the points of a
   line are ordered by (x, time_us, seq), columns are ``[edges[i], edges[i+1])`` and only finite values take part.
   Ties: the first minimum and the first maximum in that order win. Points with a non-zero ``flags & NON_FINITE``
   are counted per column and the first of them is given as the column's mark. ``count``, ``total`` and
   ``total_squares`` cover the finite values. Identical content gives identical answers, however it was batched;
   between two kinds of store the sums, and nothing else, may differ by rounding.
6. *Points without iteration* (``NO_ITERATION`` or ``SINGLE_VALUE`` in their flags) take no part in reads by
   iteration; they do in reads by time, except ``SINGLE_VALUE``, which is read with ``single_values`` only.
7. *Documents.* Whatever is neither a point nor a console line (a plot, a debug sample) is a document: bytes under a
   (task, kind, key). A document replaces a stored one of the same key unless that one's ``version`` is higher; one
   without payload is a tombstone: it hides the key from reads, for good unless a higher version comes. Documents
   carry their offset, by which a batch that is cut (rule 1) leaves out what is stored already.
8. *Reads see whole appends.* A read never sees half of one ``append``. Reads may run in other threads than appends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

StreamName = Literal["scalars", "records"]
Axis = Literal["iteration", "time"]


class StoreError(Exception):
    """Tell that a store cannot do what it was asked, whatever the question was."""


class StoreUnreadable(StoreError):
    """Tell that what is stored is damaged or of another version: set it aside and rebuild it from the journals."""


class StoreOutdated(StoreUnreadable):
    """Tell that an earlier version has made the store: nothing is wrong with it, but it is to be made anew."""


class StoreInUse(StoreError):
    """Tell that another process has the store open."""


class Gap(ValueError):
    """Refuse a batch that begins above the stored progress of its stream."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """Name one line."""

    task: str
    title: str
    series: str
    attempt: int = 0
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """Name the part ``[begin, end)`` of one stream of one writer.

    Offsets are those of ``journal.reader``: slot numbers for scalars, bytes for records.
    """

    task: str
    writer: str
    stream: StreamName
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of points in journal order, all of one length.

    ``line`` indexes ``lines``. ``time_us`` is wall time in microseconds. ``offset`` is the point's slot.
    """

    lines: Sequence[LineKey]
    line: NDArray[np.int32]
    offset: NDArray[np.int64]
    iteration: NDArray[np.int64]
    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    flags: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """Keep one line of console text, without its line end.

    ``ordinal`` numbers the lines of one (writer, stream) from 0. ``open`` marks a line that may still change
    (no line end yet, or within reach of a cursor-up). ``time_us`` is the time of its first write.
    """

    ordinal: int
    time_us: int
    level: int
    text: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class ConsoleUpdate:
    """Replace the lines from ``first`` on of one (writer, stream) of a task by ``lines``."""

    stream: str
    attempt: int
    rank: int
    first: int
    lines: Sequence[ConsoleLine]


@dataclass(frozen=True, slots=True)
class Document:
    """Keep one document (rule on documents); ``iteration`` is ``None`` where it has none.

    ``offset`` is where its record starts in the writer's stream. ``payload`` is ``None`` for a tombstone, and
    where a read did not ask for it. ``size_bytes`` is the payload's, also then.
    """

    kind: str
    key: str
    title: str
    series: str
    iteration: int | None
    time_us: int
    attempt: int
    rank: int
    version: int
    offset: int
    payload: bytes | None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """Ask for documents of a task and kind, ordered by (title, series, iteration, time_us, key); none comes first.

    ``title``, ``series``, ``iteration`` and ``keys`` narrow it. Of what is left, ``at`` asks, for each (title, series,
    rank), only for one document: the last of the highest iteration not above it, else of the lowest. ``latest``
    asks for at most the last so many of each (title, series, rank); the last are those at the end of the order.
    """

    task: str
    kind: str
    title: str | None = None
    series: str | None = None
    iteration: int | None = None
    keys: Sequence[str] | None = None
    at: int | None = None
    latest: int | None = None
    payload: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """Carry what ingest decoded from one extent."""

    extent: Extent
    points: Points | None = None
    console: Sequence[ConsoleUpdate] = ()
    documents: Sequence[Document] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one point of a line."""

    iteration: int
    time_us: int
    value: float
    flags: int = 0


@dataclass(frozen=True, slots=True)
class LineSummary:
    """Summarise one line; ``None`` where no finite point with an iteration exists.

    ``count`` counts all points (it is the next ``seq``); ``non_finite`` those flagged NaN or Inf. ``first`` and
    ``last`` are by (iteration, time_us, seq); ``minimum``/``maximum`` the first such point in that order;
    ``low`` and ``high`` the extreme iterations over all points that have one; ``total`` sums ``finite`` values.
    ``single`` marks a line from ``report_single_value``; its ``last`` is the latest report by time.
    """

    key: LineKey
    count: int
    finite: int
    non_finite: int
    total: float
    total_squares: float
    low: int | None
    high: int | None
    low_time_us: int
    high_time_us: int
    first: Point | None
    last: Point | None
    minimum: Point | None
    maximum: Point | None
    single: bool = False


@dataclass(frozen=True, slots=True)
class NamePage:
    """Answer a question for names: ``total`` fitting (title, series) pairs, of which ``names`` are one page."""

    total: int
    names: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LineRead:
    """Ask for ``[low, high)`` of a line on an axis; ``None`` leaves a side open.

    With ``edges`` (w+1 ascending integers; w columns) ``reduce`` answers; without, ``points`` does. A last edge of
    2^63 - 1 includes that x, because 2^63 is no int64; ``low`` and ``high`` hold beside the edges.
    ``after`` asks ``points`` only for points whose ``seq`` is at least this; ``limit`` for at most that many, the
    first in order. ``cut`` leaves out, on either axis, points whose iteration is at or above it (what a later
    attempt hides, see ``query.lines``); points without iteration stay.
    """

    key: LineKey
    axis: Axis = "iteration"
    low: int | None = None
    high: int | None = None
    edges: NDArray[np.int64] | None = None
    after: int = 0
    limit: int | None = None
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class LinePoints:
    """Columns of raw points ordered by (x, time_us, seq)."""

    iteration: NDArray[np.int64]
    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    flags: NDArray[np.uint8]
    seq: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class M4:
    """Columns of M4 sets, one row for each non-empty column, ascending in ``column``.

    Each of first, last, minimum, maximum is given by iteration, time_us, value and flags (the four arrays in that
    order of the tuple); they are meaningless (zero) where ``count`` is 0. ``flagged`` counts non-finite reports
    and ``mark`` is the first of them (meaningless where ``flagged`` is 0). ``points`` counts all points that have a
    place in the column, finite or not.
    """

    column: NDArray[np.int64]
    count: NDArray[np.int64]
    total: NDArray[np.float64]
    total_squares: NDArray[np.float64]
    first: PointColumns
    last: PointColumns
    minimum: PointColumns
    maximum: PointColumns
    flagged: NDArray[np.int64]
    mark: PointColumns
    points: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PointColumns:
    """Columns of points, all of one length."""

    iteration: NDArray[np.int64]
    time_us: NDArray[np.int64]
    value: NDArray[np.float64]
    flags: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ConsoleRead:
    """Ask for console lines of a task, ordered by (time_us, writer, stream, ordinal).

    ``offset`` counts matching lines from the start, or from the end where negative. With ``from_number`` or
    ``from_us`` (not both) it counts, forth or back, from the first matching line of that number, or of that time, or
    later. ``pattern`` is a regular expression (RE2 syntax) searched in each line as it is seen, without its colour
    codes; ``minimum_level`` compares ``level``.
    """

    task: str
    offset: int = 0
    limit: int = 1000
    from_number: int | None = None
    from_us: int | None = None
    pattern: str | None = None
    ignore_case: bool = True
    streams: Sequence[str] = ()
    minimum_level: int = 0
    ranks: Sequence[int] = ()
    attempts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Hold a console line as read: ``number`` is its place among all lines of the task, from 0.

    ``found`` is where the pattern was found: begins and ends in characters of the text without its colour codes.
    """

    number: int
    writer: str
    stream: str
    attempt: int
    rank: int
    line: ConsoleLine
    found: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """Answer a ``ConsoleRead``: ``total`` matching lines, of which ``lines`` start at ``offset``."""

    total: int
    offset: int
    lines: Sequence[FoundLine] = field(default_factory=list)


class Writer(Protocol):
    """The writing side; one writer at a time has a store open."""

    def append(self, batches: Sequence[Batch]) -> None:
        """Store the batches durably, in one transaction (rules 1 to 3).

        Raises:
            Gap: a batch begins above the stored progress; nothing of the call was stored.
        """

    def delete_task(self, task: str) -> None:
        """Forget everything of a task, its progress included."""

    def settle(self) -> None:
        """Do upkeep that needs no new data (roll up, checkpoint); called when idle."""


class Reader(Protocol):
    """The reading side."""

    def progress(self, task: str) -> Mapping[tuple[str, StreamName], int]:
        """Return the stored end offset of every (writer, stream) of a task; absent means 0."""

    def progress_of(
        self, tasks: Sequence[str]
    ) -> Mapping[str, Mapping[tuple[str, StreamName], int]]:
        """Return the progress of these tasks, but for those with nothing stored."""

    def every_progress(self) -> Mapping[str, Mapping[tuple[str, StreamName], int]]:
        """Return the progress of every task with anything stored: what ingest compares at a start."""

    def tasks(self) -> Sequence[str]:
        """Return the ids of all tasks with anything stored."""

    def lines(self, asked: Mapping[str, Sequence[tuple[str, str]] | None]) -> Sequence[LineSummary]:
        """Return the summaries of the lines of tasks, in no given order.

        With each task stand the names (title, series) whose lines are meant, ``None`` for all: ingest asks for the
        few that changed.
        """

    def names(
        self, tasks: Sequence[str], *, search: str, offset: int, limit: int, most: int
    ) -> Mapping[str, NamePage]:
        """Return a page of the names of each task's series, ordered by (title, series); single values have none.

        ``search`` keeps those whose title or series holds it, whatever the case; ``offset`` and ``limit`` hold for
        each task. The tasks are answered in order, as many as have at most ``most`` names together in their pages,
        the first in any case. Costs no summary: a task may have a million series.
        """

    def points(self, reads: Sequence[LineRead]) -> Sequence[LinePoints]:
        """Return raw points, one answer per read."""

    def reduce(self, reads: Sequence[LineRead]) -> Sequence[M4]:
        """Return exact M4 sets (rule 5), one answer per read, each with ``edges``."""

    def single_values(self, task: str) -> Mapping[str, Point]:
        """Return the latest single value (by time, then arrival) of each name."""

    def documents(self, read: DocumentRead) -> Sequence[Document]:
        """Return documents."""

    def console(self, read: ConsoleRead) -> ConsolePage:
        """Return console lines.

        Raises:
            ValueError: the pattern is not a valid regular expression.
        """

    def console_open(
        self, task: str, writer: str
    ) -> Mapping[str, tuple[int, Sequence[ConsoleLine]]]:
        """Return for each stream of a writer the next ordinal and its trailing open lines."""


class Store(Writer, Reader, Protocol):
    """Both sides of one store."""

    def close(self) -> None:
        """Release the store; everything appended is durable already."""
