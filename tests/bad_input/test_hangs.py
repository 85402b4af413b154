"""Nothing of ours may wait for ever: locks held at a fork, and log handlers that wait for our locks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.bad_input.conftest import START

if TYPE_CHECKING:
    from tests.bad_input.conftest import Run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX processes")


def test_a_fork_while_another_thread_starts_a_task(script: Run) -> None:
    done = script(
        """
import os, threading, time
from stripchart import Task
stop = threading.Event()
def start_and_close():
    while not stop.is_set():
        Task.init("project", "name", auto_connect_streams=False).close()
thread = threading.Thread(target=start_and_close)
thread.start()
for _ in range(15):
    time.sleep(0.004)
    pid = os.fork()
    if pid == 0:
        (Task.current_task() or Task.init("project", "child")).close()
        os._exit(0)
    os.waitpid(pid, 0)
stop.set()
thread.join()
print("ended")
"""
    )
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr


def test_a_loss_told_while_another_thread_reports(script: Run) -> None:
    """Where the journal cannot be mapped this is told: to a log handler whose lock the other thread holds."""
    done = script(
        """
import logging, sys, threading
from stripchart.journal import segments
segments.mmap = None
"""
        + START
        + """
held, waits = threading.Event(), threading.Event()
class Handler(logging.StreamHandler):
    def emit(self, record):
        if record.getMessage() == "hello":
            held.set()
            waits.wait(5)
            print("said with the handler's lock")  # captured: takes the journal's lock
handler = Handler(sys.stderr)
logging.getLogger().addHandler(handler)
other = threading.Thread(target=logging.warning, args=("hello",))
other.start()
held.wait()
threading.Timer(0.3, waits.set).start()
logger.report_scalar("t", "s", 1.0, 1)  # opens the segment, and tells that it cannot be mapped
other.join()
print("ended")
"""
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("ended\n")
