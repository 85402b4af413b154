"""Figures that a script shows and saves: each state of each is one plot, and the figures stay as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task
from tests.capture.scripts import run

pytest.importorskip("matplotlib")
QUIET = ("-W", "ignore:FigureCanvasAgg is non-interactive")

LIBRARIES = """
import matplotlib; matplotlib.use("agg")
import io, gc, weakref
import numpy as np
"""
TASK = """
from stripchart import Task
task = Task.init("capture", "figures")
"""
FIGURES = """
fig, ax = plt.subplots()
ax.plot([1, 2, 3], [4, 9, 5])
ax.set_title("Loss")
plt.savefig("a.png"); fig.savefig("a.pdf"); show(); plt.show()
fig.savefig(io.BytesIO())
ax.plot([3, 2, 1])
plt.show()
plt.close(fig)
plt.plot([1, 2]); plt.show(); plt.plot([2, 1]); plt.show(); plt.close()
plt.figure(); plt.plot([5]); plt.savefig("b.png"); plt.suptitle("Named later"); plt.show(); plt.close()
fig, axes = plt.subplots(1, 2)
axes[0].set_title("Left"), axes[1].set_title("Right")
axes[0].bar([1, 2], [3, 4]); plt.show(); plt.close()
plt.figure("By its name").add_subplot(projection="3d"); plt.show(); plt.close()
plt.imshow(np.zeros((4, 4, 3))); plt.title("Cat"); plt.show(); plt.savefig("c.png"); plt.close()
plt.imshow(np.eye(3)); plt.colorbar(); plt.title("Matrix"); plt.show(); plt.close()
fig, ax = plt.subplots(); ax.imshow(np.eye(3)); ax.set_title("Of axes"); plt.show(); plt.close()
plt.figure(); plt.show(); plt.close()
for _ in range(3):
    plt.plot([1]); plt.title("Each epoch"); plt.savefig("e.png"); plt.close()
task.logger.report_scalar("a", "b", 1.0, 40)
for _ in range(2):
    plt.plot([1]); plt.title("Each epoch"); plt.savefig("e.png"); plt.close()
plt.plot([1]); plt.ion(); plt.pause(0.01); plt.ioff(); plt.close()
fig, ax = plt.subplots(); ax.plot([7]); ax.set_title("Mine")
task.logger.report_matplotlib_figure("mine", "s", fig, iteration=3)
plt.show(); ax.plot([8]); plt.show(); plt.close()
gone = weakref.ref(fig)
del fig, ax, axes
gc.collect()
is_gone = gone() is None
task.close()
plt.plot([9]); plt.title("After"); plt.show()
tell(id=task.id, is_gone=is_gone, files=plt.savefig.__code__.co_filename, show=str(plt.Figure.show))
"""
FOUND = [
    ("Loss", "plot", 0),
    ("Loss", "plot", 1),
    ("untitled 01", "plot", 0),
    ("untitled 01", "plot", 1),
    ("untitled 02", "plot", 0),
    ("Named later", "plot", 0),
    ("Left, Right", "plot", 0),
    ("By its name", "plot image", 0),
    ("Matrix", "plot", 0),
    ("Of axes", "plot", 0),
    ("Each epoch", "plot", 0),
    ("Each epoch", "plot", 1),
    ("Each epoch", "plot", 2),
    ("Each epoch", "plot", 40),
    ("Each epoch", "plot", 41),
    ("mine", "s", 3),
    ("Mine", "plot", 40),
]
SHOW = "import matplotlib.pyplot as plt\nfrom matplotlib.pyplot import show\n"
ORDERS = {
    "task first": TASK + LIBRARIES + SHOW,
    "pyplot first": LIBRARIES + SHOW + TASK,
    "figure first": LIBRARIES + SHOW + "plt.figure(); plt.close()\n" + TASK,
    "between": LIBRARIES + TASK + SHOW,
}


def plots(task: Task) -> list[tuple[str, str, int]]:
    return [(p["metric"], p["variant"], p["iter"]) for p in task.get_reported_plots(1000)]


@pytest.mark.parametrize("order", ORDERS)
def test_one_state_of_a_figure_is_one_plot(order: str, tmp_path: Path) -> None:
    told = run(tmp_path / "run", ORDERS[order] + FIGURES, options=QUIET)
    task = Task.get_task(told["id"])
    assert plots(task) == FOUND
    assert told["is_gone"], "a figure was kept alive"
    loss: dict[str, Any] = json.loads(task.get_reported_plots(1000)[0]["plot_str"])
    assert loss["data"][0]["x"] == [1, 2, 3]
    assert loss["data"][0]["y"] == [4, 9, 5]
    cats = task.get_debug_samples("Cat", "plot image")
    assert [(sample["iter"]) for sample in cats] == [0]
    assert "stripchart" not in told["files"]
    assert "Figure.show" in told["show"]


UNTOUCHED = """
def plain():
    fig, ax = plt.subplots(); ax.plot([1, 2, 3]); ax.grid(); return fig
