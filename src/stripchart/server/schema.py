"""The shapes of ``/api/v1``: every request and response body, from which OpenAPI and the UI's types are made.

========================================  ============================================================
GET  /api/v1/server                       ServerInfo
GET  /api/v1/projects                     ProjectList
POST /api/v1/tasks/query                  TaskQuery -> TaskPage
POST /api/v1/tasks/groups                 GroupQuery -> GroupPage
GET  /api/v1/columns                      kind, project, search, offset, limit -> ColumnList
POST /api/v1/tasks/columns                ColumnQuery -> ColumnList
POST /api/v1/tasks/edit                   TaskEdit -> OperationResult
POST /api/v1/tasks/delete                 TaskDelete -> OperationResult
POST /api/v1/undo/{operation_id}          OperationResult
GET  /api/v1/operations                   OperationList
POST /api/v1/tasks/export                 TaskExport -> CSV or Parquet
GET  /api/v1/views                        project, page -> ViewList; POST ViewSettings -> View
PUT  /api/v1/views/{view_id}              ViewSettings -> View; DELETE
GET  /api/v1/layouts                      key, version -> Layout; PUT Layout
GET  /api/v1/tasks/{task_id}              TaskDetail
GET  /api/v1/tasks/{task_id}/series       search, offset, limit -> SeriesList
GET  /api/v1/tasks/{task_id}/values       SingleValueList
GET  /api/v1/tasks/{task_id}/console      query string of ConsoleQuery's fields -> ConsolePage
GET  /api/v1/tasks/{task_id}/console.txt  the filters of ConsoleQuery, times, colours -> text/plain
GET  /api/v1/tasks/{task_id}/export.html  columns, max_mb -> the task as one HTML file
POST /api/v1/series/read                  SeriesReadRequest -> Arrow IPC stream, see below
GET  /api/v1/tasks/{task_id}/plots         PlotList
GET  /api/v1/tasks/{task_id}/plot          title, series, iteration, rank -> the plotly figure, JSON
GET  /api/v1/tasks/{task_id}/samples       title, series, at, latest -> SampleList
GET  /api/v1/tasks/{task_id}/artifacts     ArtifactList
GET  /api/v1/tasks/{task_id}/configuration ConfigurationList
GET  /files/{task_id}/{path}               a file of the task's media/ or artifacts/, sandboxed
GET  /files/{task_id}/stored/{key}         the same for what lies at a remote destination, fetched by the server
GET  /api/v1/events?task=<id>             server-sent events named ``change``, data: Change (JSON)
GET  /api/v1/openapi.json                 the OpenAPI document
========================================  ============================================================

Every error, of any endpoint, is ``{"error": {"code", "message", "detail"}}`` with a fitting HTTP status.

The Arrow stream of ``/series/read`` has one row a point, ordered by (read, x, time), with columns ``read: uint32``
(index into the request's ``reads``), ``iteration: int64``, ``time_us: int64``, ``value: float64``, ``flags: uint8``
(bits of ``stripchart.records``). Schema metadata ``reads`` holds JSON of a list of ``ReadResult``, one for each read.

Times are microseconds since the epoch, UTC. Iterations are integers of 64 bits.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

API_PATH = "/api/v1"
LEFT_OUT_HEADER = "x-stripchart-left-out"  # JSON: a list of sentences
Stat = Literal[
    "last", "min", "max", "first", "mean", "min_iteration", "max_iteration", "count", "non_finite"
]  # fmt: skip
SortField = Literal[
    "started", "updated", "ended", "name", "status", "project", "iteration", "duration",
    "user", "host", "type", "attempts", "lost",
]  # fmt: skip
SORT_FIELDS: tuple[str, ...] = get_args(SortField)
ColumnKind = Literal["metric", "parameter", "tag", "status", "user", "host", "project", "type"]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every body."""


class ServerInfo(Body, frozen=True):
    version: str
    home: str
    host: str
    pid: int
    started_us: int


class ErrorInfo(Body, frozen=True):
    code: str
    message: str
    detail: dict[str, Any] = {}


class ErrorBody(Body, frozen=True):
    error: ErrorInfo


class Project(Body, frozen=True):
    """``name`` is the full path ``a/b/c``; counts cover the project itself, not what is below it."""

    name: str
    tasks: int
    by_status: dict[str, int]
    updated_us: int | None


