"""What a task is called on the command line: its id, its name, the start of its id; never silently another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.cli import main

Capture = pytest.CaptureFixture[str]
VERBS = ["show", "scalars", "console", "verify"]


def recorded(name: str) -> str:
    """Record an ended task and return its id."""
    task = Task.init("demo", name, auto_connect_streams=False)
    task.get_logger().report_text(f"text of {task.id}", print_console=False)
    task.get_logger().report_scalar(task.id, "loss", 1.0, 0)
    task.close()
    return task.id


def run(capfd: Capture, *words: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = main(words)
    out, err = capfd.readouterr()
    return code, out, err


@pytest.mark.parametrize("verb", VERBS)
def test_a_name_wins_over_the_start_of_another_id(verb: str, home: Path, capfd: Capture) -> None:
    other = recorded("other")
    named = recorded(other[:6])
    code, out, err = run(capfd, verb, other[:6])
    assert code == 0
    if verb == "verify":
        assert "records" in out
    else:
        assert named in out
        assert other not in out
    assert named in err
    assert other in err
    assert len(err.splitlines()) == 1
    assert run(capfd, verb, other)[2] == ""


def test_a_whole_id_wins_over_a_name(home: Path, capfd: Capture) -> None:
    meant = recorded("meant")
    named = recorded(meant)
    code, out, err = run(capfd, "console", meant)
    assert (code, out) == (0, f"text of {meant}\n")
    assert named in err


@pytest.mark.parametrize("verb", VERBS)
def test_the_start_of_several_ids_names_none(
    verb: str, home: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    urandom = os.urandom
    monkeypatch.setattr(os, "urandom", lambda n: b"\xab\xcd"[:n] + urandom(max(0, n - 2)))
    first, second = recorded("first"), recorded("second")
    code, out, err = run(capfd, verb, "abcd")
    assert (code, out) == (1, "")
    for shown in (first, second, "first", "second"):
        assert shown in err
    assert run(capfd, verb, first)[0] == 0


@pytest.mark.parametrize("verb", VERBS)
def test_of_several_with_one_name_the_latest_is_taken_and_told(
    verb: str, home: Path, capfd: Capture
) -> None:
    older, latest = recorded("run"), recorded("run")
    code, _, err = run(capfd, verb, "run")
    assert code == 0
    assert err.index(latest) < err.index(older)


@pytest.mark.parametrize("verb", VERBS)
def test_a_name_can_be_typed_as_it_is_shown(verb: str, home: Path, capfd: Capture) -> None:
    recorded("plain")
    odd = recorded("a\x1b[31mred\nline")
    for wanted in ("a\x1b[31mred\nline", r"a\x1b[31mred\nline"):
        code, out, err = run(capfd, verb, wanted)
        assert (code, err) == (0, "")
        assert verb == "verify" or odd in out


@pytest.mark.parametrize("verb", VERBS)
def test_too_short_a_start_is_told(verb: str, home: Path, capfd: Capture) -> None:
    task = recorded("run")
    code, out, err = run(capfd, verb, task[:3])
    assert (code, out) == (1, "")
    assert "needs 4 characters" in err
    assert run(capfd, verb, task[:4].upper())[0] == 0
    assert run(capfd, verb, "")[0] == 1
