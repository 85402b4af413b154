"""What Typer parses is in the task; it brings a click of its own, or stands on the one that is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.command_lines import parameters

pytest.importorskip("typer")

APP = """
import enum
from pathlib import Path
from stripchart import Task
EARLY
import typer

class Kind(str, enum.Enum):
    small = "small"
    large = "large"

app = typer.Typer()

@app.command()
def fit(data: Path, rate: float = 0.1, kind: Kind = Kind.small, steps: int | None = None,
        names: list[str] = [], on: bool = True, ask: bool = typer.Option(False, help="whether")):
    Task.init("p", "n")
"""


@pytest.mark.parametrize("early", ["", "Task.init('p', 'n')"])
def test_one_command(tmp_path: Path, early: str) -> None:
    line = "folder --rate 2 --kind large --names a --names b --no-on"
    assert parameters(tmp_path, APP.replace("EARLY", early) + "app()\n", *line.split()) == {
        "data": "folder",
        "rate": 2.0,
        "kind": "Kind.large",
        "steps": None,
        "names": ["a", "b"],
        "on": False,
        "ask": False,
    }


def test_several_commands(tmp_path: Path) -> None:
    code = APP.replace("EARLY", "") + "@app.command()\ndef test(width: int = 1): pass\napp()\n"
    assert parameters(tmp_path, code, "fit", "folder", "--steps", "3") == {
        "fit": True,
        "test": False,
        "fit/data": "folder",
        "fit/rate": 0.1,
        "fit/kind": "Kind.small",
        "fit/steps": 3,
        "fit/names": [],
        "fit/on": True,
        "fit/ask": False,
    }
