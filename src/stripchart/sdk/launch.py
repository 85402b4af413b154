"""Start the recorder: one side process that must not be noticed by the training process.

On POSIX it is started through ``/bin/sh``, which puts it into the background and ends at once: were the recorder
our own child, a script that waits for *any* child (``os.wait()`` until there is none left) would wait for ever.
The shell is waited for by pid, a millisecond or two. A new session keeps terminal signals from it; nothing of ours
is forked (``posix_spawn``), so the size of the process does not matter. On Linux it inherits one descriptor, which
means this process even after its end (a pidfd): so a script that is killed before its recorder is up is explained
too. No other program that the script starts gets it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stripchart.journal.liveness import is_running

_SHELL = "/bin/sh"
_FIRST_PASSED, _LAST_PASSED = 3, 9  # numbers of descriptors in the new process
# The shell's own "&" gives the background process /dev/null as its input.
_SCRIPT = 'cd / && "$@" &'


def start_recorder(task_dir: Path, *, attempt: int, options: Sequence[str] = ()) -> None:
    """Start the recorder of a task and return without waiting for it; ``options`` are of its command line.

    Raises:
        OSError: it could not be started.
    """
    if not sys.executable:
        raise OSError("there is no Python interpreter to run it (sys.executable is empty)")
    arguments = [str(task_dir), "--attempt", str(attempt), "--pid", str(os.getpid()), *options]
    command = [sys.executable, "-m", "stripchart.recorder", *arguments]
    if can_pass_descriptors():
        pidfd = _pidfd_of_ours()
        try:
            _spawn_shell(command, {} if pidfd is None else {"--pidfd": pidfd})
        finally:
            if pidfd is not None:
                os.close(pidfd)
    else:
        _start_directly(command, _environment())


def start_server(home: Path) -> None:
    """Start the server of a home and return without waiting for it; where one is running it ends at once.

    Raises:
        OSError: it could not be started.
    """
    if not sys.executable:
        raise OSError("there is no Python interpreter to run it (sys.executable is empty)")
    command = [sys.executable, "-m", "stripchart.cli", "ui", "--no-browser", "--home", str(home)]
    if can_pass_descriptors():
        _spawn_shell(command, {})
    else:
        _start_directly(command, _environment())


def can_pass_descriptors() -> bool:
    """Say whether a side process can be started with descriptors of ours."""
    return hasattr(os, "posix_spawn") and os.access(_SHELL, os.X_OK)


def start_tee(task_dir: Path, *, attempt: int, rank: int, passed: Mapping[str, int]) -> None:
    """Start the process that passes on what this one writes; ``passed`` are its descriptors by their options.

    Raises:
        OSError: it could not be started.
    """
    if not sys.executable:
        raise OSError("there is no Python interpreter to run it (sys.executable is empty)")
    arguments = [str(task_dir), "--attempt", str(attempt), "--rank", str(rank)]
    _spawn_shell([sys.executable, "-m", "stripchart.recorder.tee", *arguments], passed)


def is_recorded_here(task_dir: Path, host: str) -> bool:
    """Say whether a recorder of this host watches a task; in doubt not, as a second one leaves at once."""
    return _watching(task_dir, host) is True


def was_recorder_killed(task_dir: Path, host: str) -> bool:
    """Say whether a recorder of this host watched a task, and is gone without having ended."""
    return _watching(task_dir, host) is False


def _watching(task_dir: Path, host: str) -> bool | None:
    """Say whether the process lives that says it watches; None where none says so, or this cannot be known."""
    # As the recorder writes into it: the phase, then its pid.
    try:
        phase, pid, *_ = _recorder_file(task_dir, host, "lock").read_text().split()
        if phase != "watching" or os.name != "posix":
            return None
        return is_running(int(pid))
    except (OSError, ValueError, OverflowError):
        return None


def ask_to_watch(task_dir: Path, host: str, *, attempt: int, rank: int) -> None:
    """Leave this process, a rank, to who records the task on this host: it may be gone before its own recorder is up.

    Raises:
        OSError: the folder cannot be written.
    """
    import json
    import time

    asked = {"pid": os.getpid(), "attempt": attempt, "rank": rank, "asked_at": time.time()}
    with open(_recorder_file(task_dir, host, "watch"), "ab") as file:
        file.write(json.dumps(asked).encode() + b"\n")


def _recorder_file(task_dir: Path, host: str, kind: str) -> Path:
    # As the recorder names it.
    name = re.sub(r"[^\w.-]", "_", host) or "host"
    return task_dir / f"recorder-{name}.{kind}"


def _environment() -> dict[str, str]:
    """Return our environment, with this package found where we found it."""
    environment = dict(os.environ)
    package_root = str(Path(__file__).parents[2])
    others = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join(
        [package_root, others] if others else [package_root]
    )
    return environment


def _pidfd_of_ours() -> int | None:
    """Open a descriptor that means this process; closed in every program that is started but for the recorder."""
    opener = getattr(os, "pidfd_open", None)
    try:
        return None if opener is None else int(opener(os.getpid()))
    except OSError:  # an old kernel, a sandbox, no descriptor left
        return None


def _spawn_shell(command: list[str], passed: Mapping[str, int]) -> None:
    """Start a command in the background; it gets the descriptors, and is told their numbers as options."""
    environment = _environment()
    actions: list[Any] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        *((os.POSIX_SPAWN_CLOSE, fd) for fd in _inheritable()),
    ]
    # Copies with numbers that are none of the new ones. Shells keep numbers below 10 for what they are given.
    copies = [_copy_above(_LAST_PASSED, fd) for fd in passed.values()]
    for place, (option, copy) in enumerate(zip(passed, copies, strict=True)):
        actions.append((os.POSIX_SPAWN_DUP2, copy, _FIRST_PASSED + place))
        command = [*command, option, str(_FIRST_PASSED + place)]
    try:
        _spawn(command, environment, actions)
    finally:
        for copy in copies:
            os.close(copy)


def _copy_above(number: int, fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, number + 1)


def _spawn(command: list[str], environment: dict[str, str], actions: list[Any]) -> None:
    argv = [_SHELL, "-c", _SCRIPT, "stripchart-recorder", *command]
    try:
        pid = os.posix_spawn(_SHELL, argv, environment, file_actions=actions, setsid=True)
    except NotImplementedError:  # an old libc cannot make the session
        pid = os.posix_spawn(_SHELL, argv, environment, file_actions=actions, setpgroup=0)
    # It may be gone already: the script ignores SIGCHLD, or another thread waits for any child.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _inheritable() -> list[int]:
    """List the descriptors above 2 that a new program would get from us."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            numbers = [int(name) for name in os.listdir(folder)]  # noqa: PTH208 - numbers, not paths
        except (OSError, ValueError):
            continue
        return [fd for fd in numbers if fd > 2 and _is_inheritable(fd)]
    return []


def _is_inheritable(fd: int) -> bool:
    try:
        return os.get_inheritable(fd)
    except OSError:
        return False


def _start_directly(command: list[str], environment: dict[str, str]) -> None:
    import subprocess

    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=Path(os.sep),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=True,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )
    # It outlives us by design: keep Popen from warning about, and waiting for, a child that still runs.
    process.returncode = 0
