"""What argparse parses is in the task, value by value, whenever it was parsed; what is not the script's own is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.command_lines import parameters, run

PARSER = """
import argparse, enum, pathlib

class Colour(enum.Enum):
    red = 1

def parser():
    made = argparse.ArgumentParser()
    made.add_argument("--rate", type=float, default=0.1, help="how fast, of %(prog)s")
    made.add_argument("--steps", type=int, default=10)
    made.add_argument("--on", action="store_true")
    made.add_argument("--none")
    made.add_argument("--betas", type=float, nargs=2, default=(0.9, 0.99))
    made.add_argument("--path", type=pathlib.Path)
    made.add_argument("--paths", type=pathlib.Path, nargs="*")
    made.add_argument("--colour", type=Colour.__getitem__, default=Colour.red)
    made.add_argument("--name", default="")
    made.add_argument("--given", default=argparse.SUPPRESS)
    made.add_argument("--level", dest="depth", type=int)
    made.add_argument("files", nargs="*")
    return made
"""
LINE = ("--rate", "1e-3", "--path", "a/b", "--paths", "x", "y", "--level", "3", "--", "f", "5")
PARSED = {
    "rate": 1e-3,
    "steps": 10,
    "on": False,
    "none": None,
    "betas": (0.9, 0.99),
    "path": "a/b",
    "paths": ["x", "y"],
    "colour": "Colour.red",
    "name": "",
    "depth": 3,
    "files": ["f", "5"],
}
INIT = "Task.init('p', 'n')\n"
IMPORT = "from stripchart import Task\n"


@pytest.mark.parametrize(
    "code",
    [
        IMPORT + PARSER + "parser().parse_args()\n" + INIT,
        IMPORT + PARSER + INIT + "parser().parse_args()\n",
        PARSER + IMPORT + "parser().parse_args()\n" + INIT,
        IMPORT + INIT + PARSER + "parser().parse_known_args()\n",
        IMPORT + PARSER + "parser().parse_intermixed_args()\n" + INIT,
        IMPORT + PARSER + "import sys; parser().parse_args(sys.argv[1:])\n" + INIT,
        IMPORT + PARSER + f"parser().parse_args({list(LINE)})\n" + INIT,
    ],
    ids=["before", "after", "imported later", "known", "intermixed", "own line", "own list"],
)
def test_what_was_parsed_is_recorded(tmp_path: Path, code: str) -> None:
    assert parameters(tmp_path, code, *LINE) == PARSED


def test_help_and_default_are_the_description(tmp_path: Path) -> None:
    [task] = run(tmp_path, IMPORT + PARSER + "parser().parse_args()\n" + INIT)
    told = task.export_task()["hyperparams"]["Args"]["rate"]
    assert told["type"] == "float"
    assert told["description"] == "how fast, of train.py (default: 0.1)"


def test_sub_parsers_are_told_with_and_without_a_name(tmp_path: Path) -> None:
    code = """
    from stripchart import Task
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    commands = parser.add_subparsers(title="what", required=True)
    fit = commands.add_parser("fit", aliases=["f"])
    fit.add_argument("--deep", type=int, default=2)
    kinds = fit.add_subparsers(dest="kind")
    kinds.add_parser("small").add_argument("--width", type=int)
    commands.add_parser("test").add_argument("--other")
    parser.parse_args()
    Task.init("p", "n")
    """
    assert parameters(tmp_path, code, "fit", "--deep", "5", "small", "--width", "3") == {
        "seed": 1,
        "deep": 5,
        "kind": "small",
        "width": 3,
        "/what": ["fit"],
    }


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"password": False}, {"rate", "token"}),
        ({"*": False, "rate": True}, {"rate"}),
        ({}, set()),
        (False, set()),
        ({"password": True}, {"rate", "token", "password"}),
    ],
)
def test_arguments_are_chosen(tmp_path: Path, choice: object, kept: set[str]) -> None:
    code = f"""
    from stripchart import Task
    import argparse
    parser = argparse.ArgumentParser()
    for name in ("rate", "token", "password"):
        parser.add_argument("--" + name)
    parser.parse_args()
    Task.init("p", "n", auto_connect_arg_parser={choice!r})
    parser.parse_args()
    """
    line = ("--rate", "1", "--token", "t", "--password", "hush-hush")
    assert set(parameters(tmp_path, code, *line)) == kept


@pytest.mark.parametrize(
    "line",
    [
        ("--password", "hush-hush"),
        ("--password=hush-hush",),
        ("-p", "hush-hush"),
        ("-phush-hush",),
        ("-p=hush-hush",),
    ],
)
def test_nothing_of_a_secret_is_on_disk(tmp_path: Path, home: Path, line: tuple[str, ...]) -> None:
    code = """
    from stripchart import Task
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--password", "-p")
    parser.parse_args()
    Task.init("p", "n", auto_connect_arg_parser={"password": False})
    """
    run(tmp_path, code, *line)
    found = [path for path in home.rglob("*") if path.is_file()]
    assert found
    assert not [path for path in found if b"hush-hush" in path.read_bytes()]


def test_several_parsers_are_all_recorded_and_the_last_word_counts(tmp_path: Path) -> None:
    code = """
    from stripchart import Task
    import argparse
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("--config", default="none")
    first.add_argument("--rate", type=float, default=0.0)
    known, rest = first.parse_known_args()
    second = argparse.ArgumentParser(parents=[first])
    second.set_defaults(rate=0.5, quiet=True)
    second.add_argument("--steps", type=int)
    second.parse_args()
    task = Task.init("p", "n")
    assert task.get_parameter("Args/steps") == "3"
    second.parse_args(["--steps", "4"])
    """
    found = parameters(tmp_path, code, "--steps", "3", "--config", "x")
    assert found == {"config": "none", "rate": 0.5, "steps": 4, "quiet": True}


def test_one_call_is_one_record(tmp_path: Path) -> None:
    from stripchart.records import ParametersSet
    from stripchart.sdk import lookup

    code = IMPORT + PARSER + INIT + "parser().parse_intermixed_args()\n"
    [task] = run(tmp_path, code)
    [reader] = lookup.readers(task.get_offline_mode_folder())
    assert sum(isinstance(r, ParametersSet) for r in lookup.records_of(reader)) == 1


def test_parsers_of_libraries_are_left_out(tmp_path: Path) -> None:
    library = tmp_path / "site-packages" / "their_tool"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(
        "import argparse\n"
        "def main(line):\n"
        "    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--theirs')\n"
        "    return parser.parse_args(line)\n"
        "def parse(parser, line=None):\n"
        "    return parser.parse_args(line)\n"
    )
    code = """
    import sys
    sys.path.insert(0, "site-packages")
    from stripchart import Task
    import argparse, their_tool
    Task.init("p", "n")
    assert their_tool.main(["--theirs", "1"]).theirs == "1"
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours")
    their_tool.parse(parser)
    """
    assert parameters(tmp_path, code, "--ours", "2") == {"ours": "2"}


def test_the_arguments_of_an_installed_program_are_its_own(tmp_path: Path) -> None:
    program = tmp_path / "site-packages" / "their_training"
    program.mkdir(parents=True)
    (program / "__init__.py").write_text("")
    (program / "__main__.py").write_text(
        "import argparse\n"
        "from stripchart import Task\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--rate', type=float)\n"
        "parser.parse_args()\n"
        "Task.init('p', 'n')\n"
    )
    code = """
    import os, sys
    os.environ["PYTHONPATH"] += os.pathsep + "site-packages"
    os.execv(sys.executable, [sys.executable, "-m", "their_training", "--rate", "2"])
    """
    assert parameters(tmp_path, code) == {"rate": 2.0}


def test_a_second_task_has_the_arguments_too(tmp_path: Path) -> None:
    code = IMPORT + PARSER + "parser().parse_args()\n"
    code += "first = Task.init('p', 'a'); first.close(); Task.init('p', 'b')\n"
    for task in run(tmp_path, code, "--steps", "7"):
        assert task.get_parameter("Args/steps", cast=True) == 7


def test_a_process_that_joins_does_not_change_the_arguments(tmp_path: Path) -> None:
    code = """
    import os, subprocess, sys
    from stripchart import Task
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker", type=int, default=0)
    given = parser.parse_args()
    Task.init("p", "n")
    parser.parse_args()
    if not given.worker:
        subprocess.run([sys.executable, __file__, "--worker", "1"], check=True)
        if os.fork() == 0:
            parser.parse_args(["--worker", "2"])
            os._exit(0)
        os.wait()
    """
    assert parameters(tmp_path, code) == {"worker": 0}


def test_environment_variables_are_recorded_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_CAPTURE_ENVIRONMENT", "OF_OURS, SLURM_*,*_TAIL")
    monkeypatch.setenv("OF_OURS", "1")
    monkeypatch.setenv("SLURM_FOO", "two")
    monkeypatch.setenv("THE_TAIL", "")
    monkeypatch.setenv("NOT_OURS", "x")
    monkeypatch.setenv("SLURM_SECRET", "x")
    code = "from stripchart import Task\n"
    code += "Task.init('p', 'n', auto_connect_arg_parser={'SLURM_SECRET': False})"
    found = parameters(tmp_path, code, section="Environment")
    assert found == {"OF_OURS": "1", "SLURM_FOO": "two", "THE_TAIL": ""}


def test_help_texts_that_are_no_formats_do_no_harm(tmp_path: Path) -> None:
    code = """
    from stripchart import Task
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=int, default=5, help="100% of it")
    parser.parse_args()
    Task.init("p", "n")
    """
    assert parameters(tmp_path, code) == {"share": 5}


@pytest.mark.parametrize("slots", ["__slots__ = ('rate', 'other')", "other = print; secret = 1"])
def test_an_object_of_the_scripts_own_takes_the_arguments(tmp_path: Path, slots: str) -> None:
    code = f"""
    import argparse
    from stripchart import Task
    class Mine:
        {slots}
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=1.0)
    parser.set_defaults(more=2) if "secret" in dir(Mine) else None
    mine = parser.parse_args([], Mine())
    Task.init("p", "n")
    """
    more = {"more": 2} if "secret" in slots else {}
    assert parameters(tmp_path, code) == {"rate": 1.0} | more