class ProjectList(Body, frozen=True):
    projects: list[Project]


class MetricRef(Body, frozen=True):
    """``min_iteration`` and ``max_iteration`` are where the lowest and highest value was: the best iteration;
    ``non_finite`` counts what was reported as NaN or Inf."""

    title: str
    series: str
    stat: Stat = "last"


class TaskSort(Body, frozen=True):
    """Sort by a metric where ``metric`` is given, else by a ``parameter`` (numbers before texts), else by ``field``.

    Tasks without it come last either way.
    """

    field: SortField = "started"
    metric: MetricRef | None = None
    parameter: str | None = None
    descending: bool = True


class TaskQuery(Body, frozen=True):
    """``search`` is a case-insensitive text found in name, project, tags or id; ``project`` a path, with all below
    it where ``recursive``. ``filter`` is of the filter language (docs/guides/finding-tasks.md); of ``filters``, as
    of all else, each one must fit. ``archived`` false leaves archived tasks out, true leaves only them; it says
    nothing where a filter speaks of ``archived`` itself. ``then`` sorts what is equal by ``sort``. ``metrics`` and
    ``parameters`` (full names) ask for columns."""

    project: str | None = None
    recursive: bool = True
    status: list[str] = []
    search: str = ""
    filter: str = ""
    filters: list[str] = []
    archived: bool | None = None
    sort: TaskSort = TaskSort()
    then: list[TaskSort] = []
    metrics: list[MetricRef] = []
    parameters: list[str] = []
    offset: int = 0
    limit: int = 100


class TaskRow(Body, frozen=True):
    """``metrics`` and ``parameters`` answer the query's, in order, ``None`` where the task has no such value.
    ``unresponsive`` marks a task in progress of which nothing has been heard for a while."""

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
    metrics: list[float | None] = []
    parameters: list[str | None] = []


class TaskPage(Body, frozen=True):
    total: int
    offset: int
    tasks: list[TaskRow]


class GroupKey(Body, frozen=True):
    """Group by the value of a parameter where one is given, else by ``field``. A task stands in a group for each of
    its tags."""

    field: Literal["status", "user", "host", "project", "type", "name", "tag"] = "status"
    parameter: str | None = None


class GroupSort(Body, frozen=True):
    """Sort groups by their number of tasks, by their values (of the ``key``-th of ``by``; without, of each in turn), or
    by an aggregate of the query's ``metric``-th metric. Those without come last either way; of a parameter's values
    numbers come before texts."""

    by: Literal["tasks", "values", "metric"] = "tasks"
    key: int | None = None
    metric: int = 0
    aggregate: Literal["count", "mean", "min", "max", "std"] = "mean"
    descending: bool = True


class GroupQuery(Body, frozen=True):
    """Group the tasks of ``tasks`` (its order, columns and page say nothing here) by one key or more. ``then`` sorts
    what is equal by ``sort``; what is equal by all comes by values."""

    by: list[GroupKey]
    tasks: TaskQuery
    metrics: list[MetricRef] = []
    sort: GroupSort = GroupSort()
    then: list[GroupSort] = []
    offset: int = 0
    limit: int = 100


class Aggregate(Body, frozen=True):
    """One metric over the tasks of a group that have it; ``std`` is the standard deviation of a sample."""

    count: int
    mean: float | None
    min: float | None
    max: float | None
    std: float | None


class Group(Body, frozen=True):
    """``values`` answers ``by``, ``None`` where the tasks have none. ``filter``, added to the query's ``filters``,
    finds the group's tasks."""

    values: list[str | None]
    tasks: int
    metrics: list[Aggregate]
    filter: str


class GroupPage(Body, frozen=True):
    total: int
    offset: int
    groups: list[Group]


class Column(Body, frozen=True):
    """``name`` is the title of a metric, whose ``series`` is empty in any other kind; ``tasks`` have it. ``single``
    marks a metric that is a single value in all of them."""

    name: str
    tasks: int
    series: str = ""
    single: bool = False


class ColumnQuery(Body, frozen=True):
    """Ask what of a ``kind`` the tasks of ``tasks`` have (its order, columns and page say nothing here): by name, or
    (``sort`` tasks) what most of them have first. ``search`` keeps what holds it, whatever the case."""

    kind: ColumnKind
    tasks: TaskQuery
    search: str = ""
    sort: Literal["name", "tasks"] = "name"
    offset: int = 0
    limit: int = 100


