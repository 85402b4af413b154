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

SCRIPTS = Path(__file__).parent / "scripts"
SOURCE = Path(__file__).parents[2] / "src"
PATIENCE_SEC = 120

_MARK = "# <task>"
_WITHOUT = "pass"
_WITH = 'from stripchart import Task; Task.init("p", "differential")'
_OUR_LINE = re.compile(rb"^Stripchart: .*\n", re.MULTILINE)
# A frame of ours in a traceback: its place, its source, the marks below it.
_OUR_FRAME = re.compile(
    rb'^ +File "[^"\n]*(?:/stripchart/| of stripchart)[^"\n]*", line \d+.*\n(?:^ {4,}(?!File ).*\n)*',
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
    needs: tuple[str, ...] = ()
    heavy: bool = False

    def __str__(self) -> str:
        words = [
            self.script,
            *self.python,
            *self.arguments,
            *(f"{k}={v}" for k, v in self.environment),
        ]
        return " ".join([*words, f"| {self.pipe}"] if self.pipe else words)


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
    # Output goes to files: what the script leaves running may keep a pipe open, and the order within one stays.
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        ended = _wait(_start(case, place, home, out.fileno(), err.fileno()), case.stdin)
    made = (path for path in place.rglob("*") if path not in before and path.is_file())
    return Outcome(
        ended,
        cleaned((folder / "out").read_bytes()),
        cleaned((folder / "err").read_bytes()),
        {str(path.relative_to(place)): path.read_bytes() for path in made},
    )


def _start(case: Case, place: Path, home: Path, out: int, err: int) -> subprocess.Popen[bytes]:
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
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=err,
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
