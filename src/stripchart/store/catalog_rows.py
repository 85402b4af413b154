"""What the catalog is asked and what it answers: plain data, field for field what the API shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stripchart.query.filters import EVERY_TASK, Term

Stat = Literal[
    "last", "min", "max", "first", "mean", "min_iteration", "max_iteration", "count", "non_finite"
]  # fmt: skip
SortField = Literal[
    "started", "updated", "ended", "name", "status", "project", "iteration", "duration",
    "user", "host", "type", "attempts", "lost",
]  # fmt: skip
GroupField = Literal["status", "user", "host", "project", "type", "name", "tag"]


@dataclass(frozen=True, slots=True)
class Metric:
    """Name one number of one metric."""

    title: str
    series: str
    stat: Stat = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Sort by a metric where one is given, else by a parameter, else by a field.

    Tasks that have it not come last either way. Of a parameter numbers come before texts.
    """

    field: SortField = "started"
    metric: Metric | None = None
    parameter: str | None = None
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Say which tasks, in which order, with which columns.

    ``project`` is a path, with all below it where ``recursive``; ``search`` is found, whatever its case, in name,
    project, tags or id; ``archived`` keeps those that are, or are not; ``ids`` names them; ``term`` is a filter as
    ``query.filters`` defines it.
    """

    project: str | None = None
    recursive: bool = True
    status: Sequence[str] = ()
    search: str = ""
    archived: bool | None = None
    ids: Sequence[str] | None = None
    term: Term = EVERY_TASK
    order: Sequence[Order] = (Order(),)
    metrics: Sequence[Metric] = ()
    parameters: Sequence[str] = ()
    offset: int = 0
    limit: int = 100


AggregateName = Literal["count", "mean", "min", "max", "std"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupKey:
    """Group by a parameter's value where one is given, else by a field; a task is in a group for each of its tags."""

    field: GroupField = "status"
    parameter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOrder:
    """Sort groups by their number of tasks, by their values (of all keys, or of one by its place), or by an aggregate
    of the grouping's ``metric``-th metric. Those without come last either way."""

    by: Literal["tasks", "values", "metric"] = "tasks"
    key: int | None = None
    metric: int = 0
    aggregate: AggregateName = "mean"
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Say how tasks are grouped, and in which order the groups come; what is equal comes by values."""

    keys: Sequence[GroupKey]
    metrics: Sequence[Metric] = ()
    order: Sequence[GroupOrder] = (GroupOrder(),)
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """Summarise one number over the tasks of a group that have it; ``std`` is of a sample, none of a single one."""

    count: int
    mean: float | None
    min: float | None
    max: float | None
    std: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Hold one group: a value for each key (``None``: it has none), how many tasks, one aggregate a metric."""

    values: list[str | None]
    tasks: int
    metrics: list[Aggregate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Answer a grouping: ``total`` groups, of which ``groups`` are a page."""

    total: int
    offset: int
    groups: list[Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Name what a column, a filter or a group can be made of, and how many tasks have it.

    ``single`` marks a metric that is a single value in all of them.
    """

    name: str
    series: str = ""
    tasks: int
    single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Answer which columns there are: ``total``, of which ``columns`` are a page."""

    total: int
    offset: int
    columns: list[Column]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """Hold one line of the task table; ``metrics`` and ``parameters`` answer those of the filter, in order."""

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
    archived: bool = False
    unresponsive: bool = False
    metrics: list[float | None] = field(default_factory=list)
    parameters: list[str | None] = field(default_factory=list)


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
