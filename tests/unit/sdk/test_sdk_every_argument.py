"""Every reporting call of the contract with every argument it has, by keyword, read back through the front door."""

from __future__ import annotations

import inspect
import io
import json
import logging
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stripchart import Logger, OutputModel, Task

Check = Callable[[dict[str, Any]], bool]

PLACE = {"title": "t", "series": "s", "iteration": 7}
LAYOUT = {"extra_layout": {"paper_bgcolor": "pink"}}
AXES = {"xaxis": "ex", "yaxis": "wy"}
NAMES = {"xlabels": ["a", "b"], "ylabels": ["c", "d"]}
GRID = np.array([[1.0, 2.0], [3.0, 4.0]])


def first(figure: dict[str, Any]) -> dict[str, Any]:
    trace: dict[str, Any] = figure["data"][0]
    return trace


def pink(figure: dict[str, Any]) -> bool:
    return bool(figure["layout"]["paper_bgcolor"] == "pink")


def has_text(figure: dict[str, Any], *texts: str) -> bool:
    shown = json.dumps(figure)
    return all(json.dumps(text)[1:-1] in shown for text in texts)


HISTOGRAM = {"labels": ["l"], "xlabels": ["a", "b"], "mode": "stack", **AXES, **LAYOUT}
SCATTER = {"labels": ["p", "q"], "mode": "markers", "comment": "so", **LAYOUT}
MATRIX = {"matrix": GRID, **AXES, **NAMES, "yaxis_reversed": True, **LAYOUT}

PLOTS: list[tuple[str, Mapping[str, Any], Check]] = [
    (
        "report_histogram",
        {**PLACE, "values": [1, 2], **HISTOGRAM, "data_args": {"marker": {"color": "blue"}}},
        lambda f: (
            f["layout"]["barmode"] == "stack"
            and first(f)["marker"]["color"] == "blue"
            and has_text(f, "ex", "wy", "l", "a", "b")
            and pink(f)
        ),
    ),
    (
        "report_vector",
        {**PLACE, "values": [1, 2], **HISTOGRAM},
        lambda f: f["layout"]["barmode"] == "stack" and has_text(f, "ex", "wy", "l") and pink(f),
    ),
    (
        "report_scatter2d",
        {**PLACE, "scatter": [[0, 1], [1, 2]], **AXES, **SCATTER},
        lambda f: (
            first(f)["mode"] == "markers"
            and has_text(f, "p", "q", "ex", "wy", "<sup>so</sup>")
            and pink(f)
        ),
    ),
    (
        "report_scatter3d",
        {
            **PLACE,
            "scatter": [[0, 1, 2], [1, 2, 3]],
            **AXES,
            "zaxis": "zz",
            **SCATTER,
            "mode": "lines",
            "fill": True,
        },
        lambda f: (
            first(f)["mode"].startswith("lines")
            and "surfaceaxis" in json.dumps(f)
            and has_text(f, "p", "q", "ex", "wy", "zz", "so")
            and pink(f)
        ),
    ),
    (
        "report_line_plot",
        {
            "title": "t",
            "series": [Logger.SeriesInfo("one", [[0, 1], [1, 2]], ["p", "q"])],
            **AXES,
            "mode": "markers",
            "iteration": 7,
            "reverse_xaxis": True,
            "comment": "so",
            **LAYOUT,
        },
        lambda f: (
            first(f)["mode"] == "markers"
            and f["layout"]["xaxis"]["autorange"] == "reversed"
            and has_text(f, "one", "p", "ex", "wy", "so")
            and pink(f)
        ),
    ),
    (
        "report_confusion_matrix",
        {**PLACE, **MATRIX, "comment": "so"},
        lambda f: (
            f["layout"]["yaxis"]["autorange"] == "reversed"
            and has_text(f, "ex", "wy", "a", "d", "so")
            and pink(f)
        ),
    ),
    (
        "report_matrix",
        {**PLACE, **MATRIX},
        lambda f: (
            f["layout"]["yaxis"]["autorange"] == "reversed" and has_text(f, "ex", "d") and pink(f)
        ),
    ),
    (
        "report_surface",
        {
            **PLACE,
            "matrix": GRID,
            **AXES,
            "zaxis": "zz",
            **NAMES,
            "camera": (1, 2, 3),
            "comment": "so",
            **LAYOUT,
        },
        lambda f: (
            f["layout"]["scene"]["camera"]["eye"] == {"x": 1, "y": 2, "z": 3}
            and has_text(f, "ex", "wy", "zz", "a", "d", "so")
            and pink(f)
        ),
    ),
    (
        "report_plotly",
        {**PLACE, "figure": {"data": [{"type": "bar", "y": [1]}], "layout": {}}},
        lambda f: first(f)["y"] == [1],
    ),
]
DEPRECATED = {"report_vector", "report_matrix", "report_line_plot", "report_image_and_upload"}


