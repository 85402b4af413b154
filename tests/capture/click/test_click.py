"""What click parses is in the task, wherever the task is opened: before, in the command, or by a late import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.capture.command_lines import parameters, run

pytest.importorskip("click")

COMMAND = """
import enum, pathlib
import click

class Colour(enum.Enum):
    red = 1
    blue = 2

@click.command()
@click.option("--rate", type=float, default=0.1, help="how fast")
@click.option("--steps", type=click.IntRange(1, 9), default=3)
@click.option("--name", "-n", "names", multiple=True)
@click.option("--pair", type=(int, str), default=(1, "a"))
@click.option("--path", type=click.Path(path_type=pathlib.Path))
@click.option("--on/--off", default=True)
@click.option("--none")
@click.option("--colour", type=click.Choice(["red", "blue"]))
@click.option("--password", hide_input=True)
@click.option("-v", "--verbose", count=True)
@click.argument("files", nargs=-1)
def main(**_):
"""
LINE = (
    "--rate=5e-1",
    "-n",
    "a",
    "-n",
    "b",
    "--path=x/y",
    "--off",
    "--password=hush",
    "-vv",
    "f",
    "g",
)
PARSED = {
    "rate": 0.5,
    "steps": 3,
    "names": ("a", "b"),
    "pair": (1, "a"),
    "path": "x/y",
    "on": False,
    "none": None,
    "colour": None,
    "verbose": 2,
    "files": ("f", "g"),
}
IMPORT = "from stripchart import Task\n"
INIT = "Task.init('p', 'n')\n"


@pytest.mark.parametrize(
    "code",
    [
        IMPORT + INIT + COMMAND + "    pass\nmain()\n",
        IMPORT + COMMAND + "    Task.init('p', 'n')\nmain()\n",
        COMMAND + "    from stripchart import Task\n    Task.init('p', 'n')\nmain()\n",
        IMPORT + COMMAND + "    pass\nmain(standalone_mode=False)\n" + INIT,
    ],
    ids=["before", "in the command", "imported in the command", "after"],
)
def test_what_was_parsed_is_recorded(tmp_path: Path, code: str) -> None:
    assert parameters(tmp_path, code, *LINE) == PARSED


GROUP = """
from stripchart import Task
import click

@click.group(CHAIN)
@click.option("--seed", type=int, default=1)
def main(seed):
    EARLY

@main.command()
@click.option("--rate", type=float, default=0.1)
def fit(rate):
    Task.init("p", "n")

@GROUP
@click.option("--deep", is_flag=True)
def more(deep): pass

@more.command("sub-command")
@click.option("--width", type=int)
def sub(width):
    Task.init("p", "n")

@main.command()
@click.option("--none")
def test(none): pass

main()
"""


@pytest.mark.parametrize("early", ["pass", "Task.init('p', 'n')"])
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("fit --rate 2", {"fit": True, "fit/rate": 2.0}),
        (
            "--seed 3 fit test",
            {"seed": 3, "fit": True, "fit/rate": 0.1, "test": True, "test/none": None},
        ),
        (
            "more --deep sub-command --width 4",
            {
                "more": True,
                "more/deep": True,
                "more/sub-command": True,
                "more/sub-command/width": 4,
            },
        ),
    ],
)
def test_commands_are_told_from_each_other(
    tmp_path: Path, early: str, line: str, wanted: dict[str, Any]
) -> None:
    code = GROUP.replace("EARLY", early)
    if "more" in line:
        code = code.replace("CHAIN", "").replace("@GROUP", "@main.group()")
    else:  # a chain takes no groups
        code = code.replace("CHAIN", "chain=True").replace("@GROUP", "@click.group()")
    base = {"seed": 1, "fit": False, "test": False}
    assert parameters(tmp_path, code, *line.split()) == base | wanted


def test_options_are_chosen_by_name(tmp_path: Path) -> None:
    code = GROUP.replace("CHAIN", "").replace("@GROUP", "@main.group()")
    code = code.replace("EARLY", "Task.init('p', 'n', auto_connect_arg_parser={'rate': False})")
    assert "fit/rate" not in parameters(tmp_path, code, "fit")


def test_a_server_that_runs_the_script_has_options_of_its_own(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "their_server"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "import click, runpy\n"
        "@click.command()\n"
        "@click.option('--port', default=80)\n"
        "@click.argument('application')\n"
        "def main(port, application):\n"
        "    runpy.run_path(application)\n"
    )
    (tmp_path / "application.py").write_text("from stripchart import Task\nTask.init('p', 'n')\n")
    code = """
    import sys
    sys.path.insert(0, "site-packages")
    import their_server
    their_server.main()
    """
    assert parameters(tmp_path, code, "application.py") == {}


def test_help_and_default_are_the_description(tmp_path: Path) -> None:
    [task] = run(tmp_path, IMPORT + COMMAND + "    Task.init('p', 'n')\nmain()\n")
    told = task.export_task()["hyperparams"]["Args"]["rate"]
    assert (told["type"], told["description"]) == ("float", "how fast (default: 0.1)")
