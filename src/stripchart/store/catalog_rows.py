"""What the catalog is asked and what it answers: plain data, field for field what the API shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Stat = Literal["last", "min", "max", "first", "mean"]
SortField = Literal["started", "updated", "name", "status", "project", "iteration", "duration"]


@dataclass(frozen=True, slots=True)
class Metric:
    """Name one number of one metric."""

    title: str
    series: str
    stat: Stat = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Say which tasks, in which order, with which columns.

    ``project`` is a path, with all below it where ``recursive``; ``search`` is found, whatever its case, in name,
    project, tags or id. Tasks without the ``metric`` or field that is sorted by come last either way.
    """

    project: str | None = None
    recursive: bool = True
    status: Sequence[str] = ()
    search: str = ""
    sort: SortField = "started"
    sort_metric: Metric | None = None
    descending: bool = True
    metrics: Sequence[Metric] = ()
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """Hold one line of the task table; ``metrics`` answers the filter's ``metrics`` in order."""

    id: str
    name: str
    project: str
    type: str
    status: str
    status_reason: str
    tags: list[str]
    user: str
    host: str
    started_us: int | None
    updated_us: int | None
    ended_us: int | None
    iteration: int | None
    attempts: int
    lost: int
    unresponsive: bool = False
    metrics: list[float | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Answer a ``TaskFilter``: ``total`` matching tasks, of which ``tasks`` start at ``offset``."""

    total: int
    offset: int
    tasks: list[TaskRow]


@dataclass(frozen=True, slots=True)
class Project:
    """Count the tasks of one project path, without what is below it."""

    name: str
    tasks: int
    by_status: dict[str, int]
    updated_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Hold one attempt as shown."""

    number: int
    started_us: int
    ended_us: int | None
    status: str
    reason: str
    message: str
    initial_iteration: int
    environment: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterInfo:
    """Hold one writer as shown; ``points`` and ``record_bytes`` are what the index holds of it."""

    writer: str
    role: str
    host: str
    pid: int
    rank: int
    attempt: int
    started_us: int
    closed: bool
    points: int
    record_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Hold one trouble as shown."""

    code: str
    message: str
    count: int
    lost: bool
    time_us: int
    writer: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """Hold one parameter or user property as shown."""

    name: str
    value: str
    type: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """Hold one artifact; ``url`` is relative to the task's folder or a URI, ``path`` where it waits."""

    name: str
    type: str
    state: str
    url: str
    size_bytes: int
    hash: str
    preview: str
    metadata: dict[str, str]
    error: str
    path: str
    destination: str
    time_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Hold one configuration object as shown."""

    name: str
    text: str
    type: str
    description: str
    time_us: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Sum what the recorders of a task cost; bytes are the latest readings."""

    recorder_cpu_sec: float
    recorder_rss_bytes: int
    journal_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDetail:
    """Hold all that the catalog knows of one task but its metrics."""

    task: TaskRow
    comment: str
    parent: str
    status_message: str
    attempts: list[Attempt]
    writers: list[WriterInfo]
    parameters: list[Parameter]
    notes: list[Note]
    cost: Cost | None
