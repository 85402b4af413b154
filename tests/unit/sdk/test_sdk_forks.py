"""Processes and threads that report to one task: each process has a journal of its own, nothing is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

from stripchart import Task
from stripchart.sdk import lookup

START = """
import multiprocessing, os, sys, threading, subprocess
from stripchart import Logger, Task
"""

OnlyTask = Callable[[], Task]
RunScript = Callable[..., "subprocess.CompletedProcess[str]"]
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def values(task: Task, series: str) -> list[float]:
    read: list[float] = task.get_reported_scalars()["t"][series]["y"]
    return read


@needs_fork
def test_a_forked_child_joins_whatever_it_asks_for_and_may_open_its_own(
    run_script: RunScript, only_task: OnlyTask
) -> None:
    done = run_script(
        START
        + """
task = Task.init("p", "n")
def work(name):
    assert Task.init("p", name) is task
    Logger.current_logger().report_scalar("t", name, 1.0, 0)
worker = multiprocessing.get_context("fork").Process(target=work, args=("worker",))
worker.start()
worker.join()
pid = os.fork()
if pid == 0:
    work("forked")
    Task.current_task().close()
    own = Task.init("p", "own")
    own.logger.report_scalar("t", "own", 1.0, 0)
    print(own.id == task.id, flush=True)
    own.close()
    os._exit(0)
os.waitpid(pid, 0)
assert worker.exitcode == 0
task.logger.report_scalar("t", "parent", 1.0, 0)
"""
    )
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
    found = {task.name: task for task in Task.get_tasks()}
    assert {name: task.status for name, task in found.items()} == {
        "n": "completed",
        "own": "completed",
    }
    assert set(found["n"].get_reported_scalars()["t"]) == {"worker", "forked", "parent"}
    assert set(found["own"].get_reported_scalars()["t"]) == {"own"}


@needs_fork
@pytest.mark.parametrize("exit", ["os._exit(0)", "sys.exit(0)"])
def test_a_forked_child_opens_a_journal_of_its_own(
    run_script: RunScript, only_task: OnlyTask, exit: str
) -> None:
    done = run_script(
        START
        + f"""
task = Task.init("p", "n")
for i in range(100):
    task.logger.report_scalar("t", "parent", 1.0, i)
pid = os.fork()
if pid == 0:
    for i in range(100):
        task.logger.report_scalar("t", "child", 2.0, i)
    print("from the child", flush=True)
    {exit}
for i in range(100):
    task.logger.report_scalar("t", "parent", 1.0, 100 + i)
os.waitpid(pid, 0)
print("from the parent")
"""
    )
    assert done.stdout == "from the child\nfrom the parent\n", done.stderr
    task = only_task()
    assert values(task, "parent") == [1.0] * 200
    assert values(task, "child") == [2.0] * 100
    assert len(lookup.readers(task._session.task_dir)) == 2
    assert task.get_reported_console_output(2) == ["from the child", "from the parent"]
    assert task.status == "completed"


@needs_fork
def test_a_child_that_reports_nothing_leaves_no_trace(
    run_script: RunScript, only_task: OnlyTask
) -> None:
    run_script(
        START
        + """
task = Task.init("p", "n")
if os.fork() == 0:
    sys.exit(1)
os.wait()
"""
    )
    task = only_task()
    assert len(lookup.readers(task._session.task_dir)) == 1
    assert task.status == "completed"


@needs_fork
def test_fork_while_other_threads_report(run_script: RunScript, only_task: OnlyTask) -> None:
    done = run_script(
        START
        + """
task = Task.init("p", "n")
stop = threading.Event()
def report(number):
    i = 0
    while not stop.is_set():
        task.logger.report_scalar("t", f"thread {number}", float(i), i)
        i += 1
    counts[number] = i
counts = {}
threads = [threading.Thread(target=report, args=(n,)) for n in range(4)]
for thread in threads: thread.start()
for child in range(5):
    pid = os.fork()
    if pid == 0:
        task.logger.report_scalar("t", "child", 1.0, child)
        os._exit(0)
    os.waitpid(pid, 0)
