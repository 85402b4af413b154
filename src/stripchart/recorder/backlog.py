"""What the journals of a task say of samples and artifacts: which wait, which are kept, in which order.

Read from the journals alone, all of them and of every process, so that whoever comes next (a restarted recorder,
``stripchart sync``) knows the same. What was stored is read here too and never done twice.

On a shared file system a task may be reported to from several hosts, each with a recorder. A file of the user's is
done by its own host alone, as nobody else has it. What lies in the spool is too, but when it has waited for ten minutes
its host's recorder is taken for gone.
"""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.recorder.sources import SPOOL
from stripchart.records import (
    AnyRecord,
    ArtifactStored,
    SampleRemoved,
    SampleReported,
    SampleSending,
    SampleStored,
    TaskDescribed,
    Unknown,
)

_BYTES_A_TURN = 1 << 20
_OF_OTHERS_AFTER_SEC = 600.0

Group = tuple[str, str]  # title, series


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """Name a sample that is in storage; the order is that of the reports."""

    time_us: int
    sample: str
    url: str
    thumbnail: str
    destination: str


@dataclass(slots=True)
class _Line:
    """Hold the samples of one title and series: those that wait, by id, and those that are kept."""

    waiting: dict[str, SampleReported] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    newest_us: int = -1
    history: int = -1  # what the newest report asked for


