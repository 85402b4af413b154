"""How a process ends is what its task says; and the process ends as it would without us."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

from stripchart import Task
from stripchart.records import StatusChanged, WriterClosed
from stripchart.sdk import lookup

START = """
import os, signal, sys, threading
from stripchart import Task
task = Task.init("p", "n")
task.logger.report_scalar("t", "s", 1.0, 1)
"""

OnlyTask = Callable[[], Task]
RunScript = Callable[..., "subprocess.CompletedProcess[str]"]


def last_status(task: Task) -> StatusChanged | None:
    [reader] = lookup.readers(task._session.task_dir)
    found = [r for r in lookup.records_of(reader) if isinstance(r, StatusChanged)]
    return found[-1] if found else None


def is_closed(task: Task) -> bool:
    [reader] = lookup.readers(task._session.task_dir)
    return isinstance(list(lookup.records_of(reader))[-1], WriterClosed)


def caught(code: str) -> str:
    """Call ``sys.exit`` in a function that catches it, and go on."""
    return (
        f"def f():\n    try:\n        sys.exit({code})\n    except SystemExit:\n        pass\nf()\n"
    )


@pytest.mark.parametrize(
    ("ending", "exit_code", "status", "reason", "observed"),
    [
        ("", 0, "completed", "", False),
        ("task.close()", 0, "completed", "", False),
        ("sys.exit()", 0, "completed", "", True),
        ("sys.exit(0)", 0, "completed", "", True),
        ("sys.exit(3)", 3, "failed", "exit code 3", True),
        ("sys.exit('no data')", 1, "failed", "no data", True),
        (r"sys.exit('\n no data\nin /data')", 1, "failed", "no data", True),
        ("sys.exit(1.5)", 1, "failed", "1.5", True),
        ("sys.exit((1, 2))", 1, "failed", "(1, 2)", True),
        ("sys.exit(SystemExit(3))", 3, "failed", "exit code 3", True),
        ("sys.exit('')", 1, "failed", "exit code 1", True),
        (
            "class Odd:\n    def __str__(self):\n        raise ValueError\nsys.exit(Odd())",
            1,
            "failed",
            "Odd",
            True,
        ),
        ("def main():\n    sys.exit(4)\nmain()", 4, "failed", "exit code 4", True),
        ("try:\n    sys.exit(4)\nexcept OSError:\n    pass", 4, "failed", "exit code 4", True),
        ("try:\n    sys.exit(4)\nfinally:\n    print()", 4, "failed", "exit code 4", True),
        # The code is not to be learnt inside the process; the recorder sees it.
        ("raise SystemExit(5)", 5, "completed", "", True),
        (caught("6"), 0, "completed", "", False),
        ("try:\n    sys.exit(7)\nexcept SystemExit:\n    pass", 0, "completed", "", False),
        ("t = threading.Thread(target=sys.exit, args=(8,)); t.start()", 0, "completed", "", False),
        ("1 / 0", 1, "failed", "ZeroDivisionError: division by zero", False),
        ("raise KeyboardInterrupt", -2, "stopped", "KeyboardInterrupt", False),
        ("task.mark_failed(status_reason='bad')", 0, "failed", "bad", False),
        ("task.mark_stopped(); task.close()", 0, "stopped", "", False),
    ],
)
def test_the_end_is_recorded(  # noqa: PLR0917 - one for each column
    run_script: RunScript,
    only_task: OnlyTask,
    ending: str,
    exit_code: int,
    status: str,
    reason: str,
    observed: bool,
) -> None:
    done = run_script(START + ending)
    assert done.returncode == exit_code
    task = only_task()
    told = last_status(task)
    assert told is not None
    assert (told.status, told.reason, told.observed) == (status, reason, observed)
    assert task.status == status
    assert is_closed(task)
    assert task.get_reported_scalars()["t"]["s"]["y"] == [1.0]


def test_a_traceback_is_kept_and_still_printed(run_script: RunScript, only_task: OnlyTask) -> None:
    done = run_script(START + "def inner():\n    raise RuntimeError('näh')\ninner()")
    assert "RuntimeError: näh" in done.stderr
    assert done.stderr.count("Traceback") == 1
    task = only_task()
    assert "in inner" in (task.get_status_message() or "")
    assert any("RuntimeError: näh" in line for line in task.get_reported_console_output(20))


def test_the_scripts_own_hooks_are_called(run_script: RunScript, only_task: OnlyTask) -> None:
    done = run_script(
        """