stop.set()
for thread in threads: thread.join()
read = task.get_reported_scalars()["t"]
for number, count in counts.items():
    assert sorted(read[f"thread {number}"]["y"]) == list(range(count)), number
assert len(read["child"]["x"]) == 5
"""
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_report_to_the_task(
    run_script: RunScript, only_task: OnlyTask, method: str
) -> None:
    import multiprocessing

    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"{method} is not to be had here")
    done = run_script(
        START
        + f"""
def work(number):
    Logger.current_logger().report_scalar("t", "worker", float(number), number)
if __name__ == "__main__":
    task = Task.init("p", "n")
    context = multiprocessing.get_context("{method}")
    workers = [context.Process(target=work, args=(n,)) for n in range(3)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    assert [w.exitcode for w in workers] == [0, 0, 0]
"""
    )
    assert done.returncode == 0, done.stderr
    task = only_task()
    assert values(task, "worker") == [0.0, 1.0, 2.0]
    assert task.status == "completed"


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("call", ["Logger.current_logger()", "Task.current_task()"])
def test_what_a_spawned_child_prints_is_in_the_console(
    run_script: RunScript, only_task: OnlyTask, call: str, streams: bool
) -> None:
    done = run_script(
        START
        + f"""
import multiprocessing
def work():
    joined = {call}
    assert joined is not None
    print("printed by the child")
    Task.current_task().add_tags("child")
if __name__ == "__main__":
    task = Task.init("p", "n", auto_connect_streams={streams})
    worker = multiprocessing.get_context("spawn").Process(target=work)
    worker.start()
    worker.join()
    assert worker.exitcode == 0
"""
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "printed by the child\n"
    task = only_task()
    assert task.get_tags() == ["child"]
    told = task.get_reported_console_output(10)
    assert ("printed by the child" in told) is streams


def test_a_forked_child_and_its_parent_describe_the_task_both(
    run_script: RunScript, only_task: OnlyTask
) -> None:
    done = run_script(
        START
        + """
task = Task.init("p", "n", tags=["first", "unwanted"])
if os.fork() == 0:
    mine = Task.current_task()
    mine.add_tags(["child"])
    mine.remove_tags("unwanted")
    mine.set_user_properties(child=1)
    mine.set_parameter("child", 1)
    os._exit(0)
os.wait()
task.add_tags(["parent"])
task.set_user_properties(parent=2)
task.set_parameter("parent", 2)
assert task.get_tags() == ["first", "child", "parent"], task.get_tags()
"""
    )
    assert done.returncode == 0, done.stderr
    task = only_task()
    assert task.get_tags() == ["first", "child", "parent"]
    assert task.get_user_properties(value_only=True) == {"child": "1", "parent": "2"}
    assert task.get_parameters() == {"child": "1", "parent": "2"}


def test_a_script_started_by_the_task_joins_it_or_has_its_own(
    run_script: RunScript, home: object
) -> None:
    done = run_script(
        START
        + """
same = "from stripchart import Task; print(Task.init('p', 'n').id)"
other = "from stripchart import Task; t = Task.init('p', 'other'); print(t.id, t.parent)"
task = Task.init("p", "n")
for code in (same, other):
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(told.stdout.replace(task.id, "mine"), end="")
task.close()
told = subprocess.run([sys.executable, "-c", same], capture_output=True, text=True, check=True)
print(told.stdout.strip() != task.id)
"""
    )
    first, second, third = done.stdout.splitlines()
    assert first == "mine"
    assert second.endswith(" mine")
    assert not second.startswith("mine")
    assert third == "True"


def test_sixteen_threads_lose_nothing(run_script: RunScript, only_task: OnlyTask) -> None:
    done = run_script(
        START
        + """
task = Task.init("p", "n")
def report(number):
    for i in range(2000):
        task.logger.report_scalar("t", f"{number}", float(i), i)
        if i % 500 == 0:
            task.logger.report_text(f"{number} at {i}", print_console=False)
threads = [threading.Thread(target=report, args=(n,)) for n in range(16)]
for thread in threads: thread.start()
"""
    )
    assert done.returncode == 0, done.stderr
    task = only_task()
    assert all(values(task, f"{n}") == list(range(2000)) for n in range(16))
    assert len(task.get_reported_console_output(1000)) == 64
