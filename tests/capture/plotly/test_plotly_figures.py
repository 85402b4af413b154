"""Figures of plotly that a script shows: each state of each is one plot, as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stripchart import Task
from tests.capture.scripts import run

pytest.importorskip("plotly")

TASK = """
from stripchart import Task
task = Task.init("capture", "plotly")
"""
LIBRARY = """
import plotly.graph_objects as go
from plotly.io import show
import plotly.io as pio
"""
FIGURES = """
class Silent(pio.base_renderers.ExternalRenderer):
    def render(self, figure):
        if "fail" in figure["layout"].get("meta", ""):
            raise OSError("no browser")
pio.renderers["silent"] = Silent()
pio.renderers.default = "silent"
fig = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]), layout={"title": {"text": "My <b>title</b> &amp; co"}})
before = fig.to_json()
fig.show(); show(fig); pio.show(fig, validate=False)
unchanged = fig.to_json() == before
fig.add_scatter(y=[1, 2]); fig.show()
task.logger.report_scalar("a", "b", 1.0, 7)
go.Figure(go.Bar(y=[1])).show()
go.Figure(go.Bar(y=[2])).show()
own = go.Figure(go.Bar(y=[3]), layout={"title": "Own"})
task.logger.report_plotly("own", "s", own, 1)
own.show()
try:
    go.Figure(layout={"meta": "fail"}).show()
except OSError as error:
    failed = str(error)
task.close()
go.Figure(go.Bar(y=[4])).show()
tell(id=task.id, unchanged=unchanged, failed=failed)
"""


@pytest.mark.parametrize("order", [TASK + LIBRARY, LIBRARY + TASK])
def test_one_state_of_a_figure_is_one_plot(order: str, tmp_path: Path) -> None:
    told = run(tmp_path / "run", order + FIGURES)
    found = Task.get_task(told["id"]).get_reported_plots(1000)
    assert [(p["metric"], p["variant"], p["iter"]) for p in found] == [
        ("My title & co", "plot", 0),
        ("My title & co", "plot", 1),
        ("untitled 01", "plot", 7),
        ("untitled 02", "plot", 7),
        ("own", "s", 1),
    ]
    first = json.loads(found[0]["plot_str"])
    assert first["data"] == [{"type": "scatter", "x": [1, 2], "y": [3, 4]}]
    assert first["layout"]["title"]["text"] == "My <b>title</b> &amp; co"
    assert told["unchanged"]
    assert told["failed"] == "no browser"
