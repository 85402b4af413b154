"""The flags that a script defines are in the task, whether they are parsed before it is opened or after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.command_lines import parameters, run

pytest.importorskip("absl")

SCRIPT = """
from stripchart import Task
EARLY
import enum
from absl import app, flags

class Colour(enum.Enum):
    red = 1

flags.DEFINE_float("rate", 0.1, "how fast")
flags.DEFINE_integer("none", None, "nothing")
flags.DEFINE_list("names", ["a"], "names")
flags.DEFINE_multi_integer("sizes", [1], "sizes")
flags.DEFINE_bool("on", True, "on")
flags.DEFINE_enum_class("colour", Colour.red, Colour, "which")
flags.DEFINE_string("password", "hush", "secret")

def main(argv):
    LATE

app.run(main)
"""
INIT = "Task.init('p', 'n', auto_connect_arg_parser={'password': False})"


@pytest.mark.parametrize(("early", "late"), [("", INIT), (INIT, "pass")])
def test_what_was_parsed_is_recorded(tmp_path: Path, early: str, late: str) -> None:
    code = SCRIPT.replace("EARLY", early).replace("LATE", late)
    line = "--rate 1e-2 --names x,y --sizes 3 --sizes 4 --noon --verbosity=1 rest"
    found = parameters(tmp_path, code, *line.split(), section="TF_DEFINE")
    assert found == {
        "rate": 0.01,
        "none": None,
        "names": ["x", "y"],
        "sizes": [3, 4],
        "on": False,
        "colour": "Colour.red",
        "verbosity": 1,
    }


@pytest.mark.parametrize(
    "choice", ["auto_connect_arg_parser=False", "auto_connect_frameworks={'tfdefines': False}"]
)
def test_flags_are_switched_off(tmp_path: Path, choice: str) -> None:
    code = SCRIPT.replace("EARLY", "").replace("LATE", f"Task.init('p', 'n', {choice})")
    assert parameters(tmp_path, code, section="TF_DEFINE") == {}


def test_help_is_the_description(tmp_path: Path) -> None:
    [task] = run(tmp_path, SCRIPT.replace("EARLY", "").replace("LATE", INIT))
    told = task.export_task()["hyperparams"]["TF_DEFINE"]["rate"]
    assert (told["type"], told["description"]) == ("float", "how fast (default: 0.1)")