class ColumnList(Body, frozen=True):
    kind: ColumnKind
    total: int
    offset: int
    columns: list[Column]


class TaskSelection(Body, frozen=True):
    """Tasks by ``ids``, or all that a ``query`` finds (its order, columns and page say nothing here), which must be
    ``expected`` so many: nobody changes what came in meanwhile unseen."""

    ids: list[str] = []
    query: TaskQuery | None = None
    expected: int | None = None


class TaskEdit(Body, frozen=True):
    """Change what is said of tasks; what is ``None`` or empty stays as it is. ``comment`` is Markdown, kept as text.

    ``published`` true marks ended tasks as published, false takes it back.
    """

    select: TaskSelection
    name: str | None = None
    project: str | None = None
    comment: str | None = None
    archived: bool | None = None
    published: bool | None = None
    tags_added: list[str] = []
    tags_removed: list[str] = []


class TaskDelete(Body, frozen=True):
    """Delete tasks with all that they recorded. One in progress is refused unless ``force`` is set."""

    select: TaskSelection
    force: bool = False


class TaskOutcome(Body, frozen=True):
    """What was done to one task. ``code`` is empty where it was done, else as in an error; ``changed`` is false where
    it was so before."""

    id: str
    name: str
    changed: bool
    code: str = ""
    message: str = ""


class OperationResult(Body, frozen=True):
    """``undo`` names the operation for ``POST /undo/{undo}`` until ``undo_until_us``; ``None``: nothing changed."""

    undo: str | None
    undo_until_us: int | None
    changed: int
    failed: int
    tasks: list[TaskOutcome]


class Operation(Body, frozen=True):
    """Something done to tasks that can still be undone."""

    id: str
    action: str
    time_us: int
    undo_until_us: int
    tasks: int


class OperationList(Body, frozen=True):
    operations: list[Operation]


class ViewSettings(Body, frozen=True):
    """A view to save: ``address`` is the query string of the page, ``project`` where it belongs (empty: everywhere)."""

    name: str
    address: str
    project: str = ""
    page: str = "tasks"


class View(Body, frozen=True):
    id: str
    name: str
    address: str
    project: str
    page: str
    created_us: int
    updated_us: int


class ViewList(Body, frozen=True):
    views: list[View]


class Layout(Body, frozen=True):
    """How a page is arranged, under a key of the page's choice; ``version`` is that of the document's form.

    ``updated_us`` is 0 where nothing is kept under the key; ``note`` says why what is kept is not given.
    """

    version: int
    document: Any = None
    updated_us: int = 0
    note: str = ""


class TaskExport(Body, frozen=True):
    """Write the tasks of a query with its columns, all pages, as a file."""

    query: TaskQuery
    format: Literal["csv", "parquet"] = "csv"


class Attempt(Body, frozen=True):
    number: int
    started_us: int
    ended_us: int | None
    status: str
    reason: str
    message: str
    initial_iteration: int
    environment: dict[str, Any]


class WriterInfo(Body, frozen=True):
    """``points`` and ``record_bytes`` are what the index holds of this writer."""

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


class Note(Body, frozen=True):
    """``lost`` notes tell of data missing from the record, the others of something degraded."""

    code: str
    message: str
    count: int
    lost: bool
    time_us: int
    writer: str


class Parameter(Body, frozen=True):
    name: str
    value: str
    type: str = ""
    description: str = ""


class Cost(Body, frozen=True):
    recorder_cpu_sec: float
    recorder_rss_bytes: int
    journal_bytes: int


class TaskDetail(Body, frozen=True):
    task: TaskRow
    comment: str
    parent: str
    status_message: str
    attempts: list[Attempt]
    writers: list[WriterInfo]
    parameters: list[Parameter]
    notes: list[Note]
    cost: Cost | None


class PointBody(Body, frozen=True):
    iteration: int
    time_us: int
    value: float | None
    flags: int


class SeriesSummary(Body, frozen=True):
    """One (title, series), over its live line; ``value`` of a point is ``None`` where it is NaN or Inf (see flags)."""

    title: str
    series: str
    attempts: list[int]
    ranks: list[int]
    count: int
    non_finite: int
    low: int | None
    high: int | None
    first: PointBody | None
    last: PointBody | None
    minimum: PointBody | None
    maximum: PointBody | None
    mean: float | None


