"""What Fire calls functions and classes with is in the task before the call, and nothing is called twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.capture.command_lines import parameters

pytest.importorskip("fire")

SCRIPT = """
from stripchart import Task
EARLY
import fire

calls = []

def parsed(text):
    calls.append(text)
    return text.upper()

def train(rate=0.1, *files, layers=(1, 2), name=None, on=False, **more):
    task = Task.init("p", "n")
    assert task.get_parameters(), "known before the training"

@fire.decorators.SetParseFns(name=parsed)
def named(name):
    Task.init("p", "n")
    assert (name, calls) == ("A", ["a"])

async def later(rate): Task.init("p", "n")

class Main:
    def __init__(self, depth=3): pass
    def fit(self, rate, steps=2): Task.init("p", "n")
    def to_test(self): pass
    @property
    def dear(self): raise RuntimeError("not to be looked at")
    def _private(self): pass
"""
TRAIN = {"rate": 0.1, "files": [], "layers": (1, 2), "name": None, "on": False}


@pytest.mark.parametrize("early", ["", "Task.init('p', 'n')"])
@pytest.mark.parametrize(
    ("component", "line", "wanted"),
    [
        ("train", "", TRAIN),
        (
            "train",
            "5e-1 a 7 --layers [3,4] --on --extra x=1",
            TRAIN | {"rate": 0.5, "files": ["a", 7], "layers": [3, 4], "on": True, "extra": "x=1"},
        ),
        ("train", "--name {'a':1}", {**TRAIN, "name/a": 1}),
        ("named", "a", {"name": "a"}),
        ("later", "--rate=2", {"rate": 2}),
        (
            "Main",
            "--depth 5 fit 0.5",
            {"depth": 5, "fit": True, "to_test": False, "fit/rate": 0.5, "fit/steps": 2},
        ),
        ("Main()", "fit --rate 1", {"fit": True, "to_test": False, "fit/rate": 1, "fit/steps": 2}),
        (
            "{'fit': later, 'in': {'deep': later}}",
            "in deep 1",
            {"fit": False, "in": True, "in/deep": True, "in/deep/rate": 1},
        ),
    ],
)
def test_what_is_called_is_recorded(
    tmp_path: Path, early: str, component: str, line: str, wanted: dict[str, Any]
) -> None:
    wanted = {n: v for n, v in wanted.items() if not (n == "name" and "name/a" in wanted)}
    code = SCRIPT.replace("EARLY", early) + f"fire.Fire({component})\n"
    assert parameters(tmp_path, code, *line.split()) == wanted


def test_a_command_given_in_the_script(tmp_path: Path) -> None:
    code = SCRIPT.replace("EARLY", "") + "fire.Fire(train, command='--rate 3')\n"
    assert parameters(tmp_path, code) == TRAIN | {"rate": 3}


def test_parameters_are_chosen_by_name(tmp_path: Path) -> None:
    early = "Task.init('p', 'n', auto_connect_arg_parser={'*': False, 'rate': True})"
    code = SCRIPT.replace("EARLY", early) + "fire.Fire(train)\n"
    assert parameters(tmp_path, code) == {"rate": 0.1}
