"""What the ends of several ranks mean for the task: the gravest counts, and of those the first."""

from __future__ import annotations

import os
from pathlib import Path

from stripchart.recorder.deaths import Ending, MemoryKills
from stripchart.recorder.following import Follower
from stripchart.recorder.roster import Participant
from stripchart.recorder.verdicts import verdict
from stripchart.recorder.watching import Watch
from stripchart.records import StatusChanged, WriterIdentity

KILLED = Ending("failed", "SIGKILL", signal=9)
TERMINATED = Ending("stopped", "SIGTERM", signal=15)
BROKEN = Ending("failed", "exit code 1", exit_code=1)


def rank(number: int, turn: int, ending: Ending | None, *, said: str = "") -> Participant:
    """Return a rank that is gone: as the recorder saw it end, or as it said itself."""
    identity = WriterIdentity(
        task_id="0" * 32, writer="w", host="host", pid=os.getpid(), started_us=0, rank=number
    )
    writer = Follower(Path("nowhere"), identity)
    if said:
        writer.ended_as = StatusChanged(5, 0, "failed", said, "Traceback of " + said)
    return Participant(
        os.getpid(),
        0,
        number,
        True,
        Watch(os.getpid()),
        MemoryKills(os.getpid()),
        [writer],
        gone=True,
        turn=turn,
        ending=ending,
    )


def reason(*ranks: Participant, heard: tuple[StatusChanged, ...] = ()) -> str:
    found = verdict(ranks, heard)
    assert found is not None
    return f"{found.ending.status} {found.ending.reason}".strip()


def test_the_gravest_end_counts() -> None:
    assert reason(rank(0, 1, TERMINATED), rank(1, 2, KILLED)) == "failed rank 1: SIGKILL"
    assert reason(rank(0, 1, Ending("completed")), rank(1, 1, TERMINATED)) == (
        "stopped rank 1: SIGTERM"
    )


def test_of_what_is_as_grave_the_first_counts_whoever_is_looked_at_first() -> None:
    assert reason(rank(0, 3, BROKEN), rank(1, 2, BROKEN)) == "failed rank 1: exit code 1"
    # Both are found gone by one look: the exit follows from the kill, not the other way.
    assert reason(rank(0, 2, BROKEN), rank(1, 2, KILLED)) == "failed rank 1: SIGKILL"


def test_the_only_process_has_no_rank_to_be_named() -> None:
    assert reason(rank(0, 1, KILLED)) == "failed SIGKILL"
    assert reason(rank(3, 1, KILLED)) == "failed rank 3: SIGKILL"
    assert reason(rank(0, 1, Ending("completed"))) == "completed"


def test_who_spoke_for_itself_needs_no_verdict() -> None:
    assert verdict([rank(0, 1, None, said="ValueError: x")], []) is None


def test_a_kill_explains_what_broke_in_the_others_for_it() -> None:
    broken = rank(0, 4, None, said="rank 0: RuntimeError: connection closed")
    found = verdict([broken, rank(1, 4, KILLED)], [])
    assert found is not None
    assert found.is_sure
    assert found.ending.reason == "rank 1: SIGKILL; then rank 0: RuntimeError: connection closed"
    assert found.words == "Traceback of rank 0: RuntimeError: connection closed"


def test_a_kill_after_it_does_not() -> None:
    found = verdict([rank(0, 3, None, said="ValueError: x"), rank(1, 4, KILLED)], [])
    assert found is not None
    assert not found.is_sure  # the rank's own word stands


def test_what_recorders_before_and_elsewhere_concluded_counts_too() -> None:
    before = StatusChanged(1, 0, "failed", "rank 1: SIGKILL", signal=9, observed=True)
    assert reason(rank(0, 1, TERMINATED), heard=(before,)) == "failed rank 1: SIGKILL"
    assert reason(rank(0, 1, KILLED), heard=(before,)) == "failed rank 1: SIGKILL"
    mild = StatusChanged(1, 0, "stopped", "rank 2: SIGTERM", observed=True)
    assert reason(rank(1, 1, KILLED), heard=(mild,)) == "failed rank 1: SIGKILL"
