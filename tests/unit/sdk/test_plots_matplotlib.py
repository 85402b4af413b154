"""Figures of Matplotlib: what is converted, that it is the same picture, and what is kept as an image."""

from __future__ import annotations

import base64
import datetime
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stripchart import Logger, Task
from stripchart.records import SampleReported
from stripchart.sdk.lookup import readers, records_of
from tests.unit.sdk.plot_reading import notes, only, plots

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "plots.md"
_RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _clean_pyplot() -> Iterator[None]:
    yield
    plt.close("all")
    Logger.matplotlib_force_report_non_interactive(False)


@pytest.fixture
def ax() -> Any:
    return plt.subplots()[1]


@pytest.fixture
def converted(task: Task) -> Callable[[Any], dict[str, Any]]:
    """Return a function that reports a figure and reads back what must be interactive."""

    def convert(artist: Any) -> dict[str, Any]:
        task.get_logger().report_matplotlib_figure("t", "s", artist, iteration=1)
        assert not notes(task)
        return only(task)

    return convert


def _is_image(figure: dict[str, Any]) -> bool:
    return figure["data"] == [] and len(figure["layout"]["images"]) == 1


def _pixels(figure: dict[str, Any]) -> Image.Image:
    source = figure["layout"]["images"][0]["source"]
    kind, text = source.split(",", 1)
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(text)))


# -- the table of the guide -------------------------------------------------------------------------------------------


def _days() -> list[datetime.datetime]:
    return [datetime.datetime(2024, 1, day) for day in (1, 2, 3)]


def _twin(ax: Any) -> None:
    ax.plot([1, 2])
    ax.twinx().plot([5, 3])


def _texts(ax: Any) -> None:
    ax.text(0.5, 0.5, "here", transform=ax.transAxes)
    ax.annotate("point", xy=(0, 1), xytext=(0.5, 0.5), arrowprops={"arrowstyle": "->"})


def _colour_bar(ax: Any) -> None:
    ax.figure.colorbar(ax.imshow(np.eye(3)))


def _grid(ax: Any) -> None:
    figure = ax.figure
    figure.clear()
    for part in figure.subplots(2, 2, sharex=True).flat:
        part.plot([1, 2])


def _in_space(ax: Any) -> None:
    ax.figure.clear()
    ax.figure.add_subplot(projection="3d").plot([1], [1], [1])


def _polar(ax: Any) -> None:
    ax.figure.clear()
    ax.figure.add_subplot(projection="polar").plot([1], [1])


