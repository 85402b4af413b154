"""Ask a home: over HTTP where a server has it open, else with the same app in this process.

Both ways go through the same endpoints, so that what a command prints is what the page shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from stripchart.server import schema
from stripchart.server.presence import (
    HomeInUseError,
    HomeUnusableError,
    describe_holder,
    find_running,
)
from stripchart.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.generic]]

TIMEOUT_SEC = 120.0
LOCK_WAIT_SEC = 10.0
_MOST_TASKS, _MOST_SERIES = 1000, 5000  # of one answer
_COLUMNS_A_PART = 20_000  # up to four points a column come back raw

Body = TypeVar("Body", bound=schema.Body)


class ApiFailure(Exception):
    """Carry the error that the server answered with."""

    def __init__(self, status: int, error: schema.ErrorInfo) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error


class HomeBusy(RuntimeError):
    """Say that the home cannot be asked now, and why."""


class _Way(Protocol):
    """How a request gets to the app."""

    def send(self, request: httpx.Request) -> httpx.Response: ...
    def refresh(self) -> None: ...
    def close(self) -> None: ...


class _OverHttp:
    """Ask a running server, which keeps up with the journals by itself."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=TIMEOUT_SEC, trust_env=False)

    def send(self, request: httpx.Request) -> httpx.Response:
        return self._client.send(request)

    def refresh(self) -> None:
        pass

    def close(self) -> None:
        self._client.close()


class _InProcess:
    """Hold the home open here, caught up with its journals."""

    def __init__(self, settings: Settings) -> None:
        # Here, not above: to ask a server that runs takes neither its packages nor the time to import them.
        from stripchart.server.app import create_app
        from stripchart.server.home import open_home

        self._home = open_home(settings, wait_sec=LOCK_WAIT_SEC)
        try:
            app: Any = create_app(settings, home=self._home, follow=False)
            self._transport = httpx.ASGITransport(app=app)
            self.refresh()
        except BaseException:
            self._home.close()
            raise

    def send(self, request: httpx.Request) -> httpx.Response:
        import asyncio

        return asyncio.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport) as client:
            response = await client.send(request)
            await response.aread()
            return response

    def refresh(self) -> None:
        self._home.ingest.catch_up()

    def close(self) -> None:
        self._home.close()


