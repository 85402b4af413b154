"""Every argument of every reporting call with whatever there is: only what the decision names is raised.

``docs/adr/0002-errors-in-the-training-process.md`` has the table of calls, arguments and exceptions; these tests read
it. Afterwards a good report is read back intact, and whatever was neither raised nor kept is counted.
"""

from __future__ import annotations

import builtins
import inspect
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripchart import Logger, Task, UsageError
from stripchart.records import ConsoleWritten, PlotReported, SampleReported
from stripchart.sdk import lookup
from stripchart.sdk.convert import text_of
from tests.unit.sdk.hostile import ANYTHING

DECISION = Path(__file__).parents[3] / "docs/adr/0002-errors-in-the-training-process.md"
_EVERY = "every report"

# A call that is right, with an argument for each thing that it can be given; hostile values replace some of them.
GOOD: dict[str, dict[str, Any]] = {
    "report_text": {"msg": "a", "level": 20, "print_console": False},
    "report_scalar": {"title": "t", "series": "s", "value": 1.0, "iteration": 1},
    "report_single_value": {"name": "n", "value": 1.0},
    "report_histogram": {"title": "t", "series": "s", "values": [1, 2]},
    "report_vector": {"title": "t", "series": "s", "values": [1, 2]},
    "report_table": {"title": "t", "series": "s", "table_plot": [["a"], [1]]},
    "report_line_plot": {
        "title": "t",
        "series": [Logger.SeriesInfo("one", [(0, 1)])],
        "xaxis": "x",
        "yaxis": "y",
    },
    "report_scatter2d": {"title": "t", "series": "s", "scatter": [(0, 1), (1, 2)]},
    "report_scatter3d": {"title": "t", "series": "s", "scatter": [(0, 1, 2), (1, 2, 3)]},
    "report_confusion_matrix": {"title": "t", "series": "s", "matrix": [[1, 2], [3, 4]]},
    "report_matrix": {"title": "t", "series": "s", "matrix": [[1, 2], [3, 4]]},
    "report_surface": {"title": "t", "series": "s", "matrix": [[1, 2], [3, 4]]},
    "report_plotly": {"title": "t", "series": "s", "figure": {"data": [], "layout": {}}},
    "report_matplotlib_figure": {"title": "t", "series": "s", "figure": None},
    "report_image": {"title": "t", "series": "s", "image": np.zeros((2, 2), np.uint8)},
    "report_image_and_upload": {"title": "t", "series": "s", "matrix": np.zeros((2, 2), np.uint8)},
    "report_media": {"title": "t", "series": "s", "stream": "x", "file_extension": "txt"},
    "set_default_debug_sample_history": {"max_history": 100},
    "set_default_upload_destination": {"uri": ""},
    "set_flush_period": {"period": 1.0},
    "set_reporting_nan_value": {"value": 0.0},
    "set_reporting_inf_value": {"value": 0.0},
}


class Rule(NamedTuple):
    """Hold one row of the decision."""

    calls: list[str]
    arguments: list[str]
    errors: tuple[type[Exception], ...]


def _named(cell: str) -> list[str]:
    return [name.strip().strip("`") for name in cell.split(",")]


def _rules() -> list[Rule]:
    lines = DECISION.read_text().partition("| call | argument | raises |")[2].splitlines()[2:]
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        calls, arguments, errors, _ = (cell.strip() for cell in line.strip("|").split("|"))
        kinds = [getattr(builtins, name, UsageError) for name in _named(errors)]
        found.append(Rule(_named(calls), _named(arguments), tuple(kinds)))
    return found


RULES = _rules()


def allowed(method: str, arguments: set[str]) -> tuple[type[Exception], ...]:
    """Return what a call may raise where these arguments are not the good ones."""
    return tuple(
        error
        for rule in RULES
        if (method in rule.calls or (rule.calls == [_EVERY] and method.startswith("report_")))
        and arguments & set(rule.arguments)
        for error in rule.errors
    )


def arguments_of(method: str) -> list[str]:
    parameters = inspect.signature(getattr(Logger, method)).parameters.values()
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [p.name for p in parameters if p.name not in ("self", "cls") and p.kind not in kinds]


def test_the_decision_names_calls_and_arguments_that_there_are() -> None:
    assert RULES
    for rule in RULES:
        for call in rule.calls:
            if call != _EVERY:
                assert set(rule.arguments) <= set(arguments_of(call)), rule
    reports = {name for name in dir(Logger) if name.startswith("report_")}
    assert reports <= set(GOOD)


def kept(task: Task) -> int:
    """Return how many records of reports the task has, points left out."""
    kinds = (ConsoleWritten, PlotReported, SampleReported)
    journals = lookup.readers(task._session.task_dir)
    records = [record for journal in journals for record in lookup.records_of(journal)]
    for record in records:
        if isinstance(record, PlotReported):
            json.loads(record.figure, parse_constant=pytest.fail)
    slots = sum(len(journal.scalars().slots) for journal in journals)
    return sum(isinstance(record, kinds) for record in records) + slots


