"""Who takes part in a task on this host: its writers, their processes, and how each of them ended.

A process is *principal* when it opened the attempt or a recorder was asked for it: the task lives as long as one
of these does. Others that write (data-loader workers, spawned helpers) are followed and sealed, but their death is a
note and not the end of the task.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from stripchart.recorder.deaths import Ending, MemoryKills, conclude
from stripchart.recorder.following import Follower, read_identity
from stripchart.recorder.lock import Request
from stripchart.recorder.watching import ExitStatus, Watch, of_returncode
from stripchart.records import StatusChanged, WriterIdentity

_LAST_WORDS_BYTES = 64 << 10
_STATUS_PATIENCE_SEC = (
    15.0  # until the recorder that a process started itself is up, on a busy machine
)
_FOREIGN_WRITERS = 8  # looked at for the iteration where no process of this host reports any


@dataclass(eq=False, slots=True)
class Participant:
    """Hold one process of this host and the journals that it writes.

    ``joined``: it asked for the recorder, but another process owns the attempt.
    ``ending`` is what its end means for the task: None while it lives, and when it spoke for itself.
    ``turn`` counts the looks until it was found to have ended: those that one look found have ended about together,
    and one that was gone when it was met had ended before. ``status`` is how it ended; until ``patience_until``
    somebody who knows may tell.
    """

    pid: int
    attempt: int
    rank: int
    principal: bool
    watch: Watch
    kills: MemoryKills
    writers: list[Follower] = field(default_factory=list)
    gone: bool = False
    ending: Ending | None = None
    last_words: str = ""
    joined: bool = False
    turn: int = 0
    status: ExitStatus | None = None
    has_ended: bool = False
    patience_until: float = 0.0

    @property
    def word(self) -> StatusChanged | None:
        """Return what it said itself of the end of the task."""
        return next((writer.ended_as for writer in self.writers if writer.ended_as), None)

    @property
    def finished(self) -> bool:
        """Say whether nothing more is to come for this task, although the process may live on."""
        if self.gone:
            return True
        if not self.writers or not all(writer.closed for writer in self.writers):
            return False
        # One that closed at exit may still tell by its exit code that it failed.
        return not self.principal or any(writer.ended_as for writer in self.writers)

    @property
    def is_ours(self) -> bool:
        """Say whether it only passes on what others print: nothing that the training costs."""
        roles = {writer.identity.role for writer in self.writers}
        return roles == {"console"}


class Roster:
    """Keep the participants of a task on one host."""

    def __init__(self, task_dir: Path, host: str) -> None:
        self._task_dir = task_dir
        self._host = host
        self._names: set[str] = set()
        self.participants: list[Participant] = []
        self.foreign: list[Follower] = []
        # Journals whose process was gone when they were found: of earlier attempts, or very short ones.
        self.orphans: list[Follower] = []
        self.recorders: list[Follower] = []  # before us, and on other hosts
        self._turn = 0

    def request(self, request: Request, pidfd: int | None = None) -> None:
        """Take in a process that asked for it; one that is known already is not taken twice."""
        for known in self.participants:
            if known.pid == request.pid and known.attempt == request.attempt:
                # Its journal was found before the request was read; it may even have closed it since.
                known.principal = known.principal or not request.joined
                known.joined = known.joined or request.joined
                _hear(known, request)
                return
        watch = Watch(
            request.pid, started=request.started, existed_at=request.asked_at, pidfd=pidfd
        )
        participant = Participant(
            request.pid,
            request.attempt,
            request.rank,
            not request.joined,
            watch,
            MemoryKills(request.pid),
            joined=request.joined,
        )
        _hear(participant, request)
        participant.has_ended = watch.ended()
        self.participants.append(participant)
        mine = [f for f in self.orphans if _belongs(f, participant)]
        participant.writers += mine
        self.orphans = [f for f in self.orphans if f not in mine]

    def discover(self) -> list[Follower]:
        """Look for new journals; return those of this host."""
        try:
            names = sorted(os.listdir(self._task_dir / "journal"))  # noqa: PTH208 - twice a second
        except OSError:
            return []
        found = []
        for name in names:
            if name not in self._names:
                follower = self._enter(self._task_dir / "journal" / name)
                if follower is not None:
                    found.append(follower)
        return found

    def attend(self, report: Callable[[Participant], None]) -> None:
        """Read on in the journals and notice ends; ``report`` is called for each process that ended."""
        self._turn += 1
        for participant in self.participants:
            if participant.finished:
                continue
            for writer in participant.writers:
                writer.read_on()
                # Its own request may come later than that of another rank, and after the end of that.
                participant.principal = participant.principal or writer.opens
            if participant.finished:
                participant.turn = self._turn
            elif participant.watch.ended() and self._is_explained(participant):
                self._bury(participant)
                report(participant)

    def principals(self, attempt: int) -> list[Participant]:
        """Return the processes of this host that an attempt lives in."""
        return [p for p in self.participants if p.principal and p.attempt == attempt]

    def heard(self, attempt: int) -> list[StatusChanged]:
        """Return what recorders before us, and on other hosts, have concluded of an attempt, in order of time."""
        found = []
        for recorder in self.recorders:
            if recorder.identity.attempt == attempt:
                recorder.read_on(to_end=True)
                found += [recorder.concluded] if recorder.concluded is not None else []
        return sorted(found, key=lambda status: status.time_us)

    def attempt_over(self, attempt: int) -> bool:
        """Say whether every principal of an attempt has finished."""
        principals = self.principals(attempt)
        return bool(principals) and all(p.finished for p in principals)

    def is_alone(self, participant: Participant) -> bool:
        """Say whether a process is its attempt's only principal on this host."""
        return self.principals(participant.attempt) == [participant]

    def has_owner(self, attempt: int) -> bool:
        """Say whether an attempt is owned by a process of this host."""
        return bool(self.principals(attempt))

    def all_finished(self) -> bool:
        """Say whether there is nobody left to watch."""
        return all(p.finished for p in self.participants)

    def descriptors(self) -> list[int]:
        """Return what becomes readable when a process ends."""
        # Not of one that has finished and lives on: when it ends, nobody would answer.
        living = [p.watch.fileno() for p in self.participants if not p.finished and not p.has_ended]
        return [fd for fd in living if fd is not None]

    def finished_directories(self) -> dict[Path, bool]:
        """Return the folders that nobody writes to any more, and whether their process is gone."""
        finished = {follower.directory: True for follower in self.orphans}
        for participant in self.participants:
            for writer in participant.writers:
                if participant.gone or writer.closed:
                    finished[writer.directory] = participant.gone
        return finished

    def script_folder(self, attempt: int) -> Path | None:
        """Return the folder of the script, or where it was started, as the task told."""
        for participant in self.participants:
            for writer in participant.writers:
                told = writer.environment
                if writer.identity.attempt == attempt and told:
                    script, cwd = str(told.get("script", "")), str(told.get("cwd", ""))
                    return Path(script).parent if script else Path(cwd) if cwd else None
        return None

    def iteration(self, attempt: int) -> int:
        """Return the iteration that an attempt is at: the highest that its newest points show."""
        here = [w for p in self.participants for w in p.writers if w.identity.attempt == attempt]
        elsewhere = [f for f in self.foreign if f.identity.attempt == attempt]
        elsewhere.sort(key=lambda follower: follower.identity.rank)
        for followers in (here, elsewhere[:_FOREIGN_WRITERS]):
            known = [i for f in followers if (i := f.newest_iteration()) is not None]
            if known:
                return max(known)
        # Before its first point a resumed attempt stands where it begins: a reading at 0 would hide
        # all readings of the attempt before it.
        return max((f.begins_at for f in here), default=0)

    def _enter(self, directory: Path) -> Follower | None:
        identity = read_identity(directory)
        if identity is None:
            return None  # its header is not there yet: look again
        self._names.add(directory.name)
        follower = Follower(directory, identity)
        if identity.role == "recorder" and not self._is_us(identity):
            self.recorders.append(follower)
        if identity.host != self._host:
            if identity.role == "task":  # only such report iterations
                self.foreign.append(follower)
            return None
        if identity.role in ("task", "console"):
            self._attach(follower)
        elif not self._is_us(identity):
            # Of a recorder before us, which let go of the lock: nobody else cleans up after it.
            self.orphans.append(follower)
        return follower

    def _is_us(self, identity: WriterIdentity) -> bool:
        return identity.pid == os.getpid() and identity.host == self._host

    def _attach(self, follower: Follower) -> None:
        for participant in self.participants:
            if _belongs(follower, participant):
                participant.writers.append(follower)
                return
        identity = follower.identity
        watch = Watch(identity.pid, existed_at=identity.started_us / 1e6)
        if watch.ended() and watch.fileno() is None:
            self.orphans.append(follower)
            return
        # One that has ended, and whose parent has not asked yet, can still be asked how.
        self.participants.append(
            Participant(
                identity.pid,
                identity.attempt,
                identity.rank,
                False,
                watch,
                MemoryKills(identity.pid),
                [follower],
            )
        )

    def _is_explained(self, participant: Participant) -> bool:
        """Say whether it is known how a process has ended, or nobody is to be waited for who may know."""
        if not participant.has_ended:
            participant.has_ended, participant.turn = True, self._turn
        if participant.status is None:
            participant.status = participant.watch.exit_status()
            participant.watch.close()
        is_known = participant.status is not None or participant.word is not None
        return is_known or time.monotonic() > participant.patience_until

    def _bury(self, participant: Participant) -> None:
        participant.gone = True
        participant.watch.close()
        for writer in participant.writers:
            writer.read_on(to_end=True)
        participant.last_words = self._read_last_words(participant.pid)
        if participant.word is not None:
            return
        ending = conclude(
            participant.status,
            closed=any(writer.closed for writer in participant.writers),
            last_words=participant.last_words,
            out_of_memory=participant.kills.just_now(),
        )
        participant.ending = _in_its_words(ending, participant.writers)

    def _read_last_words(self, pid: int) -> str:
        try:
            words = self._last_words_path(pid).read_bytes()[:_LAST_WORDS_BYTES]
        except OSError:
            return ""
        return words.decode("utf-8", "backslashreplace")

    def remove_empty_last_words(self) -> bool:
        """Remove the files that ended processes had opened in vain; say whether one may still be used."""
        in_use = {p.pid for p in self.participants if not p.watch.ended()}
        ended = {p.pid for p in self.participants} | {f.identity.pid for f in self.orphans}
        # On a shared file system a process of another host may have the same number.
        ended -= in_use | {f.identity.pid for f in self.foreign}
        for pid in ended:
            if self._is_empty(pid):
                with contextlib.suppress(OSError):
                    self._last_words_path(pid).unlink()
        return any(self._is_empty(pid) for pid in in_use)

    def _is_empty(self, pid: int) -> bool:
        try:
            return self._last_words_path(pid).stat().st_size == 0
        except OSError:
            return False

    def _last_words_path(self, pid: int) -> Path:
        return self._task_dir / f"last-words-{pid}"


def _hear(participant: Participant, request: Request) -> None:
    """Take what a request says of an end; who left itself to be watched has a recorder of its own that comes later."""
    if request.returncode is not None and participant.status is None:
        participant.status = of_returncode(request.returncode)
    if request.asked_at is not None and not participant.patience_until:
        age_sec = max(time.time() - request.asked_at, 0.0)
        participant.patience_until = time.monotonic() + _STATUS_PATIENCE_SEC - age_sec


def _in_its_words(ending: Ending, writers: list[Follower]) -> Ending:
    """Return an ending with the reason that the process gave for it: the text of ``sys.exit(text)``."""
    for guess in (writer.concluded for writer in writers):
        if guess is not None and (guess.status, guess.exit_code) == (
            ending.status,
            ending.exit_code,
        ):
            return replace(ending, reason=guess.reason)
    return ending


def _belongs(follower: Follower, participant: Participant) -> bool:
    identity = follower.identity
    return identity.pid == participant.pid and identity.attempt == participant.attempt