class Client:
    """Ask for projects, tasks, series and console lines; every answer is a body of ``server.schema``."""

    def __init__(self, way: _Way, address: str) -> None:
        self._way = way
        self._address = address

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._way.close()

    def refresh(self) -> None:
        """Take in what the journals hold by now, where no server does it."""
        self._way.refresh()

    def projects(self) -> schema.ProjectList:
        """List the projects."""
        return self._get("/projects", schema.ProjectList)

    def tasks(self, query: schema.TaskQuery) -> schema.TaskPage:
        """Find tasks."""
        return msgspec.json.decode(self._post("/tasks/query", query), type=schema.TaskPage)

    def task_groups(self, query: schema.GroupQuery) -> schema.GroupPage:
        """Group tasks."""
        return msgspec.json.decode(self._post("/tasks/groups", query), type=schema.GroupPage)

    def columns(
        self,
        kind: schema.ColumnKind,
        *,
        project: str = "",
        search: str = "",
        offset: int = 0,
        limit: int = 1000,
    ) -> schema.ColumnList:
        """List what metrics, parameters, tags … the tasks have, one page."""
        asked = {"kind": kind, "search": search, "offset": offset, "limit": limit}
        return self._get(
            "/columns", schema.ColumnList, **asked, **({"project": project} if project else {})
        )

    def export(self, export: schema.TaskExport) -> bytes:
        """Return the table of tasks as a CSV or Parquet file."""
        return self._post("/tasks/export", export)

    def edit(self, edit: schema.TaskEdit) -> schema.OperationResult:
        """Rename, tag, comment, move, archive or publish tasks."""
        return msgspec.json.decode(self._post("/tasks/edit", edit), type=schema.OperationResult)

    def delete(self, delete: schema.TaskDelete) -> schema.OperationResult:
        """Delete tasks; they can be brought back for a while."""
        return msgspec.json.decode(self._post("/tasks/delete", delete), type=schema.OperationResult)

    def operations(self) -> schema.OperationList:
        """List what can be undone, the latest first."""
        return self._get("/operations", schema.OperationList)

    def undo(self, operation_id: str) -> schema.OperationResult:
        """Take an edit or a deletion back."""
        path = f"/undo/{quote(operation_id, safe='')}"
        return msgspec.json.decode(self._send("POST", path), type=schema.OperationResult)

    def task(self, task_id: str) -> schema.TaskDetail:
        """Give one task."""
        return self._get(f"/tasks/{task_id}", schema.TaskDetail)

    def series(self, task_id: str, *, search: str = "") -> schema.SeriesList:
        """List the series of a task, all pages of them; ``search`` keeps those whose title or series holds it."""
        return self.series_of([task_id], search=search)[task_id]

    def series_of(
        self, task_ids: Iterable[str], *, search: str = ""
    ) -> dict[str, schema.SeriesList]:
        """List the series of tasks, all pages of each, as ``series`` does."""
        found: dict[str, dict[tuple[str, str], schema.SeriesSummary]] = {t: {} for t in task_ids}
        left, offset = list(found), 0
        while left:
            unfinished = []
            for page in self._series_pages(left, search, offset):
                if page.code:
                    raise ApiFailure(404, schema.ErrorInfo(code=page.code, message=page.message))
                # A series that came in meanwhile moves others on to the next page: those come twice.
                found[page.task] |= {(s.title, s.series): s for s in page.series}
                if offset + _MOST_SERIES < page.total:
                    unfinished.append(page.task)
            left, offset = unfinished, offset + _MOST_SERIES
        return {
            task: schema.SeriesList(series=list(series.values()), total=len(series))
            for task, series in found.items()
        }

    def _series_pages(
        self, task_ids: list[str], search: str, offset: int
    ) -> Iterator[schema.SeriesOfTask]:
        """Yield one page of each task: an answer holds those of some."""
        while task_ids:
            request = schema.SeriesListRequest(
                tasks=task_ids[:_MOST_TASKS], search=search, offset=offset, limit=_MOST_SERIES
            )
            answer = self._post("/series/list", request)
            pages = msgspec.json.decode(answer, type=schema.SeriesOfTasks).tasks
            yield from pages
            task_ids = task_ids[len(pages) :]

    def values(self, task_id: str) -> schema.SingleValueList:
        """List the single values of a task."""
        return self._get(f"/tasks/{task_id}/values", schema.SingleValueList)

    def artifacts(self, task_id: str) -> schema.ArtifactList:
        """List the artifacts and the models of a task."""
        return self._get(f"/tasks/{task_id}/artifacts", schema.ArtifactList)

    def configurations(self, task_id: str) -> schema.ConfigurationList:
        """List the configuration objects and the user properties of a task."""
        return self._get(f"/tasks/{task_id}/configuration", schema.ConfigurationList)

    def plots(self, task_id: str) -> schema.PlotList:
        """List the plots of a task."""
        return self._get(f"/tasks/{task_id}/plots", schema.PlotList)

    def plot(
        self,
        task_id: str,
        title: str,
        series: str,
        *,
        iteration: int | None = None,
        rank: int | None = None,
    ) -> bytes:
        """Give one figure as JSON of plotly."""
        asked = {"title": title, "series": series, "iteration": iteration, "rank": rank}
        given = {name: value for name, value in asked.items() if value is not None}
        return self._send("GET", f"/tasks/{task_id}/plot", params=given)

    def samples(self, task_id: str, **asked: Any) -> schema.SampleList:
        """List the debug samples of a task; ``title, series, at, latest`` as in the endpoint."""
        return self._get(f"/tasks/{task_id}/samples", schema.SampleList, **asked)

    def console(self, task_id: str, query: schema.ConsoleQuery) -> schema.ConsolePage:
        """Give console lines."""
        fields = {k: v for k, v in msgspec.to_builtins(query).items() if v not in (None, [])}
        return self._get(f"/tasks/{task_id}/console", schema.ConsolePage, **fields)

    def read(self, request: schema.SeriesReadRequest) -> tuple[Columns, list[schema.ReadResult]]:
        """Read points."""
        from stripchart.server.arrow import decode_reads

        return decode_reads(self._post("/series/read", request))

    def group(self, request: schema.GroupReadRequest) -> tuple[Columns, list[schema.GroupResult]]:
        """Read statistics over lines of many tasks."""
        from stripchart.server.arrow import decode_groups

        return decode_groups(self._post("/series/group", request))

    def every_point(
        self,
        read: schema.SeriesRead,
        axis: Literal["iteration", "relative", "wall"],
        low: int | None = None,
        high: int | None = None,
    ) -> Iterator[Columns]:
        """Yield all points of a series in order of ``axis``, halving the range until each part comes raw.

        Raises:
            ValueError: more points than a part holds have the same x.
        """
        request = schema.SeriesReadRequest(
            reads=[read], axis=axis, low=low, high=high, columns=_COLUMNS_A_PART
        )
        columns, [result] = self.read(request)
        if result.exact:
            yield columns
            return
        # What is drawn is finite; where that does not reach the ends, marks of non-finite points do.
        name = "iteration" if axis == "iteration" else "time_us"
        start = (result.start_us or 0) if axis == "relative" else 0
        x = [*columns[name].tolist(), *(getattr(mark, name) for mark in result.marks)]
        first = min(x) - start if low is None else low
        last = max(x) - start if high is None else high
        if first >= last:
            raise ValueError(f"more than {4 * _COLUMNS_A_PART} points at the same {name}: {first}")
        middle = first + (last - first) // 2
        yield from self.every_point(read, axis, low, middle)
        yield from self.every_point(read, axis, middle + 1, high)

    def sql(self, question: schema.SqlQuestion) -> schema.SqlAnswer:
        """Ask a question in SQL."""
        return msgspec.json.decode(self._post("/sql", question), type=schema.SqlAnswer)

    def sql_export(self, export: schema.SqlExport) -> bytes:
        """Give the answer to a question as a file."""
        return self._post("/sql/export", export)

    def export_page(
        self, task_id: str, *, columns: int | None = None, max_mb: float | None = None
    ) -> tuple[bytes, list[str]]:
        """Give a task as one HTML file, and what was left out of it."""
        wanted = {"columns": columns, "max_mb": max_mb}
        params = {name: value for name, value in wanted.items() if value is not None}
        answer = self._ask("GET", f"/tasks/{task_id}/export.html", params=params)
        left_out = answer.headers.get(schema.LEFT_OUT_HEADER, "[]")
        return answer.content, msgspec.json.decode(left_out, type=list[str])

    def _get(self, path: str, kind: type[Body], /, **params: Any) -> Body:
        return msgspec.json.decode(self._send("GET", path, params=params), type=kind)

    def _post(self, path: str, body: schema.Body) -> bytes:
        headers = {"content-type": "application/json"}
        return self._send("POST", path, content=msgspec.json.encode(body), headers=headers)

    def _send(self, method: str, path: str, **options: Any) -> bytes:
        return self._ask(method, path, **options).content

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._way.send(
                httpx.Request(method, self._address + schema.API_PATH + path, **options)
            )
        except httpx.HTTPError as error:
            raise HomeBusy(f"the server at {self._address} does not answer: {error}") from error
        if response.is_success:
            return response
        try:
            body = msgspec.json.decode(response.content, type=schema.ErrorBody)
        except msgspec.DecodeError:
            message = f"{self._address} answered {response.status_code}"
            body = schema.ErrorBody(error=schema.ErrorInfo(code="unreadable", message=message))
        raise ApiFailure(response.status_code, body.error)


def connect(settings: Settings) -> Client:
    """Return a client of the home.

    Raises:
        HomeBusy: another process has it open and does not answer.
        OSError: it cannot be read or written.
    """
    running = find_running(settings.home)
    if running is not None:
        return Client(_OverHttp(), running.address)
    try:
        return Client(_InProcess(settings), "http://127.0.0.1")
    except HomeInUseError:
        running = find_running(settings.home)  # a server that was still starting
        if running is not None:
            return Client(_OverHttp(), running.address)
        raise HomeBusy(describe_holder(settings.home)) from None
    except HomeUnusableError as error:
        raise HomeBusy(str(error)) from None
