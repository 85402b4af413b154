"""Say what the ends of its processes mean for the attempt that they worked on.

The gravest end counts, and of several that are as grave the first: what comes after it (the launcher's SIGTERM, a
connection that breaks in the other ranks) follows from it. Of processes that one look found gone, one that was killed
comes first, as no failure of another brings that about by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stripchart.recorder.deaths import Ending
from stripchart.recorder.roster import Participant
from stripchart.records import StatusChanged


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say how an attempt ended; ``is_sure``: that explains, and so overrules, what a process said itself."""

    ending: Ending
    words: str = ""
    is_sure: bool = False


def verdict(principals: Sequence[Participant], heard: Sequence[StatusChanged]) -> Verdict | None:
    """Conclude from the ends of an attempt's principals; None if they all spoke for themselves.

    ``heard`` is what recorders before us, and on other hosts, concluded of the same attempt, in order of time. Of what
    is as grave theirs stands, and is said again: it must stand behind what the processes guessed of themselves.
    """
    ended = [(p, p.ending) for p in sorted(principals, key=_by_time) if p.ending is not None]
    if not ended:
        return None
    first, ending = max(ended, key=lambda both: both[1].severity)
    if len(principals) > 1 or first.rank:
        ending = _of_rank(first.rank, ending)
    told = _told_after(first, principals)
    if told is not None and told.word is not None:
        reason = f"{ending.reason}; then rank {told.rank}: {_without_rank(told)}"
        return Verdict(replace(ending, reason=reason), told.word.message, is_sure=True)
    ours = Verdict(ending, first.last_words if ending.severity else "")
    return max([*map(_repeated, heard), ours], key=lambda v: v.ending.severity)


def _by_time(participant: Participant) -> tuple[int, bool]:
    ending = participant.ending
    return participant.turn, ending is None or not ending.is_kill


def _told_after(first: Participant, principals: Sequence[Participant]) -> Participant | None:
    """Return who told of a failure, and ended, after another was killed: a broken connection, mostly."""
    if first.ending is None or not first.ending.is_kill:
        return None
    told = [p for p in principals if p.finished and p.turn >= first.turn]
    return next((p for p in told if p.word is not None and p.word.status == "failed"), None)


def _without_rank(participant: Participant) -> str:
    reason = participant.word.reason if participant.word is not None else ""
    return reason.removeprefix(f"rank {participant.rank}: ")


def _of_rank(rank: int, ending: Ending) -> Ending:
    if ending.status == "completed":
        return ending
    return replace(ending, reason=f"rank {rank}: {ending.reason}")


def _repeated(status: StatusChanged) -> Verdict:
    ending = Ending(status.status, status.reason, status.exit_code, status.signal)
    return Verdict(ending, status.message)
