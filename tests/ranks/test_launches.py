"""Processes of one launch join one task; those of another launch, or with other names, do not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.records import ConsoleWritten, Noted
from stripchart.sdk import lookup

Outcome = tuple[int, str, str]
Launch = Callable[..., list[Outcome]]
Tasks = Callable[[], list[Task]]

REPORT = """
import os
from stripchart import Task
rank = int(os.environ["RANK"])
task = Task.init("p", "n")
print("hello from", rank)
for i in range(50):
    task.logger.report_scalar("t", f"rank {rank}", float(rank), i)
task.logger.report_scalar("t", "shared", float(rank), 0)
"""


def assert_well(ended: list[Outcome]) -> None:
    assert [code for code, _, _ in ended] == [0] * len(ended), ended


def test_the_ranks_of_a_launch_report_into_one_task(run_ranks: Launch, tasks_of: Tasks) -> None:
    assert_well(run_ranks(REPORT, 4, late=0))
    [task] = tasks_of()
    assert task.status == "completed"
    read = task.get_reported_scalars()["t"]
    for rank in range(4):
        assert read[f"rank {rank}"]["y"] == [float(rank)] * 50
    # Of a line that every rank reports, the lowest rank's is shown.
    assert read["shared"]["y"] == [0.0]
    identities = [reader.identity for reader in lookup.readers(task._session.task_dir)]
    assert sorted(i.rank for i in identities) == [0, 1, 2, 3]
    assert {i.attempt for i in identities} == {0}
    assert len({i.writer for i in identities}) == 4


def test_files_of_all_ranks_go_to_where_the_first_one_sends_them(
    run_ranks: Launch, tmp_path: Path
) -> None:
    code = f"""
    import os
    from stripchart import Task
    rank = int(os.environ["RANK"])
    chosen = {{0: {str(tmp_path / "files")!r}, 2: {str(tmp_path / "others")!r}}}
    task = Task.init("p", "n", output_uri=chosen.get(rank))
    print(task.output_uri, task.get_output_destination("x"))
    """
    ended = run_ranks(code, 3)
    assert_well(ended)
    of_first = (tmp_path / "files").as_uri()
    of_itself = (tmp_path / "others").as_uri()
    told = [out.split()[0] for _, out, _ in ended]
    assert told == [of_first, of_first, of_itself]


def test_the_console_of_each_rank_is_kept_apart(run_ranks: Launch, tasks_of: Tasks) -> None:
    assert_well(run_ranks(REPORT, 3))
    [task] = tasks_of()
    for reader in lookup.readers(task._session.task_dir):
        text = "".join(
            r.text
            for r in lookup.records_of(reader)
            if isinstance(r, ConsoleWritten) and r.stream == "stdout"
        )
        assert text == f"hello from {reader.identity.rank}\n"


def test_one_line_announces_the_task(run_ranks: Launch) -> None:
    ended = run_ranks(REPORT, 3)
    assert [err.count("Stripchart: task") for _, _, err in ended] == [1, 0, 0]


def test_other_names_are_other_tasks(run_ranks: Launch, tasks_of: Tasks) -> None:
    code = """
    import os
    from stripchart import Task
    Task.init("p", "n" + os.environ["RANK"])
    """
    assert_well(run_ranks(code, 2, STRIPCHART_JOIN_TIMEOUT_SEC="0.2"))
    assert sorted(task.name for task in tasks_of()) == ["n0", "n1"]


def test_ranks_are_kept_apart_on_request(run_ranks: Launch, tasks_of: Tasks) -> None:
    assert_well(run_ranks(REPORT, 2, STRIPCHART_JOIN_RANKS="0"))
    assert len(tasks_of()) == 2


def test_a_second_launch_at_the_same_address_is_another_task(
    run_ranks: Launch, tasks_of: Tasks
) -> None:
    assert_well(run_ranks(REPORT, 2))
    assert_well(run_ranks(REPORT, 2, late=0))
    tasks = tasks_of()
    assert len(tasks) == 2
    for task in tasks:
        ranks = sorted(r.identity.rank for r in lookup.readers(task._session.task_dir))
        assert ranks == [0, 1]


def test_the_second_task_of_a_process_is_joined_by_the_second_of_the_others(
    run_ranks: Launch, tasks_of: Tasks
) -> None:
    code = """
    from stripchart import Task
    for i in range(3):
        task = Task.init("p", "n")
        task.logger.report_scalar("t", "s", float(i), 0)
        task.close()
    """
    assert_well(run_ranks(code, 2))
    tasks = tasks_of()
    assert len(tasks) == 3
    for task in tasks:
        assert len(lookup.readers(task._session.task_dir)) == 2
    assert sorted(task.get_reported_scalars()["t"]["s"]["y"] for task in tasks) == [[0], [1], [2]]


def test_a_rank_without_a_first_one_opens_its_own(run_ranks: Launch, tasks_of: Tasks) -> None:
    code = """
    import os
    if os.environ["RANK"] != "0":
        from stripchart import Task
        Task.init("p", "n")
    """
    assert_well(run_ranks(code, 2, STRIPCHART_JOIN_TIMEOUT_SEC="0.5"))
    assert len(tasks_of()) == 1


def test_the_exception_of_one_rank_is_what_is_told(run_ranks: Launch, tasks_of: Tasks) -> None:
    code = """
    import os, signal, time
    from stripchart import Task
    task = Task.init("p", "n")
    if os.environ["RANK"] == "1":
        raise ValueError("bad shape")
    while task.status == "in_progress":
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = run_ranks(code, 2)
    assert ended[1][0] == 1
    [task] = tasks_of()
    assert task.status == "failed"
    assert "bad shape" in (task.get_status_message() or "")