class SeriesList(Body, frozen=True):
    """One page by title and series, from ``offset`` on; ``total`` counts all that fit the search."""

    series: list[SeriesSummary]
    total: int = 0
    offset: int = 0


class SeriesListRequest(Body, frozen=True):
    """Ask for the series of tasks, of each by ``search``, ``offset`` and ``limit`` as for one."""

    tasks: list[str]
    search: str = ""
    offset: int = 0
    limit: int = 5000


class SeriesOfTask(Body, frozen=True):
    """What ``SeriesList`` says of one task; ``code`` is empty, or why nothing is said, as in an error."""

    task: str
    series: list[SeriesSummary] = []
    total: int = 0
    offset: int = 0
    code: str = ""
    message: str = ""


class SeriesOfTasks(Body, frozen=True):
    """``tasks`` answers those that were asked for, in their order and each once, as many as have 5,000 series
    together, the first in any case: whoever is left out is to be asked for again."""

    tasks: list[SeriesOfTask]


class SingleValue(Body, frozen=True):
    """``value`` is ``None`` where what is stored is NaN or Inf; ``flags`` say what was reported."""

    name: str
    value: float | None
    flags: int
    time_us: int


class SingleValueList(Body, frozen=True):
    values: list[SingleValue]


class SeriesRead(Body, frozen=True):
    """Ask for one series. ``line`` "live" is the default line (of attempts that overlap the later one wins; of the
    lowest rank, or of ``rank``); "line" is the one line named by ``attempt`` and ``rank``. ``after`` is the cursor of
    an earlier answer: only points that came since are returned (raw), or ``reset`` is set and the whole is returned."""

    task: str
    title: str
    series: str
    line: Literal["live", "line"] = "live"
    attempt: int | None = None
    rank: int | None = None
    after: str | None = None


class SeriesReadRequest(Body, frozen=True):
    """``columns`` is the width in pixels; ``low`` and ``high`` bound x, both inclusive: iterations, microseconds
    since the task's start ("relative") or microseconds since the epoch ("wall"); ``None`` means all. ``every_point``
    reduces nothing."""

    reads: list[SeriesRead]
    axis: Literal["iteration", "relative", "wall"] = "iteration"
    low: int | None = None
    high: int | None = None
    columns: int = 1000
    every_point: bool = False


class SeriesGroup(Body, frozen=True):
    """Name the lines of one group; ``after`` of them is not regarded."""

    members: list[SeriesRead]


class GroupReadRequest(Body, frozen=True):
    """Ask for statistics over lines. ``axis``, ``low``, ``high`` as for reads; all groups share the ``columns`` columns
    that divide the range. The band is the standard deviation, the standard error, Student's 95 % interval of the mean,
    or goes from the lowest to the highest point."""

    groups: list[SeriesGroup]
    axis: Literal["iteration", "relative", "wall"] = "iteration"
    low: int | None = None
    high: int | None = None
    columns: int = 400
    center: Literal["mean", "median"] = "mean"
    band: Literal["std", "stderr", "ci95", "minmax"] = "std"


class GroupResult(Body, frozen=True):
    """``members`` is how many of the lines have points in the range."""

    rows: int
    members: int


class SqlQuestion(Body, frozen=True):
    """Ask one SELECT over the tables ``tasks``, ``parameters``, ``metrics``, ``single_values``, ``points`` and
    ``console``, of the tasks that ``filter`` finds."""

    sql: str
    filter: str = ""
    archived: bool | None = None
    limit: int = 10_000


class SqlExport(Body, frozen=True):
    """Ask for the whole answer as a file; ``limit`` of the question is not regarded."""

    question: SqlQuestion
    format: Literal["csv", "jsonl", "parquet"] = "csv"


class SqlAnswer(Body, frozen=True):
    """``types`` are DuckDB's names. Times are ISO 8601 in UTC; NaN and Inf are the texts ``nan``, ``inf``, ``-inf``."""

    columns: list[str]
    types: list[str]
    rows: list[list[Any]]
    truncated: bool


class Mark(Body, frozen=True):
    """Stand for ``count`` non-finite reports in one pixel column; the place and flags are of the first one."""

    iteration: int
    time_us: int
    value: float | None
    flags: int
    count: int


