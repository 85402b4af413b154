"""Whatever is reported as a plot: strict JSON in the journal or a note, and the call returns."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stripchart import Logger, Task, UsageError
from tests.unit.sdk.hostile import ANYTHING, Hostile
from tests.unit.sdk.plot_reading import figures, notes

_options = st.one_of(
    st.none(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=4), ANYTHING
)

REFUSALS = (AssertionError, AttributeError, FileNotFoundError, TypeError, UsageError, ValueError)

_REPORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "report_histogram": (
        "values",
        ("labels", "xlabels", "xaxis", "yaxis", "mode", "data_args", "extra_layout"),
    ),
    "report_table": ("table_plot", ("csv", "url", "extra_layout", "extra_data")),
    "report_scatter2d": (
        "scatter",
        ("xaxis", "yaxis", "labels", "mode", "comment", "extra_layout"),
    ),
    "report_scatter3d": ("scatter", ("zaxis", "labels", "mode", "fill", "comment", "extra_layout")),
    "report_confusion_matrix": (
        "matrix",
        ("xaxis", "xlabels", "ylabels", "yaxis_reversed", "comment", "extra_layout"),
    ),
    "report_surface": (
        "matrix",
        ("zaxis", "xlabels", "ylabels", "camera", "comment", "extra_layout"),
    ),
    "report_plotly": ("figure", ()),
    "report_matplotlib_figure": ("figure", ("report_image", "report_interactive")),
}


@pytest.fixture
def report_any(task: Task) -> Callable[[str, dict[str, Any]], None]:
    def report(method: str, arguments: dict[str, Any]) -> None:
        losses = task._session.losses
        before = len(figures(task)), sum(losses.counts().values())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                getattr(task.get_logger(), method)("t", "s", **arguments)
        except REFUSALS:
            return  # which are raised for what is another test's
        kept = len(figures(task)) - before[0]  # parsed as strict JSON
        assert kept == 1 or sum(losses.counts().values()) > before[1]

    return report


@pytest.mark.parametrize("method", _REPORTS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_input_is_a_plot_or_a_note(
    report_any: Callable[[str, dict[str, Any]], None], method: str, data: st.DataObject
) -> None:
    main, options = _REPORTS[method]
    chosen = data.draw(st.sets(st.sampled_from(options), max_size=2)) if options else set()
    arguments = {main: data.draw(ANYTHING, label=main)}
    arguments |= {name: data.draw(_options, label=name) for name in sorted(chosen)}
    report_any(method, arguments)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    points=hnp.arrays("f8", st.tuples(st.integers(0, 6), st.just(2)), elements=st.floats(width=64))
)
def test_every_finite_point_is_read_back_exactly(task: Task, points: Any) -> None:
    task.get_logger().report_scatter2d("t", "s", points)
    trace = figures(task)[-1]["data"][0]
    told = np.array([trace["x"], trace["y"]], dtype=float).T.reshape(-1, 2)
    expected = np.where(np.isfinite(points), points, np.nan)
    assert np.array_equal(told, expected, equal_nan=True)


@pytest.mark.parametrize("method", _REPORTS)
def test_an_object_that_only_raises_is_a_note(
    report_any: Callable[[str, dict[str, Any]], None], method: str
) -> None:
    main, options = _REPORTS[method]
    report_any(method, {main: Hostile()})
    for name in options:
        good = {"values": [1], "table_plot": None, "scatter": [(1, 2)], "matrix": [[1]]}
        report_any(method, {main: good.get(main), name: Hostile()})


def test_what_the_scripts_own_signal_handler_raises_goes_on(
    task: Task,
) -> None:
    class Late(ValueError):
        pass

    def handler(*_: Any) -> None:
        raise Late

    class Slow:
        def to_plotly_json(self) -> Any:
            signal.raise_signal(signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with pytest.raises(Late):
            task.get_logger().report_plotly("t", "s", Slow())
        with pytest.raises(Late):
            task.get_logger().report_plotly("t", "s", {"data": [{"x": Slow()}]})
    finally:
        signal.signal(signal.SIGALRM, before)


def test_csv_of_noise_is_a_table_or_a_note(
    report_any: Callable[[str, dict[str, Any]], None], tmp_path: Path
) -> None:
    noise = np.random.default_rng(0)
    for i in range(20):
        path = tmp_path / f"{i}.csv"
        path.write_bytes(noise.integers(0, 256, 500, dtype=np.uint8).tobytes())
        report_any("report_table", {"csv": str(path)})
        path.rename(tmp_path / f"{i}.csv.gz")
        report_any("report_table", {"csv": f"{path}.gz"})


def test_a_figure_of_fifty_megabytes_is_kept(task: Task) -> None:
    values = np.random.default_rng(0).normal(size=2_600_000)
    task.get_logger().report_plotly("t", "s", {"data": [{"y": values}]})
    [figure] = figures(task)
    assert len(figure["data"][0]["y"]) == len(values)
    assert figure["data"][0]["y"][-1] == values[-1]


def test_a_table_of_a_million_rows_is_kept(task: Task) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"n": np.arange(1_000_000), "f": np.arange(1_000_000) / 8})
    task.get_logger().report_table("t", "s", table_plot=frame)
    [figure] = figures(task)
    assert figure["data"][0]["cells"]["values"][0][-1] == 999_999


def test_rows_that_do_not_fit_are_counted(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    from stripchart.sdk.figures import table

    monkeypatch.setattr(table, "MOST_VALUES", 10)
    logger: Logger = task.get_logger()
    logger.report_table("t", "s", table_plot=[["a", "b"], *([i, i] for i in range(9))])
    assert figures(task)[0]["data"][0]["cells"]["values"] == [[0, 1, 2, 3, 4]] * 2
    assert "9 rows; the first 5 are kept" in notes(task)[0].message
