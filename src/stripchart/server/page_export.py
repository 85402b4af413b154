"""Gather what one task recorded into one HTML file: as much of it as a size allows, and what was left out in words.

What matters most goes in first: what is known of the task, its curves, its configuration, the end of its console,
thumbnails and figures from the latest on, and what room is left for full samples and small artifacts. The page in
the file asks for the same answers as on a server (``ui/src/embed`` finds them here).
"""

from __future__ import annotations

import base64
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import msgspec

from stripchart import __version__
from stripchart.ingest.documents import PLOT, SAMPLE
from stripchart.server import answers, artifacts, page_program, plots, samples, schema
from stripchart.server.arrow import encode_reads
from stripchart.server.console import console
from stripchart.server.errors import BadRequestError, NotFoundError
from stripchart.server.files import FOLDERS, headers_of, open_file
from stripchart.server.running import Running
from stripchart.server.series import MOST_READ_COLUMNS, MOST_READS, RAW_PER_COLUMN, read_series
from stripchart.store.contract import DocumentRead

COLUMNS, LEAST_COLUMNS, MOST_COLUMNS = 2000, 50, 20_000
_FEWEST_COLUMNS = 10  # of very many lines; a curve of fewer says nothing
MOST_MB, LARGEST_MB = 25.0, 500.0
_POINT_BYTES = 14.0  # of one point in the file: 25 bytes, compressed, in base64
_TEXT_SHARE = 0.35  # of a text that is compressed and in base64
_FILE_SHARE = 1.4  # of an image: base64 twice, compressed in between
_MOST_ARTIFACT_BYTES = 1 << 20
_SCALARS, _CONSOLE, _FIGURES = 0.6, 0.4, 0.5  # each of what is left before it
_PAGE_LINES = 20_000


@dataclass(slots=True)
class Exported:
    """Hold a file and what it does not hold, a sentence each."""

    html: bytes
    left_out: list[str]


@dataclass(slots=True)
class _Room:
    """Count what still fits, and say what did not."""

    left: float
    left_out: list[str] = field(default_factory=list)

    def take(self, size: float, limit: float | None = None) -> bool:
        if size > (self.left if limit is None else min(limit, self.left)):
            return False
        self.left -= size
        return True

    def lack(self, count: int, one: str, many: str) -> None:
        if count:
            self.left_out.append(f"1 {one}" if count == 1 else f"{count:,} {many}")


