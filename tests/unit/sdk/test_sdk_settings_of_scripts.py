"""Parameters, configuration and properties: what scripts keep their settings in, recorded and read back."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task

# -- connect ---------------------------------------------------------------------------------------------------


class Options:
    """Stand for settings in a class."""

    rate = 0.5
    layers = (1, 2)
    _private = 1

    def method(self) -> None:
        """Not be a parameter."""

    @property
    def double(self) -> float:
        """Not be one either."""
        return self.rate * 2


class More(Options):
    """Inherit settings."""

    rate = 0.75
    name = "more"


@dataclasses.dataclass
class Data:
    """Hold settings as fields."""

    depth: int = 3
    label: str | None = None


class Slotted:
    """Hold settings in slots."""

    __slots__ = ("a", "unset")

    def __init__(self) -> None:
        self.a = 1


class Told:
    """Say its settings itself, as ``TaskParameters`` do."""

    def to_dict(self) -> dict[str, Any]:
        """Return the settings."""
        return {"x": 1}


@pytest.mark.parametrize(
    ("thing", "recorded"),
    [
        (More, {"rate": "0.75", "layers": "[1, 2]", "name": "more"}),
        (Data(), {"depth": "3", "label": ""}),
        (Slotted(), {"a": "1"}),
        (Told(), {"x": "1"}),
    ],
)
def test_objects_are_recorded_and_returned(
    task: Task, thing: Any, recorded: dict[str, str]
) -> None:
    assert task.connect(thing) is thing
    assert task.get_parameters() == {f"General/{k}": v for k, v in recorded.items()}


def test_a_namespace_goes_to_the_arguments(task: Task) -> None:
    namespace = argparse.Namespace(a=1, b=None)
    assert task.connect(namespace) is namespace
    task.connect(argparse.Namespace(c=2), name="Mine")
    assert task.get_parameters() == {"Args/a": "1", "Args/b": "", "Mine/c": "2"}


class Pair(argparse.Action):
    """Be an action that only its script understands."""

    def __call__(self, _parser: Any, namespace: Any, values: Any, _option: Any = None) -> None:
        setattr(namespace, self.dest, dict([values.split("=")]))


def test_a_parser_that_has_parsed_is_recorded_as_it_did(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    log = tmp_path / "log"
    line = f"--rate 0.5 --on yes -vv --log {log} --pair a=b fit --deep 3 --unknown"
    monkeypatch.setattr("sys.argv", ["train.py", *line.split()])
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.1, required=True)
    parser.add_argument("--on", type=lambda text: text == "yes", default=False)
    parser.add_argument("-v", action="count", default=0)
    parser.add_argument("--log", type=argparse.FileType("w"))
    parser.add_argument("--pair", action=Pair)
    parser.add_argument("--left", default="alone")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fit").add_argument("--deep", type=int)
    given, _ = parser.parse_known_args()
    given.log.write("kept")
    given.log.close()
    task.connect(parser)
    assert task.get_parameters(cast=True) == {
        "Args/rate": 0.5,
        "Args/on": True,
        "Args/v": 2,
        "Args/log": str(log),
        "Args/pair/a": "b",
        "Args/left": "alone",
        "Args/command": "fit",
        "Args/deep": 3,
    }
    assert log.read_text() == "kept"
    assert task._losses.counts() == {}
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("line", ["--rate much", "--help"])
def test_a_command_line_that_is_not_the_parsers_records_no_default(
    task: Task, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr("sys.argv", ["train.py", *line.split()])
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.1)
    task.connect(parser)
    refused = line != "--help"
    assert task.get_parameters() == ({} if refused else {"Args/rate": "0.1"})
    assert task._losses.counts() == ({"arguments": 1} if refused else {})


def test_a_parser_is_recorded_when_it_parses(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["train.py"])
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--on", action="store_true")
    parser.add_argument("files", nargs="*")
    assert task.connect(parser) is parser
    assert task.get_parameter("Args/rate") == "0.1"
    parsed = parser.parse_args(["--rate", "0.5", "x", "y"])
    assert parsed.rate == 0.5
    assert task.get_parameters(cast=True) == {
        "Args/rate": 0.5,
        "Args/on": False,
        "Args/files": ["x", "y"],
    }


@pytest.mark.parametrize("thing", [3, "text", [1], None, object()])
def test_what_holds_no_settings_is_told(task: Task, thing: Any) -> None:
    assert task.connect(thing) is thing
    assert task._losses.counts() == {"parameters": 1}


# -- parameters ------------------------------------------------------------------------------------------------


def test_values_come_back_with_their_types(task: Task) -> None:
    given: dict[str, Any] = {
        "i": 3,
        "f": 0.1,
        "b": True,
        "n": None,
        "s": "5",
        "l": [1, "x"],
        "t": (1, 2),
        "e": {},
    }
    task.connect(given)
    assert task.get_parameters_as_dict(cast=True) == {"General": given}
    assert task.get_parameter("General/s", cast=True) == "5"
    assert task.get_parameter("General/f", cast=True) == 0.1
    assert task.get_parameters()["General/b"] == "True"


def test_sections_are_nested_both_ways(task: Task) -> None:
    task.set_parameters_as_dict({"Args": {"a": 1, "net": {"depth": 2}}, "x": 3})
    assert task.get_parameters() == {"Args/a": "1", "Args/net/depth": "2", "x": "3"}
    assert task.get_parameters_as_dict() == {"Args": {"a": "1", "net": {"depth": "2"}}, "x": "3"}
    task.update_parameters({"Args/net": "both"})
    assert task.get_parameters_as_dict()["Args"]["net"] == {"depth": "2", "": "both"}


def test_one_parameter(task: Task) -> None:
    task.set_parameter("Args/a", "3", description="how many", value_type=int)
    assert task.get_parameter("Args/a", cast=True) == 3
    told = task.export_task()["hyperparams"]["Args"]["a"]
    assert told == {"value": "3", "type": "int", "description": "how many"}
    assert task.delete_parameter("Args/a")
    assert task.delete_parameter("Args/a", force=True) is False
    assert task.get_parameters() == {}


# -- configuration ---------------------------------------------------------------------------------------------


def test_a_connected_configuration_is_followed(task: Task) -> None:
    live = task.connect_configuration({"net": {"depth": 3}, "p": Path("/x")}, name="model")
    assert isinstance(live, dict)
    live["net"]["depth"] = 4
    live["new"] = [1]
    read = task.get_configuration_object_as_dict("model")
    assert read == {"net": {"depth": 4}, "p": "/x", "new": [1]}


def test_lists_and_files(task: Task, tmp_path: Path) -> None:
    steps = [{"a": 1}]
    assert task.connect_configuration(steps) is steps
    path = tmp_path / "conf.toml"
    path.write_text("[a]\nb = 1\n")
    assert task.connect_configuration(path, name="file", description="d") is path
    assert task.connect_configuration(str(path), name="text") == str(path)
    assert task.get_configuration_object_as_dict("General") == [{"a": 1}]
    assert task.get_configuration_object("file") == "[a]\nb = 1\n"
    assert task.get_configuration_object_as_dict("text") == {"a": {"b": 1}}
    assert set(task.get_configuration_objects()) == {"General", "file", "text"}


@pytest.mark.parametrize("given", [Path("/nowhere"), "/nowhere", 3, None])
def test_a_configuration_that_is_none_is_told(task: Task, given: Any) -> None:
    assert task.connect_configuration(given) == given
    assert task._losses.counts() == {"configuration": 1}


def test_configuration_objects(task: Task) -> None:
    task.set_configuration_object("a", config_text="x: 1", config_type="yaml", description="d")
    task.set_configuration_object("b", config_dict={"y": 2})
    assert task.get_configuration_object("a") == "x: 1"
    assert task.get_configuration_object_as_dict("b") == {"y": 2}
    assert task.export_task()["configuration"]["a"]["type"] == "yaml"
    task.set_configuration_object("a")
    assert task.get_configuration_objects() == {"b": json.dumps({"y": 2}, indent=2)}
    assert task.get_configuration_object("a") is None
    assert task.get_configuration_object_as_dict("a") is None
    task.set_configuration_object("c", config_text="", config_dict={})
    assert task._losses.counts() == {"configuration": 1}


@pytest.mark.parametrize(("text", "module"), [("a: [1, 2]", "yaml"), ("a { b = 1 }", "pyhocon")])
def test_other_formats_are_read_where_their_readers_are(task: Task, text: str, module: str) -> None:
    pytest.importorskip(module)
    task.set_configuration_object("x", config_text=text)
    read = task.get_configuration_object_as_dict("x")
    assert read in ({"a": [1, 2]}, {"a": {"b": 1}})


def test_labels(task: Task) -> None:
    labels = {"cat": 1, "dog": 2}
    assert task.connect_label_enumeration(labels) is labels
    assert Task.get_tasks(task_ids=[task.id])[0].get_labels_enumeration() == labels
    with pytest.raises(ValueError, match="takes a dict"):
        task.connect_label_enumeration(["cat"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'two', not an integer"):
        task.connect_label_enumeration({"cat": 1, "dog": "two"})  # type: ignore[dict-item]
    assert task.get_labels_enumeration() == labels


# -- properties ------------------------------------------------------------------------------------------------


def test_properties(task: Task) -> None:
    assert task.set_user_properties(
        [{"name": "a", "value": 1, "description": "d"}], {"b": {"value": "x", "type": "t"}}, c=0.5
    )
    assert task.get_user_properties(value_only=True) == {"a": "1", "b": "x", "c": "0.5"}
    told = task.get_user_properties()
    assert (told["a"]["description"], told["b"]["type"], told["c"]["type"]) == ("d", "t", "float")
    assert task.delete_user_properties(["a"], [("properties", "b")], {"name": "nope"})
    assert task.get_user_properties(value_only=True) == {"c": "0.5"}
    assert task.delete_user_properties(["a"]) is False
    assert task.set_user_properties([{"value": 1}]) is False
    assert task._losses.counts() == {"properties": 1}
