"""Notebooks and IPython: real kernels run real cells, and all that they show and print is in the task."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stripchart import Task
from tests.capture.notebook.kernels import run_cells

pytest.importorskip("nbclient")
pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")

pytestmark = pytest.mark.heavy

INIT = """
from stripchart import Task
task = Task.init("capture", "{name}")
print("hello")
"""


def console(task: Task) -> list[str]:
    return "\n".join(task.get_reported_console_output(1000)).splitlines()


def test_cells_of_a_notebook(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    outputs = run_cells(
        tmp_path,
        INIT.format(name="cells"),
        'import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title("End of a cell");',
        'fig = plt.figure(); plt.plot([3]); plt.title("Both"); fig',
        "from matplotlib.figure import Figure\n"
        'alone = Figure(); alone.subplots().plot([1]); alone.suptitle("Alone"); alone',
        'plt.plot([1]); plt.title("Shown"); plt.show()',
        'import sys, os, time\nprint("to stderr", file=sys.stderr)',
        'os.system("echo native"); time.sleep(0.5)',
        'print("before"); 1 / 0',
        "this is no Python",
        INIT.format(name="cells") + 'assert task is Task.current_task(); print("same")',
        'Task.init("capture", "another")',
        "import threading\n"
        'threading.Thread(target=lambda: (time.sleep(0.3), print("between cells"))).start()',
        'time.sleep(0.6); import logging; logging.warning("warned")',
        "task.close(); print('closed')",
        "second = Task.init('capture', 'second'); print('second')",
        "print('still second')",
    )
    task = Task.get_task(project_name="capture", task_name="cells")
    found = [(p["metric"], p["variant"], p["iter"]) for p in task.get_reported_plots(100)]
    assert found == [(t, "plot", 0) for t in ("End of a cell", "Both", "Alone", "Shown")]
    lines = console(task)
    assert [line for line in lines if not line.startswith((" ", "Traceback", "  File"))] == [
        "hello",
        "to stderr",
        "native",
        "before",
        "ZeroDivisionError: division by zero",
        "SyntaxError: invalid syntax",
        "hello",
        "same",
        *[line for line in lines if line.startswith("stripchart.sdk.errors.UsageError")],
        "between cells",
        "WARNING:root:warned",
    ]
    assert any("requested task name 'another' does not match" in line for line in lines)
    assert [output["output_type"] for output in outputs[7]] == ["stream", "error"]
    assert [output["ename"] for output in (outputs[7][1], outputs[8][0])] == [
        "ZeroDivisionError",
        "SyntaxError",
    ]
    assert task.get_status() == "completed"
    second = Task.get_task(project_name="capture", task_name="second")
    assert console(second) == ["second", "still second"]
    assert second.get_status() == "completed"


def test_a_failed_cell_does_not_fail_the_task_whose_kernel_ends_well(tmp_path: Path) -> None:
    book = tmp_path / "my_book.ipynb"
    code = "from stripchart import Task\ntask = Task.init('capture')\nprint(task.name)"
    run_cells(tmp_path, code, "raise RuntimeError('oops')", JPY_SESSION_NAME=str(book))
    task = Task.get_task(project_name="capture", task_name="my_book")
    assert task.get_status() == "completed"
    assert console(task)[0] == "my_book"
    assert console(task)[-1] == "RuntimeError: oops"


def test_a_terminal(tmp_path: Path) -> None:
    pytest.importorskip("IPython")
    (tmp_path / "train.py").write_text(
        "from stripchart import Task\ntask = Task.init('capture')\nprint('one')\n"
    )
    lines = "%run train.py\nprint('two')\n1/0\nprint('three')\nexit\n"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "--simple-prompt"],
        input=lines,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"IPYTHONDIR": str(tmp_path / "ipython")},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    task = Task.get_task(project_name="capture", task_name="train")
    told = console(task)
    assert [line for line in told if line in ("one", "two", "three")] == ["one", "two", "three"]
    assert told.count("ZeroDivisionError: division by zero") == 1
    assert task.get_status() == "completed"