class ReadResult(Body, frozen=True):
    """``exact`` is true where every point of the range is in the answer, not only the M4 set of each column.
    ``points`` is how many points the range holds. Pass ``cursor`` back as ``after``."""

    rows: int
    points: int
    exact: bool
    cursor: str
    reset: bool = True
    start_us: int | None = None
    marks: list[Mark] = []


class PlotInfo(Body, frozen=True):
    """One (title, series, rank); ``iterations`` ascend, ``None`` (reported without one) first."""

    title: str
    series: str
    rank: int
    iterations: list[int | None]
    size_bytes: int
    time_us: int


class PlotList(Body, frozen=True):
    plots: list[PlotInfo]


class Sample(Body, frozen=True):
    """``url`` and ``thumbnail`` are addresses for the browser (``/files/…`` or an absolute link); ``uri`` is where it
    lies. ``state`` is "pending" until the recorder has stored it, "failed" with ``error`` where it cannot be."""

    id: str
    title: str
    series: str
    iteration: int | None
    time_us: int
    rank: int
    media: str
    state: str
    url: str
    uri: str
    thumbnail: str
    size_bytes: int
    width: int
    height: int
    error: str


class SampleGroup(Body, frozen=True):
    """``iterations`` of every kept sample of one (title, series), ascending."""

    title: str
    series: str
    iterations: list[int | None]


class SampleList(Body, frozen=True):
    """``groups`` tells of all; ``samples`` is what was asked for (``at``, ``latest``; default the latest of each)."""

    groups: list[SampleGroup]
    samples: list[Sample]


class Artifact(Body, frozen=True):
    name: str
    type: str
    state: str
    url: str
    uri: str
    size_bytes: int
    hash: str
    preview: str
    metadata: dict[str, str]
    time_us: int
    error: str


class Model(Body, frozen=True):
    """``role`` is "output" for what the task made, "input" for what it started from.

    ``state`` is that of the weights, "" while there are none; ``url`` is empty where the server does not give them, as
    where they were only ``registered``. ``time_us`` is that of the last save. ``source`` is the task that made an
    input, ``base`` the id of the model that an output began as.
    """

    id: str
    role: str
    name: str
    framework: str
    iteration: int | None
    comment: str
    tags: list[str]
    labels: dict[str, int]
    design: str
    metadata: dict[str, str]
    state: str
    registered: bool
    published: bool
    archived: bool
    file: str
    url: str
    uri: str
    size_bytes: int
    hash: str
    time_us: int
    source: str
    base: str
    error: str


class ArtifactList(Body, frozen=True):
    artifacts: list[Artifact]
    models: list[Model]


class Configuration(Body, frozen=True):
    name: str
    text: str
    type: str
    description: str
    time_us: int


class ConfigurationList(Body, frozen=True):
    configurations: list[Configuration]
    properties: list[Parameter]


class ConsoleQuery(Body, frozen=True):
    """``offset`` counts matching lines, from the end where negative; with one of ``from_line`` and ``from_us`` it
    counts, forth or back, from the first matching line of that number (from 0), or of that time, or later."""

    offset: int = 0
    limit: int = 500
    from_line: int | None = None
    from_us: int | None = None
    pattern: str | None = None
    ignore_case: bool = True
    stream: list[str] = []
    minimum_level: int = 0
    rank: list[int] = []
    attempt: list[int] = []


class ConsoleLine(Body, frozen=True):
    """``found`` is where the pattern was found: begins and ends in characters of the text without its colour codes."""

    number: int
    time_us: int
    stream: str
    level: int
    rank: int
    attempt: int
    text: str
    open: bool
    found: list[tuple[int, int]] = []


class ConsolePage(Body, frozen=True):
    total: int
    offset: int
    lines: list[ConsoleLine]


class TaskChange(Body, frozen=True):
    """What changed of a task since the last event; ``series`` is ``None`` where too many changed to name them.
    ``points`` counts those that came, ``readings`` those of the machine, which are not among them."""

    id: str
    status: str
    scalars: bool = False
    console: bool = False
    detail: bool = False
    plots: bool = False
    samples: bool = False
    deleted: bool = False
    series: list[tuple[str, str]] | None = None
    points: int = 0
    readings: int = 0


class Change(Body, frozen=True):
    """One push. With ``?task=`` only that task's changes come, in full; without, ``tasks`` has no ``series``."""

    tasks: list[TaskChange]