def arguments_of(name: str) -> set[str]:
    return set(inspect.signature(getattr(Logger, name)).parameters) - {"self"}


@pytest.mark.parametrize(("name", "given", "check"), PLOTS, ids=[p[0] for p in PLOTS])
def test_every_argument_of_a_plot(
    task: Task, name: str, given: Mapping[str, Any], check: Check
) -> None:
    assert set(given) == arguments_of(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if name in DEPRECATED else "error", DeprecationWarning)
        getattr(task.logger, name)(**given)
    assert task._losses.counts() == {}
    [plot] = task.get_reported_plots()
    expected = ("t", "" if name == "report_line_plot" else "s", 7)
    assert (plot["metric"], plot["variant"], plot["iter"]) == expected
    assert check(json.loads(plot["plot_str"])), plot["plot_str"]


@pytest.mark.parametrize(("name", "given", "check"), PLOTS, ids=[p[0] for p in PLOTS])
def test_every_argument_of_a_plot_of_a_model(
    task: Task, name: str, given: Mapping[str, Any], check: Check
) -> None:
    if name == "report_plotly":
        pytest.skip("models have no such report")
    reporter = OutputModel(task, name="net")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if name in DEPRECATED else "error", DeprecationWarning)
        getattr(reporter, name)(**given)
    [plot] = task.get_reported_plots()
    expected = ("net/t", "" if name == "report_line_plot" else "s", 7)
    assert (plot["metric"], plot["variant"], plot["iter"]) == expected
    assert check(json.loads(plot["plot_str"])), plot["plot_str"]


@pytest.mark.parametrize("of_model", [False, True])
def test_every_argument_of_a_table(task: Task, tmp_path: Path, *, of_model: bool) -> None:
    reporter = OutputModel(task, name="net") if of_model else task.logger
    path = tmp_path / "table.csv"
    path.write_text("i,a\n0,1\n")
    rows = [["a"], [1]]
    extra: dict[str, Any] = {
        "extra_layout": {"paper_bgcolor": "pink"},
        "extra_data": {"columnwidth": [2]},
    }
    sources: list[dict[str, Any]] = [
        {"table_plot": rows}, {"csv": str(path)}, {"url": path.as_uri()}
    ]  # fmt: skip
    for number, source in enumerate(sources):
        reporter.report_table("t", f"s{number}", iteration=7, **source, **extra)
    assert arguments_of("report_table") == {*PLACE, *extra, "table_plot", "csv", "url"}
    plots = task.get_reported_plots()
    assert len(plots) == 3
    for plot in plots:
        figure = json.loads(plot["plot_str"])
        assert first(figure)["columnwidth"] == [2]
        assert pink(figure)
        assert "a" in json.dumps(first(figure)["header"])


def test_every_argument_of_a_matplotlib_figure(task: Task) -> None:
    matplotlib = pytest.importorskip("matplotlib.figure")
    figure = matplotlib.Figure()
    figure.subplots().plot([1, 2])
    given = {**PLACE, "figure": figure, "report_image": False, "report_interactive": False}
    assert set(given) == arguments_of("report_matplotlib_figure")
    task.logger.report_matplotlib_figure(**given)
    task.logger.report_matplotlib_figure("t", "lines", figure, 8)
    task.logger.report_matplotlib_figure("t", "sample", figure, 9, report_image=True)
    kinds = {p["variant"]: json.loads(p["plot_str"]) for p in task.get_reported_plots()}
    assert kinds["s"]["layout"]["images"]
    assert first(kinds["lines"])["y"] == [1, 2]
    assert [s["iter"] for s in task.get_debug_samples("t", "sample")] == [9]


# -- samples ---------------------------------------------------------------------------------------------------


