"""``Api``: ask a home from Python, by the endpoints that the page uses, and get tables back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from stripchart import settings as _settings
from stripchart.table import Table

if TYPE_CHECKING:
    from os import PathLike

    from stripchart.api import Client
    from stripchart.server import schema

Stat = Literal["last", "min", "max", "first", "mean"]
AxisName = Literal["iteration", "relative", "wall"]

_PAGE = 1_000
_CONSOLE_PAGE = 50_000
_MOST_READS = 500  # in one request
_FIELDS = (
    "id", "name", "project", "type", "status", "status_reason", "tags", "user", "host", "iteration",
    "attempts", "lost", "archived",
)  # fmt: skip


class Api:
    """Ask a home: through its server where one runs, else in this process.

    ``home`` is the folder, by default that of the settings. Use it in a ``with``, or ``close()`` it.

    >>> with stripchart.Api() as api:
    ...     runs = api.tasks("project:mnist status:completed", metrics=["loss/train.min"])
    ...     curves = api.scalars(runs["id"], "loss", "train").to_pandas()
    """

    def __init__(self, home: str | PathLike[str] | None = None) -> None:
        """Connect.

        Raises:
            SettingsError: a setting is wrong. HomeBusy: the home is held by something that does not answer.
            ImportError: the extra ``stripchart[server]`` is not installed. OSError: the home cannot be opened.
        """
        from stripchart.api import connect

        given = None if home is None else str(home)
        self._client: Client = connect(_settings.load(home=given))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the home go."""
        self._client.__exit__()

    def refresh(self) -> None:
        """Take in what tasks have reported since, where no server does that."""
        self._client.refresh()

    # -- tasks -----------------------------------------------------------------------------------------------

    def tasks(
        self,
        filter: str = "",
        *,
        metrics: Sequence[str] = (),
        parameters: Sequence[str] = (),
        archived: bool | None = None,
        limit: int | None = None,
    ) -> Table:
        """Find tasks, the newest first.

        ``filter`` is of the filter language (docs/guides/finding-tasks.md). ``metrics`` are columns such as
        ``"loss/train.min"``: title, series and one of last (default), min, max, first, mean; ``parameters`` are full
        names such as ``"General/lr"``. Metrics are numbers, parameters texts; ``archived=True`` finds archived tasks.

        Raises:
            ApiFailure: the filter is wrong.
        """
        from stripchart.server import schema

        refs = [_metric(text) for text in metrics]
        rows: list[schema.TaskRow] = []
        while limit is None or len(rows) < limit:
            wanted = _PAGE if limit is None else min(_PAGE, limit - len(rows))
            query = schema.TaskQuery(
                filter=filter,
                archived=archived,
                metrics=refs,
                parameters=list(parameters),
                offset=len(rows),
                limit=wanted,
            )
            page = self._client.tasks(query)
            rows += page.tasks
            if len(page.tasks) < wanted:
                break
        columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _FIELDS}
        for name in ("started", "updated", "ended"):
            columns[name] = _times([getattr(row, f"{name}_us") for row in rows])
        for i, text in enumerate(metrics):
            columns[text] = np.array(
                [np.nan if r.metrics[i] is None else r.metrics[i] for r in rows], dtype=np.float64
            )
        for i, name in enumerate(parameters):
            columns[name] = _objects([row.parameters[i] for row in rows])
        return Table(columns)

    def parameters(self, task: str) -> dict[str, str]:
        """Return the parameters of a task as texts, by full name."""
        return {p.name: p.value for p in self._client.task(task).parameters}

    def series(self, task: str, search: str = "") -> Table:
        """List the series of a task with what sums them up, over their live lines."""
        found = self._client.series(task, search=search).series
        return Table(
            {
                "title": _objects([s.title for s in found]),
                "series": _objects([s.series for s in found]),
                "count": np.array([s.count for s in found], dtype=np.int64),
                "non_finite": np.array([s.non_finite for s in found], dtype=np.int64),
                **{
                    name: np.array([_value(getattr(s, attribute)) for s in found], dtype=np.float64)
                    for name, attribute in (
                        ("first", "first"),
                        ("last", "last"),
                        ("min", "minimum"),
                        ("max", "maximum"),
                    )
                },
                "mean": np.array([np.nan if s.mean is None else s.mean for s in found]),
            }
        )

    def values(self, task: str) -> dict[str, float]:
        """Return the single values of a task."""
        found = self._client.values(task).values
        return {v.name: float("nan") if v.value is None else v.value for v in found}

    def models(self, task: str) -> Table:
        """List the models of a task: those that it made (role ``output``) and started from (``input``).

        ``uri`` is where the weights lie, empty while there are none; ``iteration`` is NaN where it is not known.
        """
        found = self._client.artifacts(task).models
        names = ("id", "role", "name", "framework", "state", "uri")
        return Table(
            {
                **{name: _objects([getattr(m, name) for m in found]) for name in names},
                "iteration": np.array(
                    [np.nan if m.iteration is None else m.iteration for m in found], np.float64
                ),
                "size_bytes": np.array([m.size_bytes for m in found], dtype=np.int64),
                "time": _times([m.time_us for m in found]),
            }
        )

    def artifacts(self, task: str) -> Table:
        """List the artifacts of a task; ``uri`` is where each lies (``Task.artifacts`` reads what is in them)."""
        found = self._client.artifacts(task).artifacts
        names = ("name", "type", "state", "uri", "hash")
        return Table(
            {
                **{name: _objects([getattr(a, name) for a in found]) for name in names},
                "size_bytes": np.array([a.size_bytes for a in found], dtype=np.int64),
                "time": _times([a.time_us for a in found]),
            }
        )

    def plots(self, task: str) -> Table:
        """List the plots of a task, one row for each iteration; NaN is one that was reported without."""
        found = [(p, at) for p in self._client.plots(task).plots for at in p.iterations]
        return Table(
            {
                "title": _objects([p.title for p, _ in found]),
                "series": _objects([p.series for p, _ in found]),
                "rank": np.array([p.rank for p, _ in found], dtype=np.int64),
                "iteration": np.array(
                    [np.nan if at is None else at for _, at in found], np.float64
                ),
            }
        )

    def plot(
        self, task: str, title: str, series: str, *, iteration: int | None = None
    ) -> dict[str, Any]:
        """Return a figure as it was reported, for ``plotly.graph_objects.Figure``; the latest without ``iteration``.

        Raises:
            ApiFailure: there is none.
        """
        import json

        figure: dict[str, Any] = json.loads(
            self._client.plot(task, title, series, iteration=iteration)
        )
        return figure

    # -- points ----------------------------------------------------------------------------------------------

    def scalars(
        self,
        tasks: str | Iterable[str],
        title: str | None = None,
        series: str | None = None,
        *,
        columns: int | None = None,
        axis: AxisName = "iteration",
        rank: int | None = None,
        attempt: int | None = None,
    ) -> Table:
        """Read points of one or more tasks: every point, or with ``columns`` those that draw the same at that width.

        Without ``title`` or ``series`` all that a task has. The live line is read, or that of a rank or attempt.
        The table has ``task, title, series, iteration, time, value, flags``, ordered within each line by ``axis``.

        Raises:
            LookupError: none of the tasks has a point of that title and series.
        """
        from stripchart.server import schema

        names = self._names(_ids(tasks), title, series)
        line: Literal["live", "line"] = "live" if rank is None and attempt is None else "line"
        reads = [
            schema.SeriesRead(task=task, title=t, series=s, line=line, rank=rank, attempt=attempt)
            for task, t, s in names
        ]
        parts: list[tuple[int, dict[str, NDArray[Any]]]] = []
        for begin in range(0, len(reads), _MOST_READS):
            some = reads[begin : begin + _MOST_READS]
            request = schema.SeriesReadRequest(
                reads=some, axis=axis, columns=columns or 1, every_point=columns is None
            )
            parts += [(begin, part) for part in self._read(request)]
        table = _points_table(names, parts)
        if not len(table) and (title is not None or series is not None):
            raise LookupError(
                f"none of the tasks has a point of title {title!r}, series {series!r}"
            )
        return table

    def _names(
        self, tasks: Sequence[str], title: str | None, series: str | None
    ) -> list[tuple[str, str, str]]:
        """Return task, title and series of the lines that are meant."""
        if title is not None and series is not None:
            return [(task, title, series) for task in tasks]
        found = self._client.series_of(tasks, search=title or series or "")
        return [
            (task, s.title, s.series)
            for task in tasks
            for s in found[task].series
            if title in (None, s.title) and series in (None, s.series)
        ]

    def _read(self, request: schema.SeriesReadRequest) -> list[dict[str, NDArray[Any]]]:
        """Read; what is too much for one answer, in halves, and a single series in parts."""
        import msgspec

        from stripchart.api import ApiFailure

        try:
            return [self._client.read(request)[0]]
        except ApiFailure as failure:
            if "points" not in failure.error.detail:
                raise
        reads = request.reads
        if len(reads) > 1:
            halves = reads[: len(reads) // 2], reads[len(reads) // 2 :]
            first, second = (self._read(msgspec.structs.replace(request, reads=h)) for h in halves)
            for part in second:
                part["read"] = part["read"] + np.uint32(len(halves[0]))
            return first + second
        return list(self._client.every_point(reads[0], request.axis))

    def group(
        self,
        groups: dict[str, Iterable[str]],
        title: str,
        series: str,
        *,
        axis: AxisName = "iteration",
        columns: int = 400,
        center: Literal["mean", "median"] = "mean",
        band: Literal["std", "stderr", "ci95", "minmax"] = "std",
    ) -> Table:
        """Read statistics over tasks: of each group, named by its key, a centre and a band of one series.

        The table has ``group, x, n, points, center, low, high``; how lines are brought together is said in
        docs/reference/http-api.md.
        """
        from stripchart.server import schema

        asked = [
            schema.SeriesGroup(
                members=[schema.SeriesRead(task=t, title=title, series=series) for t in _ids(tasks)]
            )
            for tasks in groups.values()
        ]
        request = schema.GroupReadRequest(
            groups=asked, axis=axis, columns=columns, center=center, band=band
        )
        found, _ = self._client.group(request)
        names = _objects(list(groups))
        return Table(
            {"group": names[found["group"]], **{n: c for n, c in found.items() if n != "group"}}
        )

    # -- the rest --------------------------------------------------------------------------------------------

    def console(self, task: str, pattern: str | None = None) -> Table:
        """Read the console of a task, or the lines in which a regular expression (RE2) is found."""
        from stripchart.server import schema

        lines: list[Any] = []
        while True:
            query = schema.ConsoleQuery(offset=len(lines), limit=_CONSOLE_PAGE, pattern=pattern)
            page = self._client.console(task, query)
            lines += page.lines
            if not page.lines or len(lines) >= page.total:
                break
        return Table(
            {
                "number": np.array([line.number for line in lines], dtype=np.int64),
                "time": _times([line.time_us for line in lines]),
                "stream": _objects([line.stream for line in lines]),
                "rank": np.array([line.rank for line in lines], dtype=np.int64),
                "level": np.array([line.level for line in lines], dtype=np.int64),
                "text": _objects([line.text for line in lines]),
            }
        )

    def sql(self, sql: str, *, filter: str = "", limit: int = 1_000_000) -> Table:
        """Ask one SELECT over tasks, parameters, metrics, single values, points and console lines.

        The tables are those of docs/reference/http-api.md, of the tasks that ``filter`` finds.

        Raises:
            ApiFailure: the question is wrong or takes too much.
        """
        from stripchart.server import schema

        answer = self._client.sql(schema.SqlQuestion(sql=sql, filter=filter, limit=limit))
        columns = zip(*answer.rows, strict=True) if answer.rows else ([] for _ in answer.columns)
        return Table(
            {
                name: _typed(list(values), kind)
                for name, kind, values in zip(answer.columns, answer.types, columns, strict=True)
            }
        )

    def export(
        self,
        tasks: str | Iterable[str],
        path: str | PathLike[str],
        *,
        what: Literal["points", "metrics", "parameters", "single_values", "console"] = "points",
    ) -> None:
        """Write what tasks recorded into a file: CSV, JSON lines or Parquet, as its ending says.

        ``.html`` writes one task whole, as a page that opens without a server; ``what`` says nothing there.

        Raises:
            ValueError: the ending is none of ``.csv``, ``.jsonl``, ``.parquet``, ``.html``; several tasks for a page.
            OSError: the file cannot be written.
        """
        from stripchart.server import schema

        file = Path(path)
        kind = file.suffix.removeprefix(".")
        if kind == "html":
            if len(_ids(tasks)) != 1:
                raise ValueError("a page shows one task")
            file.write_bytes(self._client.export_page(*_ids(tasks))[0])
            return
        if kind not in ("csv", "jsonl", "parquet"):
            raise ValueError(f"{str(file)!r} ends in none of .csv, .jsonl, .parquet and .html")
        filter = f"id:{','.join(_ids(tasks))}"
        question = schema.SqlQuestion(sql=f"SELECT * FROM {what} ORDER BY ALL", filter=filter)
        export = schema.SqlExport(question=question, format=kind)  # type: ignore[arg-type]
        file.write_bytes(self._client.sql_export(export))


def _ids(tasks: str | Iterable[str]) -> list[str]:
    return [tasks] if isinstance(tasks, str) else [str(task) for task in tasks]


def _metric(text: str) -> schema.MetricRef:
    from stripchart.server import schema

    name, dot, stat = text.rpartition(".")
    if not dot or stat not in ("last", "min", "max", "first", "mean"):
        name, stat = text, "last"
    title, slash, series = name.rpartition("/")
    if not slash:
        raise ValueError(f"a metric is title/series or title/series.stat, not {text!r}")
    return schema.MetricRef(title=title, series=series, stat=stat)  # type: ignore[arg-type]


def _value(point: schema.PointBody | None) -> float:
    return float("nan") if point is None or point.value is None else point.value


def _objects(values: Sequence[Any]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _times(values: Sequence[int | None]) -> NDArray[Any]:
    missing = np.datetime64("NaT", "us").astype("int64")
    return np.array([missing if v is None else v for v in values], dtype="int64").view(
        "datetime64[us]"
    )


def _points_table(
    names: Sequence[tuple[str, str, str]], parts: Sequence[tuple[int, dict[str, NDArray[Any]]]]
) -> Table:
    def joined(key: str, dtype: str) -> NDArray[Any]:
        return np.concatenate([part[key] for _, part in parts] or [np.zeros(0)]).astype(
            dtype, copy=False
        )

    offsets = [part["read"].astype(np.int64) + begin for begin, part in parts]
    line = np.concatenate(offsets or [np.zeros(0, np.int64)])
    told = [_objects([name[i] for name in names]) for i in range(3)]
    return Table(
        {
            **{
                n: column[line] for n, column in zip(("task", "title", "series"), told, strict=True)
            },
            "iteration": joined("iteration", "int64"),
            "time": joined("time_us", "int64").view("datetime64[us]"),
            "value": joined("value", "float64"),
            "flags": joined("flags", "uint8"),
        }
    )


def _typed(values: list[Any], kind: str) -> NDArray[Any] | list[Any]:
    """Give a column of a SQL answer the type that its name tells."""
    if kind.startswith("TIMESTAMP"):
        texts = [None if v is None else str(v).removesuffix("Z") for v in values]
        return np.array(texts, dtype="datetime64[us]")
    if kind in ("DOUBLE", "FLOAT"):
        return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    return values
