"""Answer what plots a task has, and one figure."""

from __future__ import annotations

from collections import defaultdict

from stripchart.ingest.documents import PLOT
from stripchart.server import schema
from stripchart.server.errors import NotFoundError
from stripchart.store.contract import Document, DocumentRead, Reader


def plots(events: Reader, task_id: str) -> schema.PlotList:
    """Return the plots of a task by title, series and rank; size and time are those of the latest figure."""
    found: dict[tuple[str, str, int], list[Document]] = defaultdict(list)
    for document in events.documents(DocumentRead(task_id, PLOT, payload=False)):
        found[document.title, document.series, document.rank].append(document)
    return schema.PlotList(
        plots=[
            schema.PlotInfo(
                title=title,
                series=series,
                rank=rank,
                iterations=[document.iteration for document in documents],
                size_bytes=documents[-1].size_bytes,
                time_us=max(document.time_us for document in documents),
            )
            for (title, series, rank), documents in sorted(found.items())
        ]
    )


def figure(
    events: Reader,
    task_id: str,
    title: str,
    series: str,
    *,
    iteration: int | None = None,
    rank: int | None = None,
) -> bytes:
    """Return the JSON of one figure.

    Without ``iteration`` it is the one that was reported without, else the latest; without ``rank`` that of the
    lowest rank.

    Raises:
        NotFoundError: there is no such plot.
    """
    known = events.documents(
        DocumentRead(task_id, PLOT, title, series, iteration=iteration, payload=False)
    )
    ranks = [document.rank for document in known]
    wanted = min(ranks, default=0) if rank is None else rank
    of_rank = [document for document in known if document.rank == wanted]
    if not of_rank:
        detail = {"title": title[:100], "series": series[:100]}
        raise NotFoundError("there is no such plot", **detail, iteration=iteration, rank=rank)
    chosen = of_rank[0] if of_rank[0].iteration is None else of_rank[-1]
    read = DocumentRead(task_id, PLOT, title, series, iteration=iteration, keys=[chosen.key])
    found = events.documents(read)
    if not found or found[0].payload is None:  # its task was deleted in between
        raise NotFoundError("there is no such plot")
    return found[0].payload