import atexit, sys
sys.excepthook = lambda kind, error, trace: print("mine:", error)
"""
        + START
        + """
atexit.register(lambda: task.logger.report_scalar("t", "s", 2.0, 2))
atexit.register(print, "bye")
raise ValueError("bad")
""",
    )
    assert done.stdout == "mine: bad\nbye\n"
    task = only_task()
    assert task.status == "failed"
    assert task.get_reported_scalars()["t"]["s"]["x"] == [1, 2]


def test_hooks_are_given_back_at_close(run_script: RunScript) -> None:
    done = run_script(
        """
import os, sys
before = (sys.excepthook, sys.exit, dict(os.environ))
"""
        + START
        + """
assert os.environ["STRIPCHART_TASK_ID"] == task.id
task.close()
assert (sys.excepthook, sys.exit, dict(os.environ)) == before
assert "write" not in vars(sys.stdout)
"""
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV", "SIGHUP"])
def test_a_signal_kills_as_it_would_have(
    run_script: RunScript, only_task: OnlyTask, name: str
) -> None:
    done = run_script(START + f"os.kill(os.getpid(), signal.{name})\nprint('alive')")
    assert done.returncode == -getattr(signal, name)
    assert done.stdout == ""
    task = only_task()
    assert last_status(task) is None
    assert task.get_reported_scalars()["t"]["s"]["y"] == [1.0]
    words = "".join(p.read_text() for p in task._session.task_dir.glob("last-words-*"))
    assert ("script.py" in words) == (name in {"SIGTERM", "SIGSEGV"})


def test_the_scripts_own_handler_for_sigterm_is_left_alone(run_script: RunScript) -> None:
    done = run_script(
        START
        + """
signal.signal(signal.SIGTERM, lambda *_: print("handled"))
os.kill(os.getpid(), signal.SIGTERM)
task.close()
os.kill(os.getpid(), signal.SIGTERM)
"""
    )
    assert (done.returncode, done.stdout) == (0, "handled\nhandled\n")


def test_an_exception_of_the_scripts_signal_handler_goes_on(
    run_script: RunScript, only_task: OnlyTask
) -> None:
    done = run_script(
        START
        + """
class Late(Exception):
    pass
def late(*_):
    raise Late
signal.signal(signal.SIGALRM, late)
caught = 0
for round in range(50):
    signal.setitimer(signal.ITIMER_REAL, 0.002)
    try:
        while True:
            task.logger.report_scalar("t", "s", "1.0", 1)
            task.logger.report_scalar("t", "s", 1.0, 1)
    except Late:
        caught += 1
print(caught)
"""
    )
    assert (done.returncode, done.stdout) == (0, "50\n"), done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX processes")
def test_the_recorder_is_no_child_of_ours(run_script: RunScript, only_task: OnlyTask) -> None:
    done = run_script(
        START
        + """
try:
    os.wait()
except ChildProcessError:
    print("none")
""",
        STRIPCHART_RECORDER="1",
    )
    assert (done.returncode, done.stdout) == (0, "none\n"), done.stderr
    assert only_task().status == "completed"


def test_a_recorder_that_cannot_start_is_noted(run_script: RunScript, only_task: OnlyTask) -> None:
    done = run_script("import sys; sys.executable = ''\n" + START, STRIPCHART_RECORDER="1")
    assert done.returncode == 0
    assert "recorder did not start" in done.stderr
