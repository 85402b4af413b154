"""What each report of a figure leaves in the journal, and what its arguments may be."""

from __future__ import annotations

import copy
import datetime
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stripchart import Logger, Task
from stripchart.sdk.errors import UsageError
from tests.unit.sdk.plot_reading import figures, notes, only, plots


@pytest.fixture
def logger(task: Task) -> Logger:
    return task.get_logger()


@pytest.fixture
def strict(home: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.setenv("STRIPCHART_STRICT", "1")
    return Task.init("project", "strict", auto_connect_streams=False)


# -- what all have in common ------------------------------------------------------------------------------------------


def test_a_plot_stands_at_its_iteration_with_the_tasks_offset(task: Task, logger: Logger) -> None:
    task.set_initial_iteration(100)
    for iteration in (3, np.int64(4), True, -2, None):
        logger.report_scatter2d("t", "s", [(0, 1)], iteration=iteration)  # type: ignore[arg-type]
    assert [plot.iteration for plot in plots(task)] == [103, 104, 101, 98, None]
    assert {(plot.title, plot.series) for plot in plots(task)} == {("t", "s")}


@pytest.mark.parametrize("iteration", [1.5, "1", [1], object()])
def test_an_iteration_that_is_no_integer_is_a_type_error(strict: Task, iteration: Any) -> None:
    with pytest.raises(TypeError, match="Expected iter of type"):
        strict.get_logger().report_scatter2d("t", "s", [(0, 1)], iteration=iteration)


def test_wrong_names_are_type_errors(strict: Task) -> None:
    with pytest.raises(TypeError, match="Expected metric"):
        strict.get_logger().report_scatter2d(1, "s", [(0, 1)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Expected metric"):
        strict.get_logger().report_scatter2d("t", 1, [(0, 1)])  # type: ignore[arg-type]


def test_a_call_that_is_wrong_as_written_raises_and_what_cannot_be_kept_is_noted(
    task: Task, logger: Logger, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "stripchart"):
        with pytest.raises(AssertionError, match="scatter"):
            logger.report_scatter2d("t", "s", [1, 2, 3])  # type: ignore[list-item]
        logger.report_scatter2d("t", "s", [(0, 1)], extra_layout=[1])  # type: ignore[arg-type]
    assert not plots(task)
    assert [note.code for note in notes(task)] == ["plot-extra"]
    assert all(note.lost and "plot lost" in note.message for note in notes(task))
    assert "test_plots.py" in caplog.text


def test_a_plot_after_the_end_is_noted(task: Task, caplog: pytest.LogCaptureFixture) -> None:
    logger = task.get_logger()
    task.close()
    with caplog.at_level(logging.ERROR, "stripchart"):
        logger.report_scatter2d("t", "s", [(0, 1)])
    assert "the task is closed" in caplog.text
    assert not plots(task)


def test_extra_layout_is_merged_at_every_depth_and_stays_what_it_was(
    task: Task, logger: Logger
) -> None:
    extra = {
        "xaxis": {"title": "other", "nticks": 3},
        "title": {"font": {"size": 9}},
        "height": 200,
    }
    before = copy.deepcopy(extra)
    logger.report_scatter2d("t", "s", [(0, 1)], xaxis="x", extra_layout=extra)
    layout = only(task)["layout"]
    assert extra == before
    assert layout["xaxis"]["title"] == {"text": "other"}
    assert (layout["xaxis"]["nticks"], layout["xaxis"]["automargin"]) == (3, True)
    assert layout["title"] == {"text": "t", "font": {"size": 9}}
    assert layout["height"] == 200


def test_a_comment_stands_under_the_title(task: Task, logger: Logger) -> None:
    logger.report_scatter2d("t", "s", [(0, 1)], comment="why")
    assert only(task)["layout"]["title"]["text"] == "t<br><sup>why</sup>"


def test_what_changes_later_was_not_reported(task: Task, logger: Logger) -> None:
    points = np.zeros((3, 2))
    logger.report_scatter2d("t", "s", points)
    points[:] = 7
    assert only(task)["data"][0]["x"] == [0, 0, 0]


# -- histograms -------------------------------------------------------------------------------------------------------


def test_bars_of_one_row(task: Task, logger: Logger) -> None:
    logger.report_histogram("t", "s", [1, 2.5, np.nan], iteration=1, xaxis="bin", yaxis="n")
    figure = only(task)
    [trace] = figure["data"]
    assert trace == {"type": "bar", "name": "s", "x": [0, 1, 2], "y": [1.0, 2.5, None]}
    layout = figure["layout"]
    assert layout["title"]["text"] == "t"
    assert (layout["xaxis"]["title"]["text"], layout["yaxis"]["title"]["text"]) == ("bin", "n")
    assert (layout["barmode"], layout["bargap"], layout["bargroupgap"]) == ("group", 0.08, 0)


@pytest.mark.parametrize(
    ("labels", "xlabels", "names"),
    [
        (None, None, ["s", "s"]),
        (["a", "b"], None, ["a", "b"]),
        (None, ["x", "y", "z"], ["s 1", "s 2"]),
        (["a"], ["x", "y", "z"], ["a", "a"]),
        (["a", "b"], ["x", "y", "z"], ["a", "b"]),
    ],
)
def test_rows_bear_their_labels(
    task: Task,
    logger: Logger,
    labels: list[str] | None,
    xlabels: list[str] | None,
    names: list[str],
) -> None:
    rows: Any = [[1, 2, 3], [4, 5, 6]]
    logger.report_histogram("t", "s", rows, labels=labels, xlabels=xlabels)
    figure = only(task)
    assert [trace["name"] for trace in figure["data"]] == names
    assert [trace["y"] for trace in figure["data"]] == rows
    bins: Any = xlabels or [0, 1, 2]
    assert all(trace["x"] == bins for trace in figure["data"])
    assert figure["layout"]["title"]["text"] == ("s" if labels else "t")


def test_names_of_bins_keep_their_order_and_stay_names(task: Task, logger: Logger) -> None:
    logger.report_histogram("t", "s", [1, 2, 3], xlabels=["10", "2", "10"])
    figure = only(task)
    axis = figure["layout"]["xaxis"]
    assert axis["type"] == "category"
    assert axis["categoryarray"] == figure["data"][0]["x"]
    assert len(set(axis["categoryarray"])) == 3  # two bins of one name are two bins
    assert [label.strip("\u200b") for label in axis["categoryarray"]] == ["10", "2", "10"]


def test_bars_can_lie_and_bear_what_the_script_adds(task: Task, logger: Logger) -> None:
    extra = {"orientation": "h", "marker": {"color": "blue"}}
    logger.report_histogram("t", "s", [1, 2], xlabels=["a", "b"], data_args=extra)
    figure = only(task)
    [trace] = figure["data"]
    assert (trace["x"], trace["y"], trace["marker"]) == ([1, 2], ["a", "b"], {"color": "blue"})
    assert figure["layout"]["yaxis"]["type"] == "category"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": np.zeros((2, 2, 2))}, "2D numpy array"),
        ({"values": [[1, 2], [3, 4]], "labels": ["a"]}, "label for each data row"),
        ({"values": [1, 2], "xlabels": ["a"]}, "xlabels"),
        ({"values": [1, 2], "mode": "beside"}, "mode"),
    ],
)
def test_histograms_refuse(strict: Task, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        strict.get_logger().report_histogram("t", "s", **arguments)


def test_report_vector_is_a_histogram_and_deprecated(task: Task, logger: Logger) -> None:
    with pytest.warns(DeprecationWarning, match="report_histogram"):
        logger.report_vector("t", "s", [1, 2], mode="stack")
    assert only(task)["layout"]["barmode"] == "stack"


# -- points -----------------------------------------------------------------------------------------------------------


def test_points_keep_all_their_digits(task: Task, logger: Logger) -> None:
    points = np.random.default_rng(0).normal(size=(60_001, 2))
    logger.report_scatter2d("t", "s", points, mode="markers", xaxis="a", yaxis="b")
    figure = only(task)
    [trace] = figure["data"]
    assert np.array_equal(np.array([trace["x"], trace["y"]]).T, points)
    assert (trace["type"], trace["mode"], trace["name"]) == ("scattergl", "markers", "s")
    for axis, title in (("xaxis", "a"), ("yaxis", "b")):
        assert figure["layout"][axis]["title"]["text"] == title
        assert figure["layout"][axis]["showspikes"] is True
        assert figure["layout"][axis]["spikemode"] == "toaxis+across"


def test_points_may_be_dates_categories_and_gaps(task: Task, logger: Logger) -> None:
    day = datetime.datetime(2024, 2, 29, 12)
    logger.report_scatter2d("t", "dates", [(day, 1), (day, None)])  # type: ignore[list-item]
    logger.report_scatter2d("t", "names", [("a", 1.5), ("b", np.inf)])  # type: ignore[list-item]
    logger.report_scatter2d("t", "texts", [("1", "2"), ("3", "4")])  # type: ignore[list-item]
    dates, names, texts = (figure["data"][0] for figure in figures(task))
    assert (dates["x"], dates["y"]) == (["2024-02-29T12:00:00"] * 2, [1.0, None])
    assert (names["x"], names["y"]) == (["a", "b"], [1.5, None])
    assert (texts["x"], texts["y"]) == ([1.0, 3.0], [2.0, 4.0])


def test_labels_are_for_each_point(task: Task, logger: Logger, strict_error: Any) -> None:
    logger.report_scatter2d("t", "s", [(0, 1), (1, 2)], labels=["a", "b"])
    assert only(task)["data"][0]["text"] == ["a", "b"]
    error = strict_error(lambda log: log.report_scatter2d("t", "s", [(0, 1)], labels=["a", "b"]))
    assert isinstance(error, ValueError)
    assert "If 'labels' is provided" in str(error)


@pytest.fixture
def strict_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs a report in strict mode, and returns the error that it raised."""

    def run(report: Any) -> Exception:
        current = Task.current_task()
        if current is not None:
            current.close()
        monkeypatch.setenv("STRIPCHART_STRICT", "1")
        task = Task.init("project", "strict", auto_connect_streams=False)
        with pytest.raises(Exception) as raised:  # noqa: PT011 - the caller says which
            report(task.get_logger())
        return raised.value

    return run


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([1, 2, 3], "Expected a 2D numpy array"),
        ([(1, 2, 3)], "Expected two columns X/Y e.g. \\[\\(x0,y0\\), \\(x1,y1\\) ...\\]"),
    ],
)
def test_points_of_another_shape_are_refused(strict: Task, points: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        strict.get_logger().report_scatter2d("t", "s", points)


def test_a_mode_unknown_is_noted_and_drawn_as_lines(task: Task, logger: Logger) -> None:
    logger.report_scatter2d("t", "s", [(0, 1)], mode="stars")
    assert only(task)["data"][0]["mode"] == "lines"
    [note] = notes(task)
    assert "stars" in note.message
    assert not note.lost


def test_a_cloud_in_space_has_a_name_and_can_be_filled(task: Task, logger: Logger) -> None:
    points = np.arange(12.0).reshape(4, 3)
    logger.report_scatter3d("t", "s", points, zaxis="up", fill=True, labels=list("abcd"))
    figure = only(task)
    [trace] = figure["data"]
    assert (trace["name"], trace["mode"], trace["surfaceaxis"]) == ("s", "markers", 2)
    assert np.array_equal(np.array([trace["x"], trace["y"], trace["z"]]).T, points)
    assert trace["text"] == list("abcd")
    assert figure["layout"]["scene"]["zaxis"]["title"]["text"] == "up"


@pytest.mark.parametrize(
    "clouds",
    [
        [[(0, 0, 0), (1, 1, 1)], [(2, 2, 2)]],
        [np.zeros((2, 3)), np.ones((1, 3))],
    ],
)
def test_several_clouds_are_numbered(task: Task, logger: Logger, clouds: Any) -> None:
    logger.report_scatter3d("t", "s", clouds, labels=[["a", "b"], ["c"]])  # type: ignore[list-item]
    traces = only(task)["data"]
    assert [trace["name"] for trace in traces] == ["s 1", "s 2"]
    assert [len(trace["x"]) for trace in traces] == [2, 1]
    assert [trace["text"] for trace in traces] == [["a", "b"], ["c"]]


def test_one_cloud_of_tuples_is_one(task: Task, logger: Logger) -> None:
    logger.report_scatter3d("t", "s", [(0, 0, 0), (1, 1, 1), (2, 2, 2)])
    [trace] = only(task)["data"]
    assert trace["x"] == [0, 1, 2]


def test_lines_of_series_info_are_one_plot_without_a_series(task: Task, logger: Logger) -> None:
    lines = [
        Logger.SeriesInfo("a", [(0, 1), (1, 2)], labels=["p", "q"]),
        {"name": "b", "data": np.zeros((1, 2))},
    ]
    with pytest.warns(DeprecationWarning, match="report_scatter2d"):
        logger.report_line_plot("t", lines, "x", "y", reverse_xaxis=True)  # type: ignore[arg-type]
    [plot] = plots(task)
    figure = only(task)
    assert plot.series == ""
    assert [trace["name"] for trace in figure["data"]] == ["a", "b"]
    assert figure["data"][0]["text"] == ["p", "q"]
    assert figure["layout"]["xaxis"]["autorange"] == "reversed"


@pytest.mark.parametrize(
    ("data", "labels", "message"),
    [
        ([1, 2], None, "2D numpy array"),
        ([(1, 2, 3)], None, "2 columns"),
        ([(1, 2)], ["a", "b"], "same length"),
    ],
)
def test_series_info_checks_its_data(data: Any, labels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Logger.SeriesInfo("a", data, labels)


# -- matrices ---------------------------------------------------------------------------------------------------------


def test_a_confusion_matrix_shows_its_numbers(task: Task, logger: Logger) -> None:
    matrix = np.array([[5, 1], [0, 7]])
    logger.report_confusion_matrix(
        "t", "s", matrix, 1, xaxis="is", yaxis="was", xlabels=["2", "1"], ylabels=["a", "b"]
    )
    figure = only(task)
    [trace] = figure["data"]
    layout = figure["layout"]
    assert (trace["type"], trace["z"], trace["name"]) == ("heatmap", matrix.tolist(), "s")
    assert trace["texttemplate"] == "%{z:,d}"
    assert (trace["x"], layout["xaxis"]["type"]) == (["2", "1"], "category")
    assert layout["yaxis"]["scaleanchor"] == "x"
    assert "autorange" not in layout["yaxis"]
    assert trace["hovertemplate"].startswith("is: %{x}<br>was: %{y}")


def test_extra_layout_of_a_matrix_leaves_text_and_colours(task: Task, logger: Logger) -> None:
    extra: dict[str, Any] = {"height": 300, "xaxis": {"side": "top"}, "zmax": 9}
    logger.report_confusion_matrix("t", "s", np.eye(3), yaxis_reversed=True, extra_layout=extra)
    logger.report_confusion_matrix("t", "s", np.eye(3), extra_layout={"colorscale": "Viridis"})
    first, second = figures(task)
    assert "texttemplate" in first["data"][0]
    assert isinstance(first["data"][0]["colorscale"], list)
    assert first["data"][0]["zmax"] == 9
    assert "height" not in first["data"][0]
    assert first["layout"]["height"] == 300
    assert first["layout"]["xaxis"]["side"] == "top"
    assert first["layout"]["yaxis"]["autorange"] == "reversed"
    assert second["data"][0]["colorscale"] == "Viridis"


def test_cells_that_are_no_numbers_say_so(task: Task, logger: Logger) -> None:
    matrix = np.array([[1.0, np.nan], [np.inf, -np.inf]])
    logger.report_confusion_matrix("t", "s", matrix, xlabels=["a", "b"])
    figure = only(task)
    assert figure["data"][0]["z"] == [[1.0, None], [None, None]]
    told = [(a["x"], a["y"], a["text"]) for a in figure["layout"]["annotations"]]
    assert told == [("b", 0, "NaN"), ("a", 1, "Inf"), ("b", 1, "-Inf")]


def test_both_signs_get_a_scale_with_zero_in_the_middle(task: Task, logger: Logger) -> None:
    logger.report_confusion_matrix("t", "s", np.array([[-1.0, 0.5]]))
    assert only(task)["data"][0]["zmid"] == 0


def test_a_large_matrix_is_drawn_without_text(task: Task, logger: Logger) -> None:
    logger.report_confusion_matrix("t", "s", np.zeros((101, 100)))
    assert "texttemplate" not in only(task)["data"][0]


def test_a_matrix_too_large_for_a_page_is_noted(task: Task, logger: Logger) -> None:
    logger.report_confusion_matrix("t", "s", np.broadcast_to(np.float32(0), (10_000, 10_000)))
    [note] = notes(task)
    assert note.code == "plot-size"
    assert "100,000,000" in note.message


@pytest.mark.parametrize(
    ("matrix", "error"),
    [([["a"]], ValueError), ([1, 2], AssertionError), ([[1], [2, 3]], ValueError)],
)
def test_matrices_refuse(strict: Task, matrix: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        strict.get_logger().report_confusion_matrix("t", "s", matrix)
    with pytest.raises(error):
        strict.get_logger().report_surface("t", "s", matrix)


def test_report_matrix_is_a_confusion_matrix_and_deprecated(task: Task, logger: Logger) -> None:
    with pytest.warns(DeprecationWarning, match="report_confusion_matrix"):
        logger.report_matrix("t", "s", np.eye(2), yaxis_reversed=True)
    assert only(task)["data"][0]["type"] == "heatmap"


def test_a_surface_has_labels_and_a_camera(task: Task, logger: Logger) -> None:
    heights = np.arange(6.0).reshape(2, 3)
    logger.report_surface(
        "t", "s", heights, zaxis="h", xlabels=["a", "b", "c"], camera=(1, 2, 3.5), comment="c"
    )
    figure = only(task)
    scene = figure["layout"]["scene"]
    assert figure["data"][0]["z"] == heights.tolist()
    assert figure["layout"]["title"]["text"] == "t/s<br><sup>c</sup>"
    assert scene["camera"] == {"eye": {"x": 1, "y": 2, "z": 3.5}}
    assert (scene["xaxis"]["ticktext"], scene["xaxis"]["tickvals"]) == (["a", "b", "c"], [0, 1, 2])
    assert scene["zaxis"]["title"]["text"] == "h"


# -- figures of plotly ------------------------------------------------------------------------------------------------


def test_a_figure_of_plotly_stays_as_it_is(task: Task, logger: Logger) -> None:
    figure = {
        "data": [{"type": "bar", "y": np.array([1.0, np.nan]), "x": (1, float("inf"))}],
        "layout": {"title": {"text": "mine"}},
        "frames": [],
    }
    before = copy.deepcopy(figure)
    logger.report_plotly("t", "s", figure, iteration=2)
    told = only(task)
    assert told["layout"] == {"title": {"text": "mine"}}
    assert told["data"] == [{"type": "bar", "y": [1.0, None], "x": [1, None]}]
    np.testing.assert_equal(figure, before)


def test_an_object_of_plotly_is_read(task: Task, logger: Logger) -> None:
    go = pytest.importorskip("plotly.graph_objects")
    logger.report_plotly("t", "s", go.Figure(go.Scatter(y=[1, 2]), layout={"title": "mine"}))
    figure = only(task)
    assert figure["data"][0]["type"] == "scatter"
    assert figure["layout"]["title"]["text"] == "mine"


def test_what_is_no_figure_is_refused(strict: Task) -> None:
    with pytest.raises(AttributeError, match="to_plotly_json"):
        strict.get_logger().report_plotly("t", "s", [1])


def test_what_json_does_not_know_is_told(task: Task, logger: Logger) -> None:
    endless: dict[str, Any] = {"data": []}
    endless["layout"] = endless
    logger.report_plotly("t", "s", endless)
    logger.report_plotly("t", "s", {"data": [{"x": [1j]}]})
    logger.report_plotly("t", "s", {"data": [{"x": object()}]})
    assert not plots(task)
    [note, *_] = notes(task)
    assert note.code == "plot-json"


def test_odd_values_become_plain_ones(task: Task, logger: Logger) -> None:
    layout = {
        1: "number", None: "nothing", np.int64(2): "numpy", "text": "lone \ud800",
        "when": [datetime.date(2024, 1, 2), np.datetime64("2024-01-02"), np.datetime64("NaT")],
        "numbers": [np.float32(0.5), np.float64("nan"), np.int8(3), np.bool_(True), 2**70],
        "range": range(3), "objects": np.array([None, "a", 1.5], dtype=object), "path": Path("a/b"),
    }  # fmt: skip
    logger.report_plotly("t", "s", {"data": [], "layout": layout})
    told = only(task)["layout"]
    assert (told["1"], told["None"], told["2"]) == ("number", "nothing", "numpy")
    assert told["text"] == "lone \\ud800"
    assert told["when"] == ["2024-01-02", "2024-01-02", None]
    assert told["numbers"] == [0.5, None, 3, True, 2**70]
    assert (told["range"], told["objects"], told["path"]) == ([0, 1, 2], [None, "a", 1.5], "a/b")


# -- tables without pandas --------------------------------------------------------------------------------------------


def test_rows_are_a_header_and_cells_by_column(task: Task, logger: Logger) -> None:
    rows = [["name", 2], ["a", 1.5], ("b", None), ["c", np.inf]]
    logger.report_table("t", "s", 1, table_plot=rows, extra_data={"columnwidth": [2, 1]})
    figure = only(task)
    [trace] = figure["data"]
    assert trace["header"]["values"] == ["name", "2"]
    assert trace["cells"]["values"] == [["a", "b", "c"], [1.5, "NaN", "Inf"]]
    assert trace["columnwidth"] == [2, 1]
    assert figure["layout"]["title"]["text"] == "t"


def test_an_empty_table_is_a_table(task: Task, logger: Logger) -> None:
    logger.report_table("t", "s", table_plot=[])
    assert only(task)["data"][0]["cells"]["values"] == []


def test_ragged_rows_are_filled_up_and_noted(task: Task, logger: Logger) -> None:
    logger.report_table("t", "s", table_plot=[["a", "b"], [1], [1, 2, 3]])
    assert only(task)["data"][0]["cells"]["values"] == [[1, 1], ["", 2], ["", 3]]
    [note] = notes(task)
    assert "different lengths" in note.message


def test_a_table_is_of_one_source(strict: Task) -> None:
    logger = strict.get_logger()
    with pytest.raises(UsageError, match=r"At least one of \(table_plot, csv, url\) is required"):
        logger.report_table("t", "s")
    with pytest.raises(UsageError, match=r"Only one of \(table_plot, csv, url\) is allowed"):
        logger.report_table("t", "s", table_plot=[], csv="a.csv")


@pytest.mark.parametrize("packed", [False, True])
def test_csv_has_types_by_column(task: Task, logger: Logger, tmp_path: Path, packed: bool) -> None:
    import gzip

    text = "id,n,f,flag,text\nx,1,1.5,True,0a\ny,2,,False,\nz,-3,inf,True,7\n"
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else b"\xef\xbb\xbf" + text.encode())
    logger.report_table("t", "s", csv=str(path))
    [trace] = only(task)["data"]
    assert trace["header"]["values"] == ["id", "n", "f", "flag", "text"]
    assert trace["cells"]["values"] == [
        ["x", "y", "z"], [1, 2, -3], [1.5, "NaN", "Inf"], [True, False, True], ["0a", "NaN", "7"],
    ]  # fmt: skip
    assert trace["meta"]["index"] == 1


def test_csv_at_an_address_is_read(task: Task, logger: Logger, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    logger.report_table("t", "s", url=(tmp_path / "a.csv").as_uri())
    assert only(task)["data"][0]["cells"]["values"] == [[1], [2]]


def test_csv_that_is_not_there_is_told(strict: Task, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        strict.get_logger().report_table("t", "s", csv=str(tmp_path / "none.csv"))
    with pytest.raises(OSError, match="url could not be read"):
        strict.get_logger().report_table("t", "s", url=(tmp_path / "none.csv").as_uri())
    with pytest.raises(ValueError, match=r"^url could not be read: nonnumeric port"):
        strict.get_logger().report_table("t", "s", url="http://127.0.0.1:x/a.csv")


def test_why_an_address_was_not_read_is_told_once(
    task: Task, logger: Logger, tmp_path: Path
) -> None:
    logger.report_table("t", "s", url=(tmp_path / "none.csv").as_uri())
    [note] = notes(task)
    assert note.message.startswith("plot lost: url could not be read: [Errno 2]")


@pytest.mark.parametrize(("value", "is_exact"), [(2**53, True), (2**53 + 2, False), (0.5, False)])
def test_cells_of_whole_numbers_are_written_out(
    task: Task, logger: Logger, value: float, is_exact: bool
) -> None:
    logger.report_confusion_matrix("t", "s", np.array([[value, 1]]))
    [trace] = only(task)["data"]
    assert (trace["texttemplate"] == "%{z:,d}") == is_exact
