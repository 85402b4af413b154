"""Which document takes another's place, and which of them a read asks for (rule 7 of the contract).

Shared by the stores: it looks at what stands beside the payload only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from stripchart.store.contract import Batch, Document, DocumentRead

Place = tuple[str, str, str]
"""(task, kind, key)"""


def gather(batches: Iterable[tuple[Batch, int]]) -> dict[Place, Document]:
    """Return the documents that stand after batches, each of which is new from an offset on."""
    standing: dict[Place, Document] = {}
    for batch, begin in batches:
        for document in batch.documents:
            place = (batch.extent.task, document.kind, document.key)
            known = standing.get(place)
            if document.offset >= begin and (known is None or known.version <= document.version):
                standing[place] = sized(document)
    return standing


def newer(
    documents: Mapping[Place, Document], versions: Mapping[Place, int]
) -> dict[Place, Document]:
    """Return the documents that may replace what is stored under their places, given its versions."""
    return {p: d for p, d in documents.items() if p not in versions or versions[p] <= d.version}


def sized(document: Document) -> Document:
    """Return the document with the size of its payload."""
    return replace(document, size_bytes=len(document.payload or b""))


def ordered(documents: Iterable[Document]) -> list[Document]:
    """Return documents in the order of reads."""
    return sorted(documents, key=_order)


def choose(documents: Iterable[Document], read: DocumentRead) -> list[Document]:
    """Return those of a task and kind that a read asks for, in order; tombstones are not to be given."""
    keys = None if read.keys is None else set(read.keys)
    found = ordered(d for d in documents if _matches(d, read) and (keys is None or d.key in keys))
    if read.at is None and read.latest is None:
        return found
    groups: dict[tuple[str, str, int], list[Document]] = defaultdict(list)
    for document in found:
        groups[document.title, document.series, document.rank].append(document)
    return ordered(d for group in groups.values() for d in _of_group(group, read))


def _matches(document: Document, read: DocumentRead) -> bool:
    return (
        read.title in (None, document.title)
        and read.series in (None, document.series)
        and read.iteration in (None, document.iteration)
    )


def _of_group(group: Sequence[Document], read: DocumentRead) -> Sequence[Document]:
    if read.at is not None:
        below = [d for d in group if d.iteration is None or d.iteration <= read.at]
        lowest = [d for d in group if d.iteration == group[0].iteration]
        group = (below or lowest)[-1:]
    if read.latest is not None:
        group = group[-read.latest :] if read.latest > 0 else []
    return group


def _order(document: Document) -> tuple[str, str, bool, int, int, str]:
    iteration = document.iteration
    placed = iteration is not None
    key = document.key
    return document.title, document.series, placed, iteration or 0, document.time_us, key
