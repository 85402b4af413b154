"""Systems that lack what Linux has (macOS, Windows): everything imports, and a report is kept and read back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The standard library and third parties come first: they have been made for this system, and are not on trial.
TAKE_AWAY = """
import importlib, multiprocessing.util, os, pkgutil, random, select, signal, subprocess, sys, types
import backports.zstd, msgspec, numpy, psutil, tempfile, traceback, zlib, PIL.Image

MODULES = {"fcntl", "grp", "pwd", "resource", "termios", "syslog", "posix"}
OS = [
    "fdatasync", "fork", "forkpty", "getloadavg", "getuid", "geteuid", "getgid", "getpriority", "getsid", "killpg",
    "nice", "pidfd_open", "posix_fadvise", "posix_fallocate", "posix_spawn", "posix_spawnp", "pread", "preadv",
    "pwrite", "pwritev", "register_at_fork", "sched_getaffinity", "sched_setaffinity", "setpriority", "setsid",
    "sysconf", "uname", "wait", "wait4", "waitid", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW",
]
SIGNALS = ["SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGPIPE"]

if sys.argv[1] == "darwin":  # a Unix, without what is Linux's own
    MODULES.clear()
    SIGNALS.clear()
    OS = ["fdatasync", "pidfd_open", "posix_fadvise", "posix_fallocate", "sched_getaffinity", "sched_setaffinity"]

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nothing())
for name in MODULES:
    sys.modules.pop(name, None)
MORE = ["poll", "epoll"] if sys.argv[1] == "win32" else ["epoll"]
for owner, names in ((os, OS), (signal, SIGNALS), (select, MORE)):
    for name in names:
        if hasattr(owner, name):
            delattr(owner, name)
"""
PRETEND = """
sys.platform = sys.argv[1]
if sys.platform == "win32":
    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=lambda fd, mode, count: None)
"""
USE = """
import stripchart
for room in ("sdk", "journal", "recorder"):
    package = importlib.import_module(f"stripchart.{room}")
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
importlib.import_module("stripchart.recorder.__main__")

task = stripchart.Task.init("p", "n")
for i in range(20_000):
    task.logger.report_scalar("t", "s", i / 2, i)
print("a line of text")
folder = task._session.task_dir
task.close()
from pathlib import Path
from stripchart.journal.reader import writer_dirs
from stripchart.journal.sealing import compress, compressible, seal, sync
from stripchart.journal.verify import verify
for directory in writer_dirs(folder):
    seal(directory)
    sync(directory)
    for name in compressible(directory, ended=True):
        assert compress(directory, name, ended=True)
report = verify(folder)
assert report.sound
read = stripchart.Task.get_task(task.id)
points = read.get_reported_scalars()["t"]["s"]
assert points["x"] == list(range(20_000)) and points["y"][-1] == 19_999 / 2
assert read.get_reported_console_output(1) == ["a line of text"]
assert read.status == "completed", read.status

from stripchart.recorder.lock import RecorderLock, Request
from stripchart.recorder.readings import Readings
from stripchart.recorder.watching import Watch
lock = RecorderLock(folder, "host")
assert lock.acquire(Request(pid=os.getpid(), attempt=0), patience_sec=0)
lock.release()
watch = Watch(os.getpid())
assert watch.fileno() is None and not watch.ended()
assert "memory_free_gb" in Readings(folder).begin({os.getpid()})[":monitor:machine"]
sys.__stdout__.write("all of it\\n")
"""


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_modules_import_and_work_without_what_only_some_systems_have(
    home: Path, system: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TAKE_AWAY + PRETEND + USE, system],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.endswith("all of it\n"), done.stderr
