"""What is concluded from which evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripchart.recorder.deaths import (
    OUT_OF_MEMORY,
    WITHOUT_A_WORD,
    Ending,
    MemoryKills,
    conclude,
    signal_name,
)
from stripchart.recorder.watching import ExitStatus

SEGFAULT = (
    "Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n"
)


def test_the_exit_status_decides_where_it_is_known() -> None:
    def by(status: ExitStatus, *, out_of_memory: bool = False) -> Ending:
        return conclude(status, closed=True, last_words=SEGFAULT, out_of_memory=out_of_memory)

    assert by(ExitStatus(0)) == Ending("completed", exit_code=0)
    assert by(ExitStatus(3)) == Ending("failed", "exit code 3", exit_code=3)
    assert by(ExitStatus(130)) == Ending("stopped", "SIGINT (exit code 130)", exit_code=130)
    assert by(ExitStatus(137)) == Ending("failed", "exit code 137", exit_code=137)
    assert by(ExitStatus(None, 2)) == Ending("stopped", "SIGINT", signal=2)
    assert by(ExitStatus(None, 15)) == Ending("stopped", "SIGTERM", signal=15)
    assert by(ExitStatus(None, 9)) == Ending("failed", "SIGKILL", signal=9)
    assert by(ExitStatus(None, 11), out_of_memory=True) == Ending("failed", "SIGSEGV", signal=11)
    assert OUT_OF_MEMORY in by(ExitStatus(None, 9), out_of_memory=True).reason


@pytest.mark.parametrize(
    ("closed", "words", "out_of_memory", "ending"),
    [
        (True, "", False, Ending("completed")),
        (False, "", False, Ending("failed", WITHOUT_A_WORD)),
        (False, "", True, Ending("failed", OUT_OF_MEMORY)),
        (False, SEGFAULT, True, Ending("failed", "SIGSEGV", signal=11)),
        (True, "Fatal Python error: no such\n", False, Ending("failed", "no such")),
        (False, "Current thread 0x01 (most", True, Ending("stopped", "SIGTERM", signal=15)),
    ],
)
def test_without_an_exit_status_the_traces_are_weighed(
    closed: bool, words: str, out_of_memory: bool, ending: Ending
) -> None:
    assert conclude(None, closed=closed, last_words=words, out_of_memory=out_of_memory) == ending


def test_a_signal_without_a_name_keeps_its_number() -> None:
    assert signal_name(9) == "SIGKILL"
    assert signal_name(99) == "signal 99"


@pytest.mark.parametrize(
    ("group_line", "counter"),
    [
        ("0::/job\n", "job/memory.events"),
        ("4:memory:/job\n0::/\n", "memory/job/memory.oom_control"),
    ],
)
def test_kills_for_memory_are_seen_in_the_group(
    tmp_path: Path, group_line: str, counter: str
) -> None:
    proc, root = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "7").mkdir(parents=True)
    (proc / "7" / "cgroup").write_text(group_line)
    (proc / "vmstat").write_text("pgfault 5\noom_kill 2\n")
    (root / counter).parent.mkdir(parents=True)
    (root / counter).write_text("oom 0\noom_kill 0\n")
    kills = MemoryKills(7, proc=proc, cgroup=root)
    assert not kills.just_now()
    (root / counter).write_text("oom 1\noom_kill 1\n")
    kills.look()
    assert kills.just_now()


def test_kills_for_memory_are_seen_machine_wide(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("oom_kill 2\n")
    kills = MemoryKills(7, proc=tmp_path, cgroup=tmp_path)
    (tmp_path / "vmstat").write_text("oom_kill 3\n")
    assert kills.just_now()


def test_a_system_without_counters_has_no_kills(tmp_path: Path) -> None:
    assert not MemoryKills(7, proc=tmp_path, cgroup=tmp_path).just_now()
