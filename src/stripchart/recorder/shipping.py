"""Do what waits, piece by piece: store samples and artifacts, and remove the samples that are too old.

Everything may be interrupted anywhere and done again. The order makes that right: a record says where the file will
lie, the file is stored, then the record says so, then the source goes; of a removal the file goes first, then the
record. What is done, and what may lie somewhere half done, is known from the journals alone, so nothing is remembered
here but when to try again.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from stripchart.blobs.keys import artifact_key, model_key, task_folder
from stripchart.recorder.backlog import Backlog, Kept
from stripchart.recorder.doors import Door, Shut
from stripchart.recorder.packing import source_of
from stripchart.recorder.samples import Maker, Missing, Unreadable, lost
from stripchart.recorder.sources import Source, remove_packs, sweep
from stripchart.recorder.troubles import Troubles
from stripchart.records import (
    MODEL_PREFIX,
    ArtifactStored,
    Record,
    SampleRemoved,
    SampleReported,
    SampleSending,
)
from stripchart.settings import Settings

_PIECES = 32  # a turn
_THREADS = 4  # that wait for a network
_TRIES = 5  # of a piece that fails for a reason that nobody thought of
_JOURNAL_RETRY_SEC = 5.0
_NOBODYS_AFTER_SEC = 86400.0
_UNQUIET_SEC = 2.0

Append = Callable[[Record], None]  # keeps a record now, or raises OSError


class Shipper:
    """Work on the samples and artifacts of one task."""

    def __init__(
        self,
        task_dir: Path,
        settings: Settings,
        append: Append,
        troubles: Troubles,
        *,
        of_others_after_sec: float | None = None,
    ) -> None:
        self._task_dir, self._settings = task_dir, settings
        self._append, self._troubles = append, troubles
        self._packs_of = socket.gethostname() if of_others_after_sec is None else None
        self._backlog = Backlog(
            task_dir, socket.gethostname(), of_others_after_sec=of_others_after_sec
        )
        self._maker = Maker(task_dir, settings, troubles)
        self._doors: dict[str, Door] = {}
        self._failures: dict[str, int] = {}
        self._journal_retry_at = 0.0
        self._pool: ThreadPoolExecutor | None = None
        self._has_swept = False
        # Files that were written to while they were read, by path and report: when to look again.
        self._unquiet: dict[tuple[str, int], float] = {}

    def renew(self, settings: Settings) -> None:
        """Go on with other credentials; nothing of a turn may be under way."""
        self._settings = settings
        for door in self._doors.values():
            door.renew(settings)

    def turn(self) -> bool:
        """Do a few pieces of what waits; say whether any could be done."""
        self._backlog.read_on()
        if not self._has_swept:
            self._has_swept = True
            sweep(self._task_dir, self._backlog.paths(), time.time() - _NOBODYS_AFTER_SEC)
        if time.monotonic() < self._journal_retry_at:
            return False
        for artifact in self._backlog.passed_over():
            self._dispose(artifact, of_users=False)
        superseded = [r for r in self._backlog.superseded() if self._may_go(r)]
        done = self._all(self._drop, superseded, [r.sample for r in superseded])
        self._backlog.read_on()
        samples = self._backlog.samples(_PIECES, self._ready)
        done += self._all(self._ship_sample, samples, [r.sample for r in samples])
        artifacts = [a for a in self._backlog.artifacts() if self._is_due(a)]
        done += self._all(
            self._ship_artifact, artifacts[:_PIECES], [a.path for a in artifacts[:_PIECES]]
        )
        surplus = [k for k in self._backlog.surplus() if self._door(k.destination).is_open()]
        done += self._all(self._remove, surplus[:_PIECES], [k.sample for k in surplus[:_PIECES]])
        if not any(done):
            remove_packs(self._task_dir, self._packs_of, self._named)
        return any(done)

    def _named(self) -> set[str]:
        self._backlog.read_on()
        return self._backlog.paths()

    def left(self) -> int:
        """Return how many pieces wait, as far as the journals were read at the last turn."""
        backlog = self._backlog
        return backlog.count() + len(backlog.artifacts()) + len(backlog.surplus())

    def close(self) -> None:
        """Let go of the threads; a piece that is being stored is waited for."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _may_go(self, report: SampleReported) -> bool:
        """Tell whether a sample can be passed over now: what may lie at its destination must be asked to go."""
        return not self._backlog.begun(report.sample) or self._ready(report)

    def _ready(self, report: SampleReported) -> bool:
        return self._door(report.destination).is_open()

    def _is_due(self, artifact: ArtifactStored) -> bool:
        look_at = self._unquiet.get((artifact.path, artifact.time_us), 0.0)
        return self._door(artifact.destination).is_open() and time.monotonic() >= look_at

    def _door(self, uri: str) -> Door:
        if uri not in self._doors:
            self._doors[uri] = Door(uri, self._task_dir, self._settings, self._troubles)
        return self._doors[uri]

    # -- pieces ----------------------------------------------------------------------------------------------

    def _ship_sample(self, report: SampleReported) -> None:
        folder = task_folder(self._backlog.project, self._backlog.name, self._task_dir.name)
        try:
            stored = self._maker.store(
                report, self._door(report.destination), folder, lambda url: self._begin(report, url)
            )
        except (Missing, Unreadable) as error:
            self._clear(report)
            self._troubles.note("samples_lost", f"a debug sample was lost: {error}", lost=True)
            stored = lost(report, error)
        self._append(stored)
        self._dispose(report, of_users=not stored.error and report.delete_after_upload)

    def _begin(self, report: SampleReported, url: str) -> None:
        """Write down where a sample will lie; what an earlier start may have left elsewhere goes."""
        begun = self._backlog.begun(report.sample)
        for other in begun - {url}:  # the task has got another name since
            self._door(report.destination).delete(other)
        if url not in begun:
            self._append(SampleSending(time_us=_now_us(), sample=report.sample, url=url))

    def _clear(self, report: SampleReported) -> None:
        """Remove what may lie somewhere of a sample that will not be stored any more."""
        begun = self._backlog.begun(report.sample)
        for url in begun:
            self._door(report.destination).delete(url)
        if begun:
            self._maker.sweep(report.sample)

    def _drop(self, report: SampleReported) -> None:
        """Pass over a sample that later ones have pushed out before it could be stored."""
        self._clear(report)
        self._append(SampleRemoved(time_us=_now_us(), sample=report.sample))
        self._dispose(report, of_users=False)

    def _lose(self, piece: tuple[SampleReported, Exception]) -> None:
        report, error = piece
        self._clear(report)
        self._append(lost(report, error))

    def _dispose(self, report: SampleReported | ArtifactStored, *, of_users: bool) -> None:
        with contextlib.suppress(Missing):  # it is gone already
            Source(self._task_dir, report.path).dispose(of_users=of_users)

    def _remove(self, kept: Kept) -> None:
        self._door(kept.destination).delete(kept.url)
        if kept.thumbnail != kept.url:
            self._maker.remove(kept.thumbnail)
        self._append(SampleRemoved(time_us=_now_us(), sample=kept.sample))

    def _ship_artifact(self, artifact: ArtifactStored) -> None:
        # A microsecond after its report: a later artifact of this name stays the later one.
        told = msgspec.structs.replace(artifact, time_us=artifact.time_us + 1)
        try:
            source = source_of(self._task_dir, artifact)
        except Missing as error:
            self._append(msgspec.structs.replace(told, state="failed", error=str(error)))
            return
        door = self._door(artifact.destination)
        folder = (
            ""
            if door.is_own
            else task_folder(self._backlog.project, self._backlog.name, self._task_dir.name)
        )
        digest = source.digest()
        url = door.put(_key(folder, artifact), source.path)
        if not source.is_as_it_was():
            # Written to meanwhile: what was stored may be half of one state and half of another.
            # Whoever writes it reports it when it is done, or was killed.
            source.dispose(of_users=False)
            self._unquiet[artifact.path, artifact.time_us] = time.monotonic() + _UNQUIET_SEC
            raise Shut(f"{artifact.path} is being written to")
        self._append(
            msgspec.structs.replace(
                told, state="stored", url=url, path="", size_bytes=source.size_bytes, hash=digest
            )
        )
        # What was written since the report is the script's next one.
        is_spent = source.changed_us <= artifact.time_us
        source.dispose(of_users=artifact.delete_after_upload and is_spent)

    # -- errors ----------------------------------------------------------------------------------------------

    def _all(
        self, work: Callable[[Any], None], pieces: Sequence[Any], names: Sequence[str]
    ) -> list[bool]:
        if len(pieces) < 2 or all(self._door(piece.destination).is_own for piece in pieces):
            return [
                self._guarded(work, piece, name) for piece, name in zip(pieces, names, strict=True)
            ]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="upload")
        guarded = lambda piece, name: self._guarded(work, piece, name)  # noqa: E731
        return list(self._pool.map(guarded, pieces, names))

    def _guarded(self, work: Callable[[Any], None], piece: Any, name: str) -> bool:
        """Do a piece and say whether it is done; one that fails waits, with all of its destination."""
        try:
            work(piece)
        except (Shut, InterruptedError):
            return False  # told already, or the recorder ends
        except OSError as error:
            # Our own folder or journal does not take it.
            self._door("").failed(error)
            self._journal_retry_at = time.monotonic() + _JOURNAL_RETRY_SEC
            return False
        except Exception as error:  # noqa: BLE001 - nothing in a file may stop the others
            return self._give_up(piece, name, error)
        self._failures.pop(name, None)
        return True

    def _give_up(self, piece: Any, name: str, error: Exception) -> bool:
        self._troubles.caught("recorder_uploads", error)
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        if failures < _TRIES:
            return False
        if isinstance(piece, SampleReported):
            return self._guarded(self._lose, (piece, error), f"{name} lost")
        if isinstance(piece, ArtifactStored):
            failed = msgspec.structs.replace(
                piece, time_us=piece.time_us + 1, state="failed", error=str(error)
            )
            return self._guarded(self._append, failed, f"{name} lost")
        return False


def _key(folder: str, artifact: ArtifactStored) -> str:
    if artifact.name.startswith(MODEL_PREFIX):
        model = artifact.name.rpartition(":")[2]
        return model_key(folder, model, artifact.metadata.get("file") or _file_name(artifact))
    return artifact_key(folder, artifact.name, _file_name(artifact))


def _file_name(artifact: ArtifactStored) -> str:
    """Return the name of an artifact's file: the user's, or its own name with the extension of the spooled one."""
    name = Path(artifact.path).name
    if Path(artifact.path).is_absolute():
        return name
    _, dot, extension = name.partition(".")
    return f"{artifact.name}{dot}{extension}"


def _now_us() -> int:
    return time.time_ns() // 1000
