"""Wait until the recorder has dealt with the samples and artifacts that were reported, as the journals tell it."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stripchart.records import (
    AnyRecord,
    ArtifactStored,
    SampleRemoved,
    SampleReported,
    SampleStored,
    Unknown,
)
from stripchart.sdk import lookup, spool
from stripchart.sdk.launch import is_recorded_here
from stripchart.sdk.session import host_name

if TYPE_CHECKING:
    from stripchart.journal.reader import JournalReader

PATIENCE_SEC = 60.0
_FIRST_LOOK_SEC, _LAST_LOOK_SEC = 0.005, 0.1
# A recorder that was just started is not at work at once; one that ends is followed by another.
_RECORDER_PATIENCE_SEC = 10.0
_REMOVAL_PATIENCE_SEC = 2.0


class NoRecorder(Exception):
    """Say that nobody is there who would store what waits."""


@dataclass(slots=True)
class _Told:
    """Hold what the journals say: which samples and artifacts were reported, and which are dealt with."""

    samples: dict[str, SampleReported] = field(default_factory=dict)
    settled: dict[str, bool] = field(default_factory=dict)  # by sample: whether it was stored
    artifacts: dict[str, ArtifactStored] = field(default_factory=dict)  # the last report of a name
    settled_artifacts: dict[str, ArtifactStored] = field(default_factory=dict)

    def take(self, record: AnyRecord | Unknown) -> None:
        if isinstance(record, SampleReported):
            if not record.url:  # of a link nothing is stored
                self.samples[record.sample] = record
        elif isinstance(record, SampleStored):
            self.settled[record.sample] = not record.error
        elif isinstance(record, SampleRemoved):
            self.settled.setdefault(record.sample, False)
        elif isinstance(record, ArtifactStored):
            is_report = record.state == "pending" and not record.removed
            told = self.artifacts if is_report else self.settled_artifacts
            if record.name not in told or told[record.name].time_us <= record.time_us:
                told[record.name] = record

    def waiting(self) -> set[str]:
        """Return what is not dealt with: ids of samples, names of artifacts."""
        samples = {name for name in self.samples if name not in self.settled}
        return samples | {name for name in self.artifacts if not self._is_settled(name)}

    def _is_settled(self, name: str) -> bool:
        settled = self.settled_artifacts.get(name)
        # What the recorder says of an artifact is a microsecond younger than the report.
        return settled is not None and settled.time_us > self.artifacts[name].time_us

    def temporary(self) -> set[str]:
        """Return the files that are deleted once they are stored, and are."""
        stored = (r for name, r in self.samples.items() if self.settled.get(name))
        found = {report.path for report in stored if report.delete_after_upload}
        for name, report in self.artifacts.items():
            settled = self.settled_artifacts.get(name)
            is_stored = self._is_settled(name) and settled and settled.state == "stored"
            if is_stored and report.delete_after_upload:
                found.add(report.path)
        return found


class Settling:
    """Follow the journals of one task; each look reads on where the last one ended. Not for several threads."""

    def __init__(self, task_dir: Path, *, artifact: str | None = None) -> None:
        self._task_dir = task_dir
        self._artifact = artifact  # the only thing to wait for, if there is one
        self._told = _Told()
        self._readers: dict[str, tuple[JournalReader, int]] = {}

    def wait(self, *, patience_sec: float = math.inf, recorded: bool = True) -> bool:
        """Wait for what has been reported up to now, and return whether it is dealt with; failures are too.

        Raises:
            NoRecorder: something waits, and nobody is there to store it (``recorded`` false: known beforehand).
        """
        self._read_on()
        asked = {name for name in self._told.waiting() if self._artifact in (None, name)}
        began, pause_sec = time.monotonic(), _FIRST_LOOK_SEC
        seen_at = began
        while asked := asked & self._told.waiting():
            now = time.monotonic()
            if _is_recorded(self._task_dir):
                seen_at = now
            if not recorded or now - seen_at > _RECORDER_PATIENCE_SEC:
                raise NoRecorder
            if now - began > patience_sec:
                return False
            if pause_sec == _FIRST_LOOK_SEC:
                self._wake()
            time.sleep(pause_sec)
            pause_sec = min(pause_sec * 1.5, _LAST_LOOK_SEC)
            self._read_on()
        self._wait_for_removals()
        return True

    def _wake(self) -> None:
        """Have the recorder look at once: it watches when the spool's folder was changed."""
        try:
            os.utime(self._task_dir / spool.FOLDER)
        except OSError:
            return  # it looks in half a second by itself

    def _wait_for_removals(self) -> None:
        """The recorder first says that it has stored a file, and then deletes it."""
        until = time.monotonic() + _REMOVAL_PATIENCE_SEC
        left = {self._task_dir / path for path in self._told.temporary()}
        while (left := {path for path in left if path.exists()}) and time.monotonic() < until:
            time.sleep(_FIRST_LOOK_SEC)

    def _read_on(self) -> None:
        known = {name: reader for name, (reader, _) in self._readers.items()}
        for reader in lookup.readers(self._task_dir, known=known):
            name = reader.identity.writer
            _, start = self._readers.get(name, (reader, 0))
            self._readers[name] = (reader, self._read(reader, start))

    def _read(self, reader: JournalReader, start: int) -> int:
        while True:
            part = reader.records(start)
            for _, record in part.items:
                self._told.take(record)
            if part.next <= start:
                return start
            start = part.next


def _is_recorded(task_dir: Path) -> bool:
    # Elsewhere the lock's file does not tell: the limit of the wait is what ends it.
    return os.name != "posix" or is_recorded_here(task_dir, host_name())