class Backlog:
    """Follow the samples and artifacts of a task. Not for several threads."""

    def __init__(
        self, task_dir: Path, host: str, *, of_others_after_sec: float | None = None
    ) -> None:
        self.project, self.name = "", ""
        self._host = host
        self._of_others_after_sec = (
            _OF_OTHERS_AFTER_SEC if of_others_after_sec is None else of_others_after_sec
        )
        self._of_others: set[tuple[str, int]] = set()  # path and time of reports from other hosts
        self._task_dir = task_dir
        self._readers: dict[Path, tuple[JournalReader, int]] = {}
        self._described_us = {"project": -1, "name": -1}
        self._lines: dict[Group, _Line] = defaultdict(_Line)
        self._line_of: dict[str, _Line] = {}  # of what is kept
        self._waiting: dict[str, SampleReported] = {}
        # What another journal said of a sample before its report was read.
        self._early: dict[str, SampleStored | SampleRemoved] = {}
        # Where a sample that waits may lie already: storing it was begun, perhaps by a recorder that was killed.
        self._begun: dict[str, set[str]] = defaultdict(set)
        self._artifacts: dict[str, ArtifactStored] = {}
        self._passed_over: list[ArtifactStored] = []  # reported again before they were stored

    def read_on(self) -> None:
        """Take in what was written since the last call."""
        for directory in writer_dirs(self._task_dir):
            reader, start = self._readers.get(directory, (None, 0))
            reader = reader or JournalReader(directory)
            self._readers[directory] = (reader, self._read(reader, start))

    def _read(self, reader: JournalReader, start: int) -> int:
        while True:
            try:
                part = reader.records(start, _BYTES_A_TURN)
            except (OSError, ValueError):
                return start  # not there yet, or just being compressed: the next call reads it
            is_ours = not part.items or reader.identity.host == self._host
            for _, record in part.items:
                self.take(record, is_ours=is_ours)
            if part.next <= start:
                return start
            start = part.next

    def take(self, record: AnyRecord | Unknown, *, is_ours: bool = True) -> None:
        """Take in one record, which this host has written or another."""
        if not is_ours and isinstance(record, SampleReported | ArtifactStored):
            self._of_others.add((record.path, record.time_us))
        if isinstance(record, SampleReported):
            self._reported(record)
        elif isinstance(record, SampleSending):
            self._begun[record.sample].add(record.url)
        elif isinstance(record, SampleStored | SampleRemoved):
            self._begun.pop(record.sample, None)
            self._settled(record)
        elif isinstance(record, ArtifactStored):
            self._take_artifact(record)
        elif isinstance(record, TaskDescribed):
            self._described(record)

    def samples(self, most: int, fit: Callable[[SampleReported], bool]) -> list[SampleReported]:
        """Return the first samples that wait and fit, in the order of their reports."""
        waiting = (r for r in self._waiting.values() if fit(r) and self._is_to_do(r))
        return heapq.nsmallest(most, waiting, key=_place)

    def count(self) -> int:
        """Return how many samples wait."""
        return sum(map(self._is_to_do, self._waiting.values()))

    def begun(self, sample: str) -> set[str]:
        """Return the URLs at which a sample that waits may lie already."""
        return self._begun.get(sample, set())

    def superseded(self) -> list[SampleReported]:
        """Return samples that wait although they would be removed as soon as they were stored."""
        found: list[SampleReported] = []
        for line in self._lines.values():
            if 0 <= line.history < len(line.waiting):
                waiting = sorted(line.waiting.values(), key=_place)
                found += waiting[: len(waiting) - line.history]
        # What is deleted after its upload is to be uploaded before.
        return [r for r in found if not r.delete_after_upload and self._is_to_do(r)]

    def artifacts(self) -> list[ArtifactStored]:
        """Return the artifacts that wait, in the order of their reports."""
        return sorted(filter(self._is_to_do, self._pending_artifacts()), key=lambda a: a.time_us)

    def _pending_artifacts(self) -> list[ArtifactStored]:
        return [a for a in self._artifacts.values() if a.state == "pending" and not a.removed]

    def _is_to_do(self, report: SampleReported | ArtifactStored) -> bool:
        """Tell whether a report is this host's to work on."""
        if (report.path, report.time_us) not in self._of_others:
            return True
        waited_sec = time.time() - report.time_us / 1e6
        return report.path.startswith(f"{SPOOL}/") and waited_sec >= self._of_others_after_sec

    def surplus(self) -> list[Kept]:
        """Return what is kept beyond the last ones of its title and series."""
        found: list[Kept] = []
        for line in self._lines.values():
            if 0 <= line.history < len(line.kept):
                found += sorted(line.kept.values())[: len(line.kept) - line.history]
        return found

    def paths(self) -> set[str]:
        """Return the files that what waits is to be made from."""
        paths = {report.path for report in self._waiting.values()}
        return paths | {artifact.path for artifact in self._pending_artifacts()}

    def passed_over(self) -> list[ArtifactStored]:
        """Return, once, the artifacts that later ones of their names took the place of before they were stored."""
        found, self._passed_over = self._passed_over, []
        return found

    def _take_artifact(self, record: ArtifactStored) -> None:
        known = self._artifacts.get(record.name)
        if known is not None:
            before, record = sorted((known, record), key=lambda artifact: artifact.time_us)
            if before.state == "pending" and before.path != record.path:
                self._passed_over.append(before)
        self._artifacts[record.name] = record

    def _reported(self, record: SampleReported) -> None:
        if record.url:
            return  # a link: nothing is stored of it, and nothing removed
        line = self._lines[record.title, record.series]
        if record.time_us >= line.newest_us:
            line.newest_us, line.history = record.time_us, record.history
        self._waiting[record.sample] = line.waiting[record.sample] = record
        early = self._early.pop(record.sample, None)
        if early is not None:
            self._settled(early)

    def _settled(self, record: SampleStored | SampleRemoved) -> None:
        report = self._waiting.pop(record.sample, None)
        if report is None:
            if isinstance(record, SampleStored) or not self._forget(record.sample):
                self._early[record.sample] = record
            return
        line = self._lines[report.title, report.series]
        line.waiting.pop(report.sample)
        if isinstance(record, SampleStored) and record.url:
            line.kept[report.sample] = Kept(
                report.time_us, report.sample, record.url, record.thumbnail, report.destination
            )
            self._line_of[report.sample] = line

    def _forget(self, sample: str) -> bool:
        line = self._line_of.pop(sample, None)
        return line is not None and line.kept.pop(sample, None) is not None

    def _described(self, record: TaskDescribed) -> None:
        for name in ("project", "name"):
            value = getattr(record, name)
            if value is not None and record.time_us >= self._described_us[name]:
                self._described_us[name] = record.time_us
                setattr(self, name, value)


def _place(report: SampleReported) -> tuple[int, str]:
    return report.time_us, report.sample