def export_page(
    running: Running, task_id: str, *, columns: int = COLUMNS, most_mb: float = MOST_MB
) -> Exported:
    """Return a task as one file. ``most_mb`` bounds its data, in millions of bytes; the page itself is not counted.

    Raises:
        BadRequestError: ``columns`` or ``most_mb`` do not fit. NotFoundError: there is no such task.
        NotBuiltError: this installation has no page.
    """
    if not LEAST_COLUMNS <= columns <= MOST_COLUMNS:
        raise BadRequestError(f"columns must be between {LEAST_COLUMNS} and {MOST_COLUMNS}")
    if not 0 < most_mb <= LARGEST_MB:
        raise BadRequestError(f"max_mb must be above 0 and at most {LARGEST_MB:g}")
    room = _Room(most_mb * 1e6)
    detail = answers.task(running.home.catalog, task_id)
    listed = _series(running, task_id)
    asked = {
        "": detail,
        "/series": schema.SeriesList(series=listed, total=len(listed)),
        "/values": answers.single_values(running.home.events, task_id),
        "/configuration": artifacts.configurations(running.home.catalog, task_id),
    }
    room.take(sum(len(msgspec.json.encode(a)) for a in asked.values()) * _TEXT_SHARE)
    data: dict[str, Any] = {"task": task_id, "version": __version__}
    points, shown = _points(running, task_id, listed, columns, room)
    data |= points
    asked["/series"] = schema.SeriesList(series=shown, total=len(shown))
    data["console"] = _console(running, task_id, room)
    data["figures"], asked["/plots"] = _figures(running, task_id, room)
    data["files"], data["samples"], asked["/artifacts"] = _files(running, task_id, room)
    data["answers"] = {f"/tasks/{task_id}{path}": answer for path, answer in asked.items()}
    data |= {"left_out": room.left_out, "made_us": time.time_ns() // 1000}
    title = f"{detail.task.name} · Stripchart"
    drawn = bool(data["figures"])
    made = page_program.one_file(data, title=title, version=__version__, plots=drawn)
    return Exported(made, room.left_out)


def _series(running: Running, task_id: str) -> list[schema.SeriesSummary]:
    found: list[schema.SeriesSummary] = []
    offset = 0
    while True:
        page = answers.series(running.home.events, task_id, offset=offset)
        found += page.series
        offset += answers.MOST_SERIES
        if offset >= page.total:
            return found


def _points(
    running: Running,
    task_id: str,
    listed: Sequence[schema.SeriesSummary],
    columns: int,
    room: _Room,
) -> tuple[dict[str, Any], list[schema.SeriesSummary]]:
    """Read every line at the width that fits; lines of single attempts and ranks where there is room for them too.

    Return what to keep, and the series of which there is something.
    """
    budget = room.left * _SCALARS
    counts = [s.count for s in listed]
    width = columns
    while width > _FEWEST_COLUMNS and _cost(counts, width) > budget:
        width = max(_FEWEST_COLUMNS, width // 2)
    if width < columns:
        room.left_out.append(f"points of scalars beyond {width} columns a chart")
    shown = list(_fitting(listed, width, budget))
    room.lack(len(listed) - len(shown), "line of scalars", "lines of scalars")
    live = [_read(task_id, s) for s in shown]
    single = [_read(task_id, s, attempt, rank) for s in shown for attempt, rank in _single_lines(s)]
    extra = [s.count for s in shown for _ in _single_lines(s)]
    if _cost(counts + extra, width) > budget:
        room.lack(len(single), "line of one attempt or rank", "lines of single attempts or ranks")
        single = []
    reads = live + single
    batches = [_answers(running, batch, width) for batch in _batches(reads, width)]
    parts = [part for batch in batches for part in batch]
    points, results = [p for p, _ in parts], [result for _, result in parts]
    room.take(min(room.left, sum(r.rows for r in results) * _POINT_BYTES))
    keep = {"title", "series", "attempt", "rank"}
    lines = [{k: v for k, v in msgspec.to_builtins(read).items() if k in keep} for read in reads]
    packed = base64.b64encode(encode_reads(points, results)).decode()
    held, of = sum(r.rows for r in results[: len(live)]), sum(counts)
    return {
        "lines": lines,
        "points": packed,
        "columns": width,
        "points_held": held,
        "points_of": of,
    }, shown


def _fitting(
    listed: Sequence[schema.SeriesSummary], width: int, budget: float
) -> Iterator[schema.SeriesSummary]:
    """Yield the first series of which all fit; in a file of very many lines the last have no room."""
    for one in listed:
        budget -= _cost([one.count], width)
        if budget < 0:
            return
        yield one


def _read(
    task_id: str, of: schema.SeriesSummary, attempt: int | None = None, rank: int | None = None
) -> schema.SeriesRead:
    return schema.SeriesRead(
        task=task_id,
        title=of.title,
        series=of.series,
        line="live" if attempt is None else "line",
        attempt=attempt,
        rank=rank,
    )


def _single_lines(of: schema.SeriesSummary) -> Iterator[tuple[int | None, int | None]]:
    """Name what the page may ask for of a series that has several lines."""
    attempts = of.attempts if len(of.attempts) > 1 else []
    ranks = of.ranks if len(of.ranks) > 1 else []
    yield from ((attempt, None) for attempt in attempts)
    yield from ((None, rank) for rank in ranks)
    yield from ((attempt, rank) for attempt in of.attempts for rank in ranks)


def _cost(counts: Iterable[int], columns: int) -> float:
    return float(sum(min(n, RAW_PER_COLUMN * columns) for n in counts)) * _POINT_BYTES


def _batches(
    reads: Sequence[schema.SeriesRead], columns: int
) -> Iterator[Sequence[schema.SeriesRead]]:
    size = min(MOST_READS, MOST_READ_COLUMNS // columns)
    return (reads[begin : begin + size] for begin in range(0, len(reads), size))


def _answers(running: Running, reads: Sequence[schema.SeriesRead], columns: int) -> list[Any]:
    request = schema.SeriesReadRequest(reads=list(reads), columns=columns)
    return read_series(request, running.home.events, running.home.started_us)


def _console(running: Running, task_id: str, room: _Room) -> list[schema.ConsoleLine]:
    """Return the last lines, as many as fit; their numbers stay those of the whole log."""
    limit, taken = room.left * _CONSOLE, 0.0
    kept: list[schema.ConsoleLine] = []
    total = console(running.home.events, task_id, schema.ConsoleQuery(limit=0)).total
    for end in range(total, 0, -_PAGE_LINES):
        begin = max(0, end - _PAGE_LINES)
        query = schema.ConsoleQuery(offset=begin, limit=end - begin)
        for line in reversed(console(running.home.events, task_id, query).lines):
            taken += (len(line.text) + 60) * _TEXT_SHARE
            if taken > limit:
                room.lack(total - len(kept), "console line", "console lines before the last ones")
                room.take(min(taken, room.left))
                return kept[::-1]
            kept.append(line)
    room.take(min(taken, room.left))
    return kept[::-1]


def _figures(
    running: Running, task_id: str, room: _Room
) -> tuple[list[dict[str, Any]], schema.PlotList]:
    """Return the latest figures that fit, and a list of plots with only those iterations."""
    listed = plots.plots(running.home.events, task_id).plots
    limit = room.left * _FIGURES
    kept: list[dict[str, Any]] = []
    iterations: dict[int, list[int | None]] = defaultdict(list)
    lacking = 0
    for back in range(max((len(p.iterations) for p in listed), default=0)):
        for number, plot in enumerate(listed):
            if back >= len(plot.iterations):
                continue
            at = plot.iterations[-1 - back]
            body = _figure(running, task_id, plot, at)
            size = len(body or b"") * _TEXT_SHARE
            if body is None or size > limit or not room.take(size):
                lacking += 1
                continue
            limit -= size
            iterations[number].append(at)
            named = {"title": plot.title, "series": plot.series, "rank": plot.rank}
            kept.append({**named, "iteration": at, "figure": msgspec.Raw(body)})
    room.lack(lacking, "figure", "figures")
    shown = [
        msgspec.structs.replace(plot, iterations=iterations[number][::-1])
        for number, plot in enumerate(listed)
        if iterations[number]
    ]
    return kept, schema.PlotList(plots=shown)


def _figure(running: Running, task_id: str, plot: schema.PlotInfo, at: int | None) -> bytes | None:
    """Read one figure; ``None`` where it is gone, or is no JSON that a page could take in."""
    read = DocumentRead(task_id, PLOT, plot.title, plot.series, iteration=at)
    found = [d for d in running.home.events.documents(read) if d.rank == plot.rank]
    body = next((d.payload for d in found if d.iteration == at and d.payload), None)
    try:
        return None if body is None else bytes(msgspec.json.decode(body, type=msgspec.Raw))
    except msgspec.DecodeError:
        return None


def _files(
    running: Running, task_id: str, room: _Room
) -> tuple[dict[str, Any], schema.SampleList, schema.ArtifactList]:
    """Embed thumbnails, then small artifacts, then samples from the latest on; what has no file loses its address."""
    task_dir = running.task_dir(task_id)
    read = DocumentRead(task_id, SAMPLE, latest=samples.MOST_LATEST)
    listed = samples.samples(running.home.events, running.settings, task_dir, read)
    stored = artifacts.artifacts(running.home.catalog, task_dir)
    latest = sorted(listed.samples, key=lambda s: s.time_us, reverse=True)
    small = [a.url for a in stored.artifacts if a.size_bytes <= _MOST_ARTIFACT_BYTES]
    wanted = [*(s.thumbnail for s in latest), *small, *(s.url for s in latest)]
    files: dict[str, Any] = {}
    for url in wanted:
        if url and url not in files and (file := _file(running, task_id, url, room)):
            files[url] = file

    def reached(url: str) -> str:
        return "" if url.startswith("/files/") and url not in files else url

    def cut(body: Any, *names: str) -> Any:
        return msgspec.structs.replace(body, **{n: reached(getattr(body, n)) for n in names})

    room.lack(
        sum(s.url != reached(s.url) for s in latest), "sample in full size", "samples in full size"
    )
    urls = [*(a.url for a in stored.artifacts), *(m.url for m in stored.models)]
    room.lack(sum(u != reached(u) for u in urls), "file of an artifact", "files of artifacts")
    shown = [cut(s, "url", "thumbnail") for s in listed.samples]
    kept = schema.ArtifactList(
        artifacts=[cut(a, "url") for a in stored.artifacts],
        models=[cut(m, "url") for m in stored.models],
    )
    return files, schema.SampleList(groups=listed.groups, samples=shown), kept


def _file(running: Running, task_id: str, url: str, room: _Room) -> dict[str, str] | None:
    """Return a file of the task's own folder, if it fits; one that lies elsewhere is not fetched for this."""
    prefix = samples.file_address(task_id, "")
    path = unquote(url.removeprefix(prefix))
    if not url.startswith(prefix):
        return None
    try:
        opened = open_file(running.task_dir(task_id), path, FOLDERS)
    except NotFoundError:
        return None
    with opened.file as file:
        if not room.take(opened.size * _FILE_SHARE):
            return None
        content = file.read()
    kind = headers_of(path.rpartition("/")[2])["content-type"]
    return {"type": kind, "base64": base64.b64encode(content).decode()}
