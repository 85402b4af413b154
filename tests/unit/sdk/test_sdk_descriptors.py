"""Capture of descriptors: what native code and child processes print is passed on unchanged, and recorded."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stripchart.records import ConsoleWritten, Noted
from stripchart.sdk import lookup

BEGIN = """
import os, subprocess, sys, time
from stripchart import Task
task = Task.init("p", "n", auto_connect_streams={"stdout": True, "stderr": True, "descriptors": True})
"""
PRINTING = """
print("python", os.isatty(1), os.isatty(2))
os.write(1, b"native \\xff\\n")
subprocess.run(["sh", "-c", "echo child; echo trouble >&2; tty 2>/dev/null <&1 | wc -l"])
print("naïve", file=sys.stderr)
sys.stdout.buffer.write(b"bytes\\n")
"""


def start(code: str, tmp_path: Path, **options: object) -> subprocess.Popen[bytes]:
    script = tmp_path / "script.py"
    script.write_text(code)
    return subprocess.Popen([sys.executable, str(script)], **options)  # type: ignore[call-overload, no-any-return]


def run(code: str, tmp_path: Path) -> tuple[bytes, bytes, int]:
    process = start(code, tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=30)
    return out, err.partition(b"to be seen with: stripchart ui\n")[2], process.returncode


def recorded(home: Path, wanted: Callable[[str], bool] = bool) -> dict[str, str]:
    """Return the text of each stream, as soon as it is what is wanted: the recording lags behind a process's end."""
    for _ in range(100):
        texts = {"stdout": "", "stderr": ""}
        for record in records(home):
            if isinstance(record, ConsoleWritten) and record.stream in texts:
                texts[record.stream] += record.text
        if wanted(texts["stdout"]):
            break
        time.sleep(0.05)
    return texts


def records(home: Path) -> list[object]:
    (task_dir,) = (home / "tasks").iterdir()
    return [record for reader in lookup.readers(task_dir) for record in lookup.records_of(reader)]


def test_whoever_writes_it_goes_where_it_went_and_is_recorded(home: Path, tmp_path: Path) -> None:
    out, err, code = run(BEGIN + PRINTING, tmp_path)
    plain_out, _, _ = run("import os, subprocess, sys, time\n" + PRINTING, tmp_path)
    assert (sorted(out.splitlines()), code) == (sorted(plain_out.splitlines()), 0)
    assert sorted(err.splitlines()) == sorted([b"trouble", "naïve".encode()])
    texts = recorded(home, lambda text: "bytes" in text)
    assert texts["stdout"] == out.decode(errors="replace")
    assert sorted(texts["stderr"].splitlines()) == ["naïve", "trouble"]


def test_it_ends_with_the_task_and_begins_with_the_next(home: Path, tmp_path: Path) -> None:
    code = """
    os.write(1, b"first\\n"); task.close(); os.write(1, b"between\\n")
    task = Task.init("p", "n", auto_connect_streams={"stdout": True, "descriptors": True})
    os.write(1, b"second\\n"); task.close(); os.write(1, b"after\\n")
    """.replace("    ", "")
    out, _, status = run(BEGIN + code, tmp_path)
    assert (out, status) == (b"first\nbetween\nsecond\nafter\n", 0)
    found = []
    for task_dir in sorted((home / "tasks").iterdir()):
        texts = [
            record.text
            for reader in lookup.readers(task_dir)
            for record in lookup.records_of(reader)
            if isinstance(record, ConsoleWritten)
        ]
        found.append("".join(texts))
    assert sorted(found) == ["first\n", "second\n"]


def test_a_killed_process_loses_none_of_it(home: Path, tmp_path: Path) -> None:
    code = 'for i in range(20_000): os.write(1, b"line %d\\n" % i)\nos.kill(os.getpid(), 9)'
    out, _, status = run(BEGIN + code, tmp_path)
    assert status == -signal.SIGKILL
    wanted = b"".join(b"line %d\n" % i for i in range(20_000))
    assert out == wanted
    assert recorded(home, lambda text: len(text) == len(wanted))["stdout"].encode() == wanted


def test_when_the_side_process_dies_the_descriptors_come_back(home: Path, tmp_path: Path) -> None:
    code = """
    os.write(1, b"before\\n")
    sleeper = subprocess.Popen(["sh", "-c", "read x; echo late"], stdin=subprocess.PIPE)
    print("ready", flush=True)
    sys.stdin.readline()
    while any(t.name == "stripchart-descriptors" for t in __import__("threading").enumerate()) and \\
            os.fstat(1).st_ino == inner: time.sleep(0.01)
    for i in range(3000): os.write(1, b"%d " % i + b"x" * 100 + b"\\n")
    sleeper.communicate(b"go\\n")
    task.close()
    """.replace("\n    ", "\n")
    process = start(
        BEGIN + "inner = os.fstat(1).st_ino" + code,
        tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"before\n"
    assert process.stdout.readline() == b"ready\n"
    _kill_tee(home)
    out, _ = process.communicate(b"go on\n", timeout=30)
    lines = out.splitlines()
    assert process.returncode == 0
    assert [line.split()[0] for line in lines if line != b"late"] == [
        b"%d" % i for i in range(3000)
    ]
    assert b"late" in lines
    notes = [r for r in records(home) if isinstance(r, Noted) and r.code == "descriptors"]
    assert len(notes) == 1


def _kill_tee(home: Path) -> None:
    (task_dir,) = (home / "tasks").iterdir()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes()
            if b"stripchart.recorder.tee" in line and os.fsencode(task_dir) in line:
                os.kill(int(folder.name), signal.SIGKILL)
                return
    pytest.fail("there is no side process")


@pytest.mark.parametrize("line", ["", BEGIN])
def test_a_reader_that_goes_away_is_noticed_by_who_writes(
    home: Path, tmp_path: Path, line: str
) -> None:
    code = """
import os, time
print("first", flush=True)
for _ in range(2000):
    time.sleep(0.005)
    os.write(1, b"more\\n")
"""
    process = start(line + code, tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"BrokenPipeError" in err


def test_a_terminal_stays_one_of_the_same_size_for_child_processes_too(
    home: Path, tmp_path: Path
) -> None:
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))
    code = """
print(os.get_terminal_size(1), flush=True)
subprocess.run([sys.executable, "-c", "import os; print(os.isatty(1), os.get_terminal_size(2))"])
print("\\x1b[31mred\\x1b[0m", file=sys.stderr)
"""
    process = start(BEGIN + code, tmp_path, stdout=slave, stderr=slave)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):
        while data := os.read(master, 1 << 16):
            shown += data
    assert process.wait(timeout=30) == 0
    size = b"os.terminal_size(columns=101, lines=33)"
    assert shown.split(b"\r\n")[1:] == [size, b"True " + size, b"\x1b[31mred\x1b[0m", b""]
    os.close(master)
    # Both descriptors mean one terminal: one way, so that the order is kept.
    assert recorded(home, lambda text: "red" in text)["stdout"].count("terminal_size") == 2


def test_children_that_join_are_recorded_once(home: Path, tmp_path: Path) -> None:
    code = """
import multiprocessing
def work(): print("worked", flush=True)
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        process = multiprocessing.get_context(method).Process(target=work)
        process.start(); process.join()
    print("done")
"""
    guarded = BEGIN.replace("task = ", "task = __name__ == '__main__' and ")
    out, _, status = run(guarded + code, tmp_path)
    assert (out, status) == (b"worked\nworked\ndone\n", 0)
    assert recorded(home, lambda text: "done" in text)["stdout"] == out.decode()