def equal():
    fig, ax = plt.subplots(); ax.plot([1, 2, 30]); ax.axis("equal"); return fig
def constrained():
    fig, axes = plt.subplots(2, 2, layout="constrained"); fig.suptitle("S")
    axes[0, 0].pie([1, 2]); return fig
def tight():
    fig, axes = plt.subplots(1, 2, layout="tight"); axes[0].bar([1, 2], [3, 4]); return fig
def solid():
    fig = plt.figure(); fig.add_subplot(projection="3d").plot([1, 2], [3, 4], [5, 6]); return fig

def state(fig):
    return {
        "stale": fig.stale, "dpi": fig.dpi, "canvas": id(fig.canvas),
        "size": list(fig.get_size_inches()), "drawn": drawn.count(fig),
        "layout": str(fig.get_layout_engine()), "spacing": vars(fig.subplotpars) | {},
        "axes": [(str(a._position), str(a._originalPosition), a._viewLim.get_points().tolist(),
                  str(a._stale_viewlims), a.stale) for a in fig.axes],
        "current": plt.gcf().number, "numbers": plt.get_fignums(), "axis": id(plt.gca()),
        "backend": matplotlib.get_backend(), "listening": id(fig.stale_callback),
    }

def pixels(fig):
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba()).tobytes()

drawn, same, buffers, limits = [], [], [], []
for make in (plain, equal, constrained, tight, solid):
    for is_drawn in (False, True):
        other, fig = make(), make()
        for one in (other, fig):
            one.canvas.mpl_connect("draw_event", lambda event: drawn.append(event.canvas.figure))
        plt.figure(other.number)
        if is_drawn:
            fig.canvas.draw(), other.canvas.draw()
        before = state(fig)
        plt.show()
        same.append(state(fig) == before)
        with_task = pixels(fig)
        plt.close("all")
        Task.current_task().close()
        other = make()
        if is_drawn:
            other.canvas.draw()
        buffers.append(with_task == pixels(other))
        plt.close("all")
        task = Task.init("capture", "untouched")
task.close()
tell(same=same, buffers=buffers)
"""


def test_a_figure_stays_exactly_as_it_was(tmp_path: Path) -> None:
    code = ORDERS["task first"] + UNTOUCHED
    told = run(tmp_path / "run", code, options=QUIET)
    assert told == {"same": [True] * 10, "buffers": [True] * 10}


SWITCHES = """
Logger = type(task.logger)
Logger.matplotlib_force_report_non_interactive(True)
plt.plot([1]); plt.title("Forced"); plt.show(); plt.show()
plt.imshow(np.zeros((4, 4, 3))); plt.title("Sample"); plt.show(); plt.close()
Logger.matplotlib_force_report_non_interactive(False)
from matplotlib.backends.backend_pdf import PdfPages
with PdfPages("pages.pdf") as pages:
    for page in range(2):
        plt.figure(); plt.plot([page]); plt.title("Page"); pages.savefig(); plt.close()