# What the guide names -> how to draw it.
INTERACTIVE: dict[str, Callable[[Any], Any]] = {
    "plot": lambda ax: ax.plot([1, 2], "r--o"),
    "step": lambda ax: ax.step([1, 2], [1, 2], where="mid"),
    "scatter": lambda ax: ax.scatter([1, 2], [1, 2], c=[1, 2], s=[20, 40]),
    "bar": lambda ax: ax.bar(["a", "b"], [1, 2]),
    "barh": lambda ax: ax.barh(["a", "b"], [1, 2]),
    "hist": lambda ax: ax.hist([1, 2, 2]),
    "errorbar": lambda ax: ax.errorbar([1, 2], [1, 2], yerr=0.1, capsize=2),
    "fill_between": lambda ax: ax.fill_between([1, 2], [1, 2], [2, 3]),
    "stackplot": lambda ax: ax.stackplot([1, 2], [[1, 2], [2, 1]]),
    "stem": lambda ax: ax.stem([1, 2]),
    "boxplot": lambda ax: ax.boxplot([[1, 2, 3], [2, 3, 4]]),
    "violinplot": lambda ax: ax.violinplot([1, 2, 3, 5]),
    "imshow": lambda ax: ax.imshow(np.eye(3)),
    "imshow of colours": lambda ax: ax.imshow(np.zeros((2, 2, 3))),
    "pcolormesh": lambda ax: ax.pcolormesh(np.eye(3)),
    "colorbar": _colour_bar,
    "axhline, axvline": lambda ax: (ax.axhline(1), ax.axvline(1)),
    "axline": lambda ax: ax.axline((0, 0), slope=1),
    "axhspan, axvspan": lambda ax: (ax.axhspan(0, 1), ax.axvspan(0, 1)),
    "hlines, vlines": lambda ax: (ax.hlines([1], 0, 1), ax.vlines([1], 0, 1)),
    "text, annotate": _texts,
    "pie": lambda ax: ax.pie([1, 2], labels=["a", "b"]),
    "subplots": _grid,
    "twinx, twiny": _twin,
    "dates": lambda ax: ax.plot(_days(), [1, 2, 3]),
    "log scales": lambda ax: ax.loglog([1, 10], [1, 10]),
}
IMAGES: dict[str, Callable[[Any], Any]] = {
    "contour, contourf": lambda ax: ax.contourf(np.eye(3)),
    "quiver, barbs": lambda ax: ax.quiver([1], [1]),
    "streamplot": lambda ax: ax.streamplot(
        np.arange(3), np.arange(3), np.ones((3, 3)), np.ones((3, 3))
    ),
    "hexbin": lambda ax: ax.hexbin([1, 2], [1, 2]),
    "tripcolor": lambda ax: ax.tripcolor([0, 1, 0], [0, 0, 1], [1, 2, 3]),
    "3-D axes": _in_space,
    "polar axes": _polar,
    "symlog and other scales": lambda ax: ax.set_yscale("symlog"),
    "logarithmic colours": lambda ax: ax.imshow(np.eye(3) + 1, norm="log"),
    "hatching": lambda ax: ax.bar([1], [1], hatch="/"),
    "inset axes": lambda ax: ax.inset_axes([0.5, 0.5, 0.2, 0.2]),
    "table": lambda ax: ax.table([["a"]]),
    "markers of one's own": lambda ax: ax.plot([1], marker=(5, 2)),
    "formulas beyond signs and scripts": lambda ax: ax.set_title(r"$\frac{1}{2}$"),
}


@pytest.mark.parametrize("name", INTERACTIVE)
def test_what_the_guide_calls_interactive_is(
    converted: Callable[[Any], dict[str, Any]], ax: Any, name: str
) -> None:
    INTERACTIVE[name](ax)
    figure = converted(ax.figure)
    assert not _is_image(figure)
    assert figure["data"]


@pytest.mark.parametrize("name", IMAGES)
def test_what_the_guide_calls_an_image_is_one_with_its_reason(
    task: Task, ax: Any, name: str
) -> None:
    IMAGES[name](ax)
    task.get_logger().report_matplotlib_figure("t", "s", ax.figure)
    figure = only(task)
    assert _is_image(figure)
    [note] = notes(task)
    assert not note.lost
    assert figure["layout"]["meta"]["reason"].startswith("not interactive because of")
    assert figure["layout"]["meta"]["reason"] in note.message


def test_the_guide_lists_what_is_tested() -> None:
    rows = re.findall(r"^\| `?([^|`]+?)`? \| (interactive|image) \|", GUIDE.read_text(), re.M)
    told = dict(rows)
    assert told == {**dict.fromkeys(INTERACTIVE, "interactive"), **dict.fromkeys(IMAGES, "image")}


# -- the same picture -------------------------------------------------------------------------------------------------