def raised(logger: Logger, method: str, arguments: dict[str, Any]) -> Exception | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(logger, method)(**arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    return None


@pytest.fixture
def call(
    task: Task, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str, dict[str, Any]], bool]:
    """Return what calls a method of the logger, and tells whether it raised what it may."""
    monkeypatch.chdir(tmp_path)  # a destination may be a folder's name
    for name in ("_nan_value", "_inf_value", "_nan_warn_period", "_inf_warn_period"):
        monkeypatch.setattr(Logger, name, getattr(Logger, name))

    def call(method: str, hostile: dict[str, Any]) -> bool:
        errors = allowed(method, set(hostile))
        error = raised(task.logger, method, GOOD[method] | hostile)
        if error is None:
            return False
        assert isinstance(error, errors), (method, hostile.keys(), repr(error)[:500])
        names = {*arguments_of(method), "image", text_of(hostile.get("uri", "image"))}
        assert any(name in str(error) for name in names), repr(error)[:500]
        return True

    return call


@pytest.mark.parametrize("method", GOOD)
@pytest.mark.filterwarnings("ignore")
def test_only_what_the_decision_names_is_raised(
    task: Task, call: Callable[[str, dict[str, Any]], bool], method: str
) -> None:
    calls = {"made": 0, "raised": 0}

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def any_arguments(data: st.DataObject) -> None:
        names = st.sets(st.sampled_from(arguments_of(method)), min_size=1, max_size=3)
        hostile = {name: data.draw(ANYTHING, label=name) for name in sorted(data.draw(names))}
        calls["made"] += 1
        calls["raised"] += call(method, hostile)

    any_arguments()
    if method.startswith("report_"):
        told = sum(task._losses.counts().values())
        assert kept(task) + calls["raised"] + told >= calls["made"]
    for i in range(10):
        task.logger.report_scalar("good", "line", i / 8, i)
    task.close()
    read = Task.get_task(task.id)
    assert read.read_scalars("good", "line").value.tolist() == [i / 8 for i in range(10)]
    assert read.get_status() == "completed"


@pytest.mark.parametrize("method", GOOD)
@pytest.mark.filterwarnings("ignore")
def test_after_the_end_nothing_is_raised(task: Task, method: str) -> None:
    if not method.startswith("report_"):
        pytest.skip("no report")
    task.close()
    for name in arguments_of(method):
        for wrong in (object(), [[1], [2, 3]], "abc", -1.5, None):
            getattr(task.logger, method)(**(GOOD[method] | {name: wrong}))


WRONG: dict[tuple[str, str], list[Any]] = {
    (_EVERY, "title"): [3, b"t", ["t"], object()],
    (_EVERY, "iteration"): ["1", 1.5, float("nan"), [1], object()],
    ("report_scalar", "value"): ["abc", None, [1.0], 1j, {}, np.zeros(2), 10**400],
    ("report_histogram", "values"): [np.zeros((2, 2, 2)), [[1], [2, 3]], "abc", None, {1: 2}],
    ("report_histogram", "labels"): [["a", "b"], 3],
    ("report_histogram", "mode"): ["pile", 3, []],
    ("report_histogram", "data_args"): [3, ["a"]],
    ("report_table", "table_plot"): [None],
    ("report_table", "csv"): ["/no/such/file.csv"],
    ("report_line_plot", "series"): [[{"name": "a", "data": [1, 2]}], [{"nome": "a"}]],
    ("report_scatter2d", "scatter"): [[1, 2, 3], [(1, 2, 3, 4)], [(1,), (1, 2)], None, "abc"],
    ("report_scatter2d", "labels"): [["a"], 3],
    ("report_confusion_matrix", "matrix"): [[1, 2], [["a", "b"]], [[1], [2, 3]], "abc", None],
    ("report_plotly", "figure"): [3, "figure", None],
    ("report_image", "local_path"): ["x.png"],
    ("report_image", "image"): ["pixels", 3, [[1, 2]], None],
    ("report_image_and_upload", "path"): ["x.png"],
    ("report_media", "local_path"): ["x.txt"],
    ("report_media", "file_extension"): [None, ""],
    ("set_default_debug_sample_history", "max_history"): ["many", None, [], float("inf")],
    ("set_default_upload_destination", "uri"): [3, "nowhere://x"],
    ("set_reporting_nan_value", "value"): ["abc", None, []],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.calls[0]}-{rule.arguments[0]}")
@pytest.mark.filterwarnings("ignore")
def test_what_the_decision_names_is_raised(
    task: Task, call: Callable[[str, dict[str, Any]], bool], rule: Rule
) -> None:
    everywhere = [m for m in GOOD if rule.arguments[0] in arguments_of(m)]
    for method in everywhere if rule.calls == [_EVERY] else rule.calls:
        if method == "report_single_value" and rule.calls == [_EVERY]:
            continue
        for wrong in WRONG[rule.calls[0], rule.arguments[0]]:
            assert call(method, {rule.arguments[0]: wrong}), (method, wrong)
    if rule.calls != ["set_default_upload_destination"]:
        assert task._losses.counts() == {}
