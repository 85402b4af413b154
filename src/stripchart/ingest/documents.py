"""Turn records of plots and debug samples into documents of the event store.

A document's version is its writer's clock, so that it does not matter which writer is read first. A plot is one by
(title, series, iteration, rank). What is known of a sample comes in two records from two writers: what was reported
is a document of kind ``SAMPLE``, where it came to lie one of kind ``STORED``, both under the sample's id. Its removal
is a tombstone for both, for good.
"""

from __future__ import annotations

import hashlib

import msgspec

from stripchart.ingest.bounds import bounded
from stripchart.records import (
    AnyRecord,
    PlotReported,
    Record,
    SampleRemoved,
    SampleReported,
    SampleStored,
    Unknown,
    encode,
)
from stripchart.store.contract import Document, LineKey

PLOT = "plot"
SAMPLE = "sample"
STORED = "sample_stored"
_FOR_GOOD = 2**63 - 1


def documents_of(
    record: AnyRecord | Unknown, offset: int, writer: LineKey, clock_us: int
) -> list[Document]:
    """Return what a record says as documents, none for other kinds.

    ``writer`` gives attempt and rank, ``clock_us`` the writer's clock at this record.
    """
    if isinstance(record, PlotReported):
        return [_plot(record, offset, writer, clock_us)]
    if isinstance(record, SampleReported):
        return [_sample(SAMPLE, record, offset, writer, clock_us)]
    if isinstance(record, SampleStored):
        return [_sample(STORED, record, offset, writer, clock_us)]
    if isinstance(record, SampleRemoved):
        return [_removed(kind, record, offset, writer) for kind in (SAMPLE, STORED)]
    return []


def plot_key(title: str, series: str, iteration: int | None, rank: int) -> str:
    """Return the key of a plot."""
    name = msgspec.msgpack.encode((title, series, iteration, rank))
    return hashlib.blake2b(name, digest_size=16).hexdigest()


def _plot(record: PlotReported, offset: int, writer: LineKey, clock_us: int) -> Document:
    iteration = _iteration(record.iteration)
    return Document(
        kind=PLOT,
        key=plot_key(record.title, record.series, iteration, writer.rank),
        title=record.title,
        series=record.series,
        iteration=iteration,
        time_us=bounded(record.time_us),
        attempt=writer.attempt,
        rank=writer.rank,
        version=clock_us,
        offset=offset,
        payload=record.figure.encode(),
    )


def _sample(
    kind: str, record: SampleReported | SampleStored, offset: int, writer: LineKey, clock_us: int
) -> Document:
    return Document(
        kind=kind,
        key=record.sample,
        title=record.title,
        series=record.series,
        iteration=_iteration(record.iteration),
        time_us=bounded(record.time_us),
        attempt=writer.attempt,
        rank=writer.rank,
        version=clock_us,
        offset=offset,
        payload=encode(record),
    )


def _removed(kind: str, record: SampleRemoved, offset: int, writer: LineKey) -> Document:
    return Document(
        kind=kind,
        key=record.sample,
        title="",
        series="",
        iteration=None,
        time_us=bounded(record.time_us),
        attempt=writer.attempt,
        rank=writer.rank,
        version=_FOR_GOOD,
        offset=offset,
        payload=None,
    )


def _iteration(iteration: int | None) -> int | None:
    return None if iteration is None else bounded(iteration)


class Clock:
    """Hold a writer's clock: the highest time in its records so far."""

    def __init__(self, at_us: int) -> None:
        self.at_us = at_us

    def hear(self, record: Record | Unknown) -> int:
        """Take in a record and return the clock."""
        self.at_us = max(self.at_us, bounded(getattr(record, "time_us", 0)))
        return self.at_us
