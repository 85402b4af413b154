"""A training that runs under pytest: streams that pytest has replaced are captured and given back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stripchart import Task

TESTS = """
import logging, os, sys
import pytest
from stripchart import Task

def test_plain():
    before = sys.stdout
    task = Task.init("capture", "plain")
    print("one"); print("error", file=sys.stderr); logging.getLogger("x").warning("not printed")
    task.close()
    assert sys.stdout is before
    assert "write" not in vars(sys.stdout)
    print("after")

def test_capsys(capsys):
    task = Task.init("capture", "capsys")
    print("two")
    assert capsys.readouterr().out == "two\\n"
    task.close()
    print("after")
    assert capsys.readouterr().out == "after\\n"

def test_capfd(capfd):
    task = Task.init("capture", "capfd")
    print("three"); os.system("echo native")
    task.close()
    assert capfd.readouterr().out == "three\\nnative\\n"

@pytest.fixture(scope="module")
def task():
    task = Task.init("capture", "fixture")
    yield task
    task.close()

def test_first(task, caplog):
    print("four"); logging.getLogger("x").warning("logged")
    assert "logged" in caplog.text

def test_second(task, monkeypatch):
    print("five")
"""


@pytest.mark.parametrize("options", [(), ("-s",), ("--capture=sys",), ("-n", "1")])
def test_a_task_in_a_test(options: tuple[str, ...], tmp_path: Path) -> None:
    if "-n" in options:
        pytest.importorskip("xdist")
    (tmp_path / "test_training.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "5 passed" in done.stdout
    found = {
        name: "\n".join(
            Task.get_task(project_name="capture", task_name=name).get_reported_console_output(100)
        ).splitlines()
        for name in ("plain", "capsys", "capfd", "fixture")
    }
    # With -s pytest's own dots go the same way.
    told = {
        name: [line.lstrip(".") for line in lines if line.strip(".")]
        for name, lines in found.items()
    }
    assert told == {
        "plain": ["one", "error"],
        "capsys": ["two"],
        "capfd": ["three"],
        "fixture": ["four", "five"],
    }