def test_every_argument_of_an_image(task: Task, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "x.png"
    Image.new("RGB", (3, 2)).save(path)
    pixels = np.zeros((2, 3, 3), np.uint8)
    more: dict[str, Any] = {"max_image_history": 5, "delete_after_upload": False}
    sources: list[dict[str, Any]] = [
        {"local_path": str(path)}, {"image": pixels}, {"url": "https://example.com/x.png"}
    ]  # fmt: skip
    for number, source in enumerate(sources):
        task.logger.report_image("t", "s", iteration=number, **source, **more)
    with pytest.warns(DeprecationWarning, match="matrix"):
        task.logger.report_image("t", "s", iteration=3, matrix=pixels, **more)
    assert arguments_of("report_image") == {
        *PLACE, *more, "local_path", "image", "matrix", "url"
    }  # fmt: skip
    read = task.get_debug_samples("t", "s")
    assert [s["iter"] for s in read] == [3, 2, 1, 0]
    assert read[1]["url"] == "https://example.com/x.png"
    assert [event["url"] for event in (read[0], read[3])] == ["", ""]  # not stored yet
    assert [s["iter"] for s in task.get_debug_samples("t", "s", n_last_iterations=2)] == [3, 2]
    with pytest.raises(TypeError, match="positive integer"):
        task.get_debug_samples("t", "s", n_last_iterations=-1)


def test_every_argument_of_media(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_text("<p>hello</p>")
    more: dict[str, Any] = {"max_history": 5, "delete_after_upload": False}
    sources: list[dict[str, Any]] = [
        {"local_path": str(path)},
        {"stream": io.BytesIO(b"x"), "file_extension": "txt"},
        {"url": "https://example.com/x.wav"},
    ]
    for number, source in enumerate(sources):
        task.logger.report_media("t", "s", iteration=number, **source, **more)
    assert arguments_of("report_media") == {
        *PLACE, *more, "local_path", "stream", "file_extension", "url"
    }  # fmt: skip
    read = task.get_debug_samples("t", "s")
    assert [s["iter"] for s in read] == [2, 1, 0]
    assert [event["url"] for event in read] == ["https://example.com/x.wav", "", ""]


def test_the_old_way_to_report_an_image(task: Task) -> None:
    with pytest.warns(DeprecationWarning, match="report_image"):
        task.logger.report_image_and_upload(
            "t", "s", iteration=1, path=None, matrix=np.zeros((2, 2), np.uint8),
            max_image_history=1, delete_after_upload=False,
        )  # fmt: skip
    assert [s["iter"] for s in task.get_debug_samples("t", "s")] == [1]


# -- choices ---------------------------------------------------------------------------------------------------


def test_choices_of_a_logger(task: Task, tmp_path: Path) -> None:
    logger = task.logger
    logger.set_default_upload_destination(uri=str(tmp_path / "there"))
    assert logger.get_default_upload_destination() == (tmp_path / "there").as_uri()
    assert logger.get_default_debug_sample_history() == 100
    logger.set_default_debug_sample_history(max_history=3)
    assert logger.get_default_debug_sample_history() == 3
    logger.set_flush_period(period=1.0)
    assert logger.get_flush_period() is None
    assert logger.flush(wait=True) is True


def test_choices_of_the_process() -> None:
    from stripchart.sdk.capture_switches import CaptureSwitches

    try:
        Logger.tensorboard_auto_group_scalars(group_scalars=True)
        Logger.tensorboard_single_series_per_graph(single_series=True)
        assert (CaptureSwitches._groups_scalars, CaptureSwitches._single_series) == (True, True)
    finally:
        Logger.tensorboard_auto_group_scalars()
        Logger.tensorboard_single_series_per_graph()
    assert (CaptureSwitches._groups_scalars, CaptureSwitches._single_series) == (False, False)


def test_every_argument_of_texts_and_numbers(task: Task) -> None:
    logger = task.logger
    logger.report_text(msg="one", level=logging.WARNING, print_console=False)
    logger.report_scalar(title="t", series="s", value=2.0, iteration=3)
    logger.report_single_value(name="best", value=0.5)
    assert task.get_reported_console_output(number_of_reports=1) == ["one"]
    assert task.get_all_reported_scalars(x_axis="iter")["t"]["s"] == {
        "name": "s",
        "x": [3],
        "y": [2.0],
    }
    assert task.get_reported_single_value(name="best") == 0.5
    assert task.get_last_scalar_metrics()["t"]["s"]["last"] == 2.0
    assert task.get_last_iteration() == 3
    assert task.set_initial_iteration(offset=10) == task.get_initial_iteration() == 10


def test_plots_of_the_last_iterations(task: Task) -> None:
    for iteration in range(4):
        task.logger.report_scatter2d("t", "s", [(0, iteration)], iteration=iteration)
    task.logger.report_scatter2d("t", "s", [(0, 99)], iteration=3)
    assert [p["iter"] for p in task.get_reported_plots()] == [3]
    read = task.get_reported_plots(max_iterations=2)
    assert sorted(p["iter"] for p in read) == [2, 3]
    assert "99" in read[-1]["plot_str"]
    assert read[-1]["plot_len"] == len(read[-1]["plot_str"])