def test_a_line_keeps_its_points_and_looks(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    x, y = np.arange(5.0), _RANDOM.normal(size=5)
    ax.plot(
        x, y, color="#ff0000", linestyle="--", linewidth=3, marker="s", label="a & b", alpha=0.5
    )
    ax.set(xlim=(0, 10), ylim=(3, -3), xlabel="time", title="T < 1")
    ax.legend()
    figure = converted(ax.figure)
    [trace] = figure["data"]
    assert (trace["x"], trace["y"]) == (x.tolist(), y.tolist())
    assert trace["mode"] == "lines+markers"
    assert trace["line"]["color"] == "rgba(255,0,0,0.5)"
    assert trace["line"]["width"] == 4
    assert "px" in trace["line"]["dash"]
    assert trace["marker"]["symbol"] == "square"
    assert (trace["name"], trace["showlegend"]) == ("a &amp; b", True)
    layout = figure["layout"]
    assert layout["xaxis"]["range"] == [0, 10]
    assert layout["yaxis"]["range"] == [3, -3]
    assert layout["xaxis"]["title"]["text"] == "time"
    assert layout["title"]["text"] == "T &lt; 1"


def test_a_scatter_plot_keeps_sizes_colours_and_bar(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    points = ax.scatter([1, 2, 3], [4, 5, 6], c=[0.1, 0.5, 0.9], s=[9, 36, 81], vmin=0, vmax=1)
    ax.figure.colorbar(points, label="value")
    [trace] = converted(ax.figure)["data"]
    marker = trace["marker"]
    assert marker["color"] == [0.1, 0.5, 0.9]
    assert (marker["cmin"], marker["cmax"], marker["showscale"]) == (0, 1, True)
    assert marker["colorscale"][0] == [0, "rgba(68,1,84,1.0)"]
    assert np.diff(marker["size"]).tolist() == pytest.approx([4, 4])
    assert marker["colorbar"]["title"]["text"] == "value"


def test_bars_stand_where_they_stood(converted: Callable[[Any], dict[str, Any]], ax: Any) -> None:
    ax.bar(["a", "b"], [1, 2], bottom=[0, 1], width=0.5, color=["r", "g"], label="bars")
    figure = converted(ax.figure)
    [trace] = figure["data"]
    assert (trace["x"], trace["y"], trace["base"]) == ([0, 1], [1, 2], [0, 1])
    assert trace["width"] == [0.5, 0.5]
    assert trace["marker"]["color"] == ["rgba(255,0,0,1.0)", "rgba(0,128,0,1.0)"]
    assert figure["layout"]["xaxis"]["ticktext"] == ["a", "b"]
    assert (trace["name"], trace["showlegend"]) == ("bars", False)


def test_an_image_of_values_is_a_heatmap_at_its_extent(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    values = np.ma.masked_equal(np.arange(6.0).reshape(2, 3), 4)
    ax.imshow(values, extent=(0, 3, 0, 2))
    figure = converted(ax.figure)
    [trace] = figure["data"]
    assert trace["z"] == [[0, 1, 2], [3, None, 5]]
    assert (trace["x"], trace["y"]) == ([0.5, 1.5, 2.5], [1.5, 0.5])
    assert figure["layout"]["yaxis"]["range"] == [0, 2]
    assert figure["layout"]["yaxis"]["scaleanchor"] == "x"


@pytest.mark.parametrize("origin", ["upper", "lower"])
def test_an_image_of_colours_keeps_its_pixels(
    converted: Callable[[Any], dict[str, Any]], ax: Any, origin: str
) -> None:
    colours = _RANDOM.integers(0, 256, (3, 4, 4), dtype=np.uint8)
    ax.imshow(colours, origin=origin)
    figure = converted(ax.figure)
    shown = np.asarray(_pixels(figure))
    step = shown.shape[0] // 3
    kept = shown[::step, ::step]
    assert np.array_equal(kept if origin == "upper" else kept[::-1], colours)
    [picture] = figure["layout"]["images"]
    assert (picture["x"], picture["sizex"], picture["sizey"]) == (-0.5, 4, 3)


def test_dates_and_logarithms_have_their_axes(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    ax.plot(_days(), [1, 10, 100])
    ax.axvline(_days()[1])
    ax.set(yscale="log", ylim=(1, 1000))
    figure = converted(ax.figure)
    assert figure["data"][0]["x"][0] == "2024-01-01T00:00:00.000"
    assert figure["layout"]["xaxis"]["type"] == "date"
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert figure["layout"]["yaxis"]["range"] == [0, 3]
    [shape] = figure["layout"]["shapes"]
    assert (shape["x0"], shape["yref"]) == ("2024-01-02T00:00:00.000", "y domain")


def test_a_time_series_of_pandas_has_its_dates(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    pd = pytest.importorskip("pandas")
    index = pd.date_range("2024-01-31", periods=3, freq="ME")
    pd.Series([1.0, 2.0, 3.0], index=index, name="n").plot(ax=ax)
    figure = converted(ax.figure)
    [trace] = figure["data"]
    assert [text[:10] for text in trace["x"]] == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert trace["y"] == [1, 2, 3]
    assert figure["layout"]["xaxis"]["type"] == "date"


def test_a_line_without_ends_crosses_the_axes(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    ax.axline((0, 1), slope=2)
    ax.axline((1, 0), (1, 5))
    ax.set(xlim=(-1, 1), ylim=(0, 4))
    first, second = converted(ax.figure)["layout"]["shapes"]
    assert [first[key] for key in ("x0", "x1", "y0", "y1")] == [-1, 1, -1, 3]
    assert [second[key] for key in ("x0", "x1", "y0", "y1")] == [1, 1, 0, 4]


def test_subplots_keep_their_places_and_zoom_together(
    converted: Callable[[Any], dict[str, Any]],
) -> None:
    figure, parts = plt.subplots(2, 1, sharex=True)
    for i, part in enumerate(parts):
        part.plot([i, 2], label=f"line {i}")
        part.set_title(f"part {i}")
        part.legend(loc="lower left")
    figure.suptitle("all")
    told = converted(figure)
    layout = told["layout"]
    assert [trace["xaxis"] for trace in told["data"]] == ["x", "x2"]
    assert layout["xaxis2"]["matches"] == "x"
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]
    assert layout["title"]["text"] == "all"
    assert [a["text"] for a in layout["annotations"]] == ["part 0", "part 1"]
    assert [trace["legend"] for trace in told["data"]] == ["legend", "legend2"]
    assert layout["legend2"]["yanchor"] == "bottom"


def test_a_twin_lies_upon_its_axes(converted: Callable[[Any], dict[str, Any]], ax: Any) -> None:
    _twin(ax)
    layout = converted(ax.figure)["layout"]
    assert (layout["yaxis2"]["overlaying"], layout["yaxis2"]["side"]) == ("y", "right")
    assert (layout["xaxis2"]["matches"], layout["xaxis2"]["visible"]) == ("x", False)


def test_a_legend_of_ones_own_is_shown(converted: Callable[[Any], dict[str, Any]], ax: Any) -> None:
    [line] = ax.plot([1, 2])
    ax.legend(handles=[plt.Line2D([], [], color="r"), line], labels=["own", "line"])
    traces = converted(ax.figure)["data"]
    assert [trace["name"] for trace in traces if trace["showlegend"]] == ["own", "line"]


def test_simple_formulas_are_written_out(
    converted: Callable[[Any], dict[str, Any]], ax: Any
) -> None:
    ax.set(xlabel=r"$\alpha_{i}$ [m$^2$]", ylabel="costs 5$")
    layout = converted(ax.figure)["layout"]
    assert layout["xaxis"]["title"]["text"] == "α<sub>i</sub> [m<sup>2</sup>]"
    assert layout["yaxis"]["title"]["text"] == "costs 5$"


def test_the_colours_of_the_paper_are_the_figures(
    converted: Callable[[Any], dict[str, Any]],
) -> None:
    figure, ax = plt.subplots(facecolor="black")
    ax.set_facecolor("navy")
    layout = converted(figure)["layout"]
    assert layout["paper_bgcolor"] == "rgba(0,0,0,1.0)"
    assert layout["plot_bgcolor"] == "rgba(0,0,128,1.0)"


def _drawn(figure: Any) -> bytes:
    figure.canvas.draw()
    return bytes(figure.canvas.buffer_rgba())


@pytest.mark.parametrize("name", ["scatter", "bar", "dates", "imshow"])
def test_a_conversion_only_reads(task: Task, ax: Any, name: str) -> None:
    INTERACTIVE[name](ax)
    before = _drawn(ax.figure)
    task.get_logger().report_matplotlib_figure("t", "s", ax.figure)
    assert not ax.figure.stale  # Matplotlib's own mark of what was set since it was drawn
    assert not ax.stale
    assert _drawn(ax.figure) == before


def test_an_image_leaves_the_figure_as_it_was(task: Task, ax: Any) -> None:
    ax.contourf(np.eye(3))
    before = _drawn(ax.figure), ax.figure.dpi, ax.figure.canvas, plt.get_fignums()
    task.get_logger().report_matplotlib_figure("t", "s", ax.figure)
    after = ax.figure.dpi, ax.figure.canvas, plt.get_fignums()
    assert (_drawn(ax.figure), *after) == before


# -- as an image, on request ------------------------------------------------------------------------------------------


def test_an_image_is_crisp_and_of_the_figures_proportions(task: Task) -> None:
    figure, ax = plt.subplots(figsize=(4, 3), dpi=120)
    ax.plot([1, 2])
    task.get_logger().report_matplotlib_figure("t", "s", figure, report_interactive=False)
    told = only(task)
    assert _is_image(told)
    assert _pixels(told).size == (960, 720)
    assert (told["layout"]["width"], told["layout"]["height"]) == (640, 480)
    assert told["layout"]["title"]["text"] == "t/s"
    assert not notes(task)


def test_a_huge_figure_is_kept_within_bounds(task: Task) -> None:
    figure = plt.figure(figsize=(100, 50), dpi=400)
    task.get_logger().report_matplotlib_figure("t", "s", figure, report_interactive=False)
    width, height = _pixels(only(task)).size
    assert width * height <= 24_100_000


def test_all_figures_can_be_forced_to_be_images(task: Task, ax: Any) -> None:
    ax.plot([1, 2])
    Logger.matplotlib_force_report_non_interactive(True)
    task.get_logger().report_matplotlib_figure("t", "s", ax.figure)
    assert _is_image(only(task))


def test_a_figure_can_be_a_debug_sample_instead(task: Task, ax: Any) -> None:
    ax.plot([1, 2])
    task.get_logger().report_matplotlib_figure("t", "s", ax.figure, iteration=3, report_image=True)
    records = [r for reader in readers(task._session.task_dir) for r in records_of(reader)]
    [sample] = [r for r in records if isinstance(r, SampleReported)]
    assert (sample.title, sample.series, sample.iteration) == ("t", "s", 3)
    assert (sample.media, sample.extension.strip(".")) == ("image", "png")
    assert not plots(task)


def test_pyplot_means_its_current_figure(task: Task) -> None:
    plt.plot([1, 2])
    task.get_logger().report_matplotlib_figure("t", "s", plt)
    assert only(task)["data"][0]["y"] == [1, 2]


def test_pyplot_without_a_figure_is_noted_and_gets_none(task: Task) -> None:
    task.get_logger().report_matplotlib_figure("t", "s", plt)
    assert not plots(task)
    assert "pyplot has no figure" in notes(task)[0].message
    assert not plt.get_fignums()


def test_an_axes_means_its_figure(converted: Callable[[Any], dict[str, Any]], ax: Any) -> None:
    ax.plot([1, 2])
    assert converted(ax)["data"][0]["y"] == [1, 2]


@pytest.mark.parametrize("more", [{}, {"report_interactive": False}, {"report_image": True}])
def test_a_formula_that_matplotlib_cannot_read_is_told_in_one_line(
    task: Task, ax: Any, more: dict[str, bool]
) -> None:
    ax.set_title(r"$\badthing{x$")
    task.get_logger().report_matplotlib_figure("t", "s", ax, iteration=1, **more)
    [note] = notes(task)
    assert note.lost
    assert re.search(r"lost: Matplotlib cannot draw the figure: .*badthing", note.message)
    assert "\n" not in note.message
