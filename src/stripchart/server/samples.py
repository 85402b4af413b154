"""Answer what debug samples a task has, and where the browser finds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

from stripchart.blobs.served import uploaded_key
from stripchart.ingest.documents import SAMPLE, STORED
from stripchart.records import Record, SampleReported, SampleStored, decode
from stripchart.server import schema
from stripchart.server.errors import BadRequestError
from stripchart.server.links import refusal
from stripchart.settings import Settings
from stripchart.store.contract import Document, DocumentRead, Reader

MOST_LATEST = 10_000
SPOOL, MEDIA = "spool", "media"


def samples(
    events: Reader, settings: Settings, task_dir: Path, read: DocumentRead
) -> schema.SampleList:
    """Return the groups of all samples of a task, and those samples that a read of kind ``SAMPLE`` asks for.

    Raises:
        BadRequestError: ``latest`` does not fit.
    """
    if read.latest is not None and not 1 <= read.latest <= MOST_LATEST:
        raise BadRequestError(f"latest must be between 1 and {MOST_LATEST}")
    every = events.documents(DocumentRead(read.task, SAMPLE, payload=False))
    found = events.documents(read)
    stored = _stored(events, read.task, [document.key for document in found])
    return schema.SampleList(
        groups=_groups(every),
        samples=[
            _sample(settings, task_dir, document, reported, stored.get(document.key))
            for document in found
            if isinstance(reported := _record(document), SampleReported)
        ],
    )


def find_sample(
    events: Reader, task_id: str, sample: str
) -> tuple[SampleReported | None, SampleStored | None]:
    """Return what was reported of a sample and where it came to lie."""
    found = events.documents(DocumentRead(task_id, SAMPLE, keys=[sample]))
    reported = _record(found[0]) if found else None
    return (
        reported if isinstance(reported, SampleReported) else None,
        _stored(events, task_id, [sample]).get(sample),
    )


def file_address(task_id: str, url: str) -> str:
    """Return where the browser finds a file of the task's folder."""
    return f"/files/{quote(task_id)}/{quote(url)}"


def stored_address(task_id: str, key: str) -> str:
    """Return where the browser finds what lies at a remote destination."""
    return f"/files/{quote(task_id)}/stored/{quote(key, safe='')}"


def location(task_dir: Path, url: str) -> str:
    """Return where something lies, as a URI."""
    return url if is_absolute(url) or not url else (task_dir / url).absolute().as_uri()


def is_absolute(url: str) -> bool:
    """Tell whether a URL names a place of its own, not one in the task's folder."""
    return "://" in url


def is_link(url: str) -> bool:
    """Tell whether a browser may follow a URL by itself: nothing that it would run."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def address(task_id: str, url: str, key: str) -> str:
    """Return where the browser finds what was stored under a URL; ``key`` names it for the server."""
    if not url:
        return ""
    if not is_absolute(url):
        return file_address(task_id, url)
    return url if is_link(url) and uploaded_key(url) is None else stored_address(task_id, key)


def _groups(documents: Sequence[Document]) -> list[schema.SampleGroup]:
    found: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for document in documents:
        found[document.title, document.series].add(document.iteration)
    return [
        schema.SampleGroup(
            title=title,
            series=series,
            iterations=sorted(iterations, key=lambda at: (at is not None, at or 0)),
        )
        for (title, series), iterations in sorted(found.items())
    ]


def _stored(events: Reader, task_id: str, keys: list[str]) -> dict[str, SampleStored]:
    found = events.documents(DocumentRead(task_id, STORED, keys=keys))
    records = {document.key: _record(document) for document in found}
    return {key: record for key, record in records.items() if isinstance(record, SampleStored)}


def _record(document: Document) -> Record | None:
    record = decode(document.payload or b"")
    return record if isinstance(record, Record) else None


def _sample(
    settings: Settings,
    task_dir: Path,
    document: Document,
    reported: SampleReported,
    stored: SampleStored | None,
) -> schema.Sample:
    task_id = task_dir.name
    url, uri, state = _whereabouts(task_dir, reported, stored)
    error = "" if stored is None else stored.error
    if reported.url and state == "stored":
        error = refusal(settings, reported.url)
        url = stored_address(task_id, reported.sample) if not error else url
    thumbnail = stored.thumbnail if stored is not None else ""
    return schema.Sample(
        id=document.key,
        title=document.title,
        series=document.series,
        iteration=document.iteration,
        time_us=document.time_us,
        rank=document.rank,
        media=reported.media if stored is None else stored.media,
        state=state,
        url=url,
        uri=uri,
        thumbnail=file_address(task_id, thumbnail) if thumbnail else "",
        size_bytes=0 if stored is None else stored.size_bytes,
        width=0 if stored is None else stored.width,
        height=0 if stored is None else stored.height,
        error=error,
    )


def _whereabouts(
    task_dir: Path, reported: SampleReported, stored: SampleStored | None
) -> tuple[str, str, str]:
    """Return the address, the URI and the state of a sample; a link that no browser follows has no address."""
    if reported.url and not (stored is not None and stored.error):
        return reported.url if is_link(reported.url) else "", reported.url, "stored"
    if stored is not None and (stored.error or stored.url):
        url = address(task_dir.name, stored.url, reported.sample)
        return url, location(task_dir, stored.url), "failed" if stored.error else "stored"
    waiting = is_viewable(reported)
    return file_address(task_dir.name, reported.path) if waiting else "", "", "pending"


def is_viewable(reported: SampleReported) -> bool:
    """Tell whether a sample that waits in the spool is an encoded file, which can be shown as it is."""
    return reported.path == f"{SPOOL}/{reported.sample}" and not reported.dtype
