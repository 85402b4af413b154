"""Run a script without and with a task, in the same folder one after the other, and compare all that can be seen of it.

The script has a line ``# <task>``. Without a task that line does nothing; with one it opens a task, on the same line,
so that tracebacks have the same numbers. Whatever else differs is a defect, but for what ``cleaned`` takes out.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SCRIPTS = Path(__file__).parent / "scripts"
SOURCE = Path(__file__).parents[2] / "src"
PATIENCE_SEC = 120

_MARK = "# <task>"
_WITHOUT = "pass"
_WITH = 'from stripchart import Task; Task.init("p", "differential")'
_OUR_LINE = re.compile(rb"^Stripchart: .*\r?\n", re.MULTILINE)
# A frame of ours in a traceback: its place, its source, the marks below it.
_OUR_FRAME = re.compile(
    rb'^ +File "[^"\n]*(?:/stripchart/| of stripchart)[^"\n]*", line \d+.*\r?\n(?:^ {4,}(?!File ).*\r?\n)*',
    re.MULTILINE,
)
_EMPTY_TRACEBACK = re.compile(rb"^Traceback \(most recent call last\):\n(?=\S)", re.MULTILINE)
_ADDRESS = re.compile(rb"0x[0-9a-f]{6,}")


@dataclass(frozen=True, slots=True)
class Case:
    """Say how a script is run: its arguments, Python's own, what it reads, and what reads its output."""

    script: str
    arguments: tuple[str, ...] = ()
    python: tuple[str, ...] = ()
    stdin: bytes = b""
    pipe: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    on_terminal: bool = False  # all its streams are one
    needs: tuple[str, ...] = ()
    heavy: bool = False

    def __str__(self) -> str:
        words = [
            self.script,
            *self.python,
            *self.arguments,
            *(f"{k}={v}" for k, v in self.environment),
        ]
        words += [f"| {self.pipe}"] if self.pipe else []
        return " ".join([*words, "on a terminal"] if self.on_terminal else words)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what can be seen of a run."""

    ended: int
    out: bytes
    err: bytes
    files: dict[str, bytes] = field(default_factory=dict)


def run_twice(case: Case, folder: Path, home: Path) -> tuple[Outcome, Outcome]:
    """Return how a script went without a task, and with one."""
    return _run(case, folder, home, _WITHOUT), _run(case, folder, home, _WITH)


def _run(case: Case, folder: Path, home: Path, line: str) -> Outcome:
    place = folder / "place"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(SCRIPTS, place, ignore=shutil.ignore_patterns("__pycache__"))
    script = place / f"{case.script}.py"
    text = script.read_text()
    assert text.count(_MARK) == 1, "a script has one line that opens the task"
    script.write_text(text.replace(_MARK, line))
    before = set(place.rglob("*"))
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        if case.on_terminal:
            ended = _run_on_terminal(case, place, home, out)
        else:
            # Files: what the script leaves running may keep a pipe open, and the order within each stays.
            started = _start(case, place, home, (subprocess.PIPE, out.fileno(), err.fileno()))
            ended = _wait(started, case.stdin)
    made = (path for path in place.rglob("*") if path not in before and path.is_file())
    return Outcome(
        ended,
        cleaned((folder / "out").read_bytes()),
        cleaned((folder / "err").read_bytes()),
        {str(path.relative_to(place)): path.read_bytes() for path in made},
    )


def _run_on_terminal(case: Case, place: Path, home: Path, out: IO[bytes]) -> int:
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    started = _start(case, place, home, (theirs, theirs, theirs))
    os.close(theirs)
    os.write(ours, case.stdin)
    while True:
        try:
            read = os.read(ours, 1 << 16)
        except OSError:  # nobody holds the other end any more
            break
        if not read:
            break
        out.write(read)
    os.close(ours)
    return started.wait(PATIENCE_SEC)


def _start(
    case: Case, place: Path, home: Path, streams: tuple[int, int, int]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, *case.python, f"{case.script}.py", *case.arguments]
    if case.python[:1] == ("-m",):
        command = [sys.executable, "-m", case.script, *case.arguments]
    if case.pipe:
        command = ["bash", "-c", f'set -o pipefail; "$@" | {case.pipe}', "bash", *command]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STRIPCHART", "PYTEST"))
    }
    environment |= {
        "HOME": str(place),
        "MPLCONFIGDIR": str(home.parent / "matplotlib"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(SOURCE),
        "STRIPCHART_HOME": str(home),
        "STRIPCHART_STRICT": "1",  # an error of ours is a difference too
        **dict(case.environment),
    }
    return subprocess.Popen(
        command,
        cwd=place,
        env=environment,
        stdin=streams[0],
        stdout=streams[1],
        stderr=streams[2],
        start_new_session=True,
    )


def _wait(process: subprocess.Popen[bytes], stdin: bytes) -> int:
    try:
        process.communicate(stdin, timeout=PATIENCE_SEC)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return process.returncode


def cleaned(output: bytes) -> bytes:
    """Return output without our one line, our frames in tracebacks, and addresses, which no two runs share."""
    for ours, instead in (
        (_OUR_LINE, b""),
        (_OUR_FRAME, b""),
        (_EMPTY_TRACEBACK, b""),
        (_ADDRESS, b"0x"),
    ):
        output = ours.sub(instead, output)
    return output