def test_a_rank_that_is_killed_after_the_first_has_ended_well_is_a_note(
    run_ranks: Launch, tasks_of: Tasks
) -> None:
    code = """
    import os, signal, time
    from stripchart import Task
    task = Task.init("p", "n")
    while not any(":monitor:" in title for title in task.get_last_scalar_metrics()):
        time.sleep(0.05)  # until the recorder has seen both
    if os.environ["RANK"] == "1":
        while Task.get_tasks()[0].status == "in_progress":
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = run_ranks(code, 2, STRIPCHART_RECORDER="1")
    assert [code for code, _, _ in ended] == [0, -9]
    [task] = tasks_of()
    until = time.monotonic() + 30
    while not (notes := deaths(task)) and time.monotonic() < until:
        time.sleep(0.1)
    assert task.status == "completed"
    assert notes
    assert all("(rank 1) ended" in note.message for note in notes), notes


def deaths(task: Task) -> list[Noted]:
    journals = lookup.readers(task._session.task_dir)
    records = [record for journal in journals for record in lookup.records_of(journal)]
    return [r for r in records if isinstance(r, Noted) and r.code == "process_ended"]


def test_a_restarted_launch_is_the_next_attempt(run_ranks: Launch, tasks_of: Tasks) -> None:
    elastic = {"TORCHELASTIC_RUN_ID": "job-7"}
    assert_well(run_ranks(REPORT, 2, **elastic, TORCHELASTIC_RESTART_COUNT="0"))
    assert_well(run_ranks(REPORT, 2, **elastic, TORCHELASTIC_RESTART_COUNT="1"))
    [task] = tasks_of()
    identities = [r.identity for r in lookup.readers(task._session.task_dir)]
    assert sorted((i.attempt, i.rank) for i in identities) == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"task_id": 3}', json.dumps({"task_id": "../" * 11})]
)
def test_a_file_that_says_nothing_is_waited_for(
    run_ranks: Launch, tasks_of: Tasks, home: Path, content: str
) -> None:
    assert_well(run_ranks(REPORT, 2))
    for path in (home / "launches").iterdir():
        path.write_text(content)
    assert_well(run_ranks(REPORT, 2, late=0))
    assert len(tasks_of()) == 2


FAILING = """
import os, time
from stripchart import Task
rank = int(os.environ["RANK"])
task = Task.init("p", "n")
task.logger.report_scalar("t", f"rank {rank}", 1.0, 1)
if rank:
    raise RuntimeError("rank one broke")
from pathlib import Path
from stripchart.sdk import chronicle
while chronicle.describe(task._session.task_dir).status != "failed":
    time.sleep(0.02)
CLOSE
"""


@pytest.mark.parametrize("close", ["", "task.close()"])
def test_that_the_first_rank_ends_well_does_not_mend_what_another_broke(
    run_ranks: Launch, tasks_of: Tasks, close: str
) -> None:
    ended = run_ranks(FAILING.replace("CLOSE", close), 2)
    assert [code for code, _, _ in ended] == [0, 1]
    [task] = tasks_of()
    assert task.status == "failed"
    assert task.data.status_reason == "rank 1: RuntimeError: rank one broke"


def test_the_first_rank_may_say_itself_that_all_is_well(run_ranks: Launch, tasks_of: Tasks) -> None:
    run_ranks(FAILING.replace("CLOSE", "task.mark_completed(force=True)"), 2)
    [task] = tasks_of()
    assert task.status == "completed"