from matplotlib.figure import Figure
alone = Figure(); alone.subplots().plot([1]); alone.suptitle("No pyplot"); alone.savefig("alone.svg")
try:
    alone.savefig("alone.nothing")
except ValueError as error:
    told_error = str(error)
plt.switch_backend("svg"); plt.plot([1]); plt.title("Switched"); plt.show(); plt.close("all")
from matplotlib.animation import FuncAnimation, PillowWriter
fig, ax = plt.subplots(); line, = ax.plot([1])
FuncAnimation(fig, lambda i: line.set_ydata([i]), frames=4).save("a.gif", PillowWriter(fps=5))
plt.close("all")
task.close()
second = Task.init("capture", "second", auto_connect_frameworks={"matplotlib": False})
plt.plot([1]); plt.savefig("n.png"); plt.close()
second.close()
tell(id=task.id, second=second.id, error=told_error)
"""


def test_switches_and_ways_to_save(tmp_path: Path) -> None:
    told = run(tmp_path / "run", ORDERS["task first"] + SWITCHES, options=QUIET)
    assert plots(Task.get_task(told["id"])) == [
        ("Forced", "plot image", 0),
        ("Page", "plot", 0),
        ("Page", "plot", 1),
        ("No pyplot", "plot", 0),
        ("Switched", "plot", 0),
    ]
    assert len(Task.get_task(told["id"]).get_debug_samples("Sample", "plot image")) == 1
    assert plots(Task.get_task(told["second"])) == []
    assert told["error"].startswith("Format 'nothing' is not supported")


DRAWN_BY_OTHERS = """
import pandas as pd
import seaborn as sns
from sklearn.metrics import ConfusionMatrixDisplay
frame = pd.DataFrame({"a": [1, 2, 3], "b": [1, 1, 2]})
frame.plot(title="Frame"); plt.show(); plt.close("all")
grid = sns.FacetGrid(frame, col="b"); grid.map(plt.hist, "a")
grid.savefig("grid.png"); plt.show(); plt.close("all")
sns.heatmap(np.eye(3)).set_title("Heat"); plt.savefig("heat.png"); plt.close("all")
ConfusionMatrixDisplay.from_predictions([0, 1, 1], [0, 1, 0]); plt.title("Confusion")
plt.savefig("confusion.png"); plt.show(); plt.close("all")
task.close()
tell(id=task.id)
"""


@pytest.mark.heavy
def test_figures_that_other_libraries_draw(tmp_path: Path) -> None:
    for library in ("seaborn", "pandas", "sklearn"):
        pytest.importorskip(library)
    told = run(tmp_path / "run", ORDERS["task first"] + DRAWN_BY_OTHERS, options=QUIET)
    assert plots(Task.get_task(told["id"])) == [
        ("Frame", "plot", 0),
        ("b = 1, b = 2", "plot", 0),
        ("Heat", "plot", 0),
        ("Confusion", "plot", 0),
    ]


WARNED = """
import matplotlib; matplotlib.use("agg")
import warnings
import matplotlib.pyplot as plt
for _ in range(2):
    fig = plt.figure(); fig.add_subplot(projection="3d").set_title("\\u65e5\\u672c")
    warnings.warn("of the script")
    plt.show(); fig.savefig("a.png"); plt.close()
"""


def test_warnings_are_those_of_the_script_and_name_its_lines(tmp_path: Path) -> None:
    told = []
    for task in ("", "from stripchart import Task; Task.init('capture', 'warned')"):
        script = tmp_path / "script.py"
        script.write_text(task + WARNED)
        done = subprocess.run(
            [sys.executable, str(script)],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            cwd=tmp_path,
        )
        lines = done.stderr.splitlines()
        told.append([line for line in lines if not line.startswith("Stripchart: ")])
    assert told[0] == told[1]
    assert sum("script.py:8: UserWarning: Glyph" in line for line in told[0]) == 2
