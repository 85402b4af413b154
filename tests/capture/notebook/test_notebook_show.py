"""``task.show()`` in a real kernel: what the cell puts out, and that what it shows is there."""

from __future__ import annotations

import html
import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.capture.notebook.kernels import run_cells

pytest.importorskip("nbclient")
pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")

pytestmark = pytest.mark.heavy

INIT = """
from stripchart import Task
task = Task.init("shown", "in a notebook")
task.get_logger().report_scalar("a & b", "train", 1.0, 0)
"""
SERVER = {"STRIPCHART_PORT": "0", "STRIPCHART_STRICT": "0"}
# As where the extra is not installed: what the server needs is not found.
WITHOUT_SERVER = """
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "duckdb" else find_spec(name, *more)
"""


@pytest.fixture
def _server_ends(home: Path) -> Iterator[None]:
    """End the server that a notebook started: it outlives the kernel, as it should."""
    yield
    told = json.loads((home / "server.json").read_text())
    os.kill(told["pid"], signal.SIGTERM)


@pytest.mark.usefixtures("_server_ends")
def test_a_cell_shows_the_task_by_a_server_that_was_not_there_before(
    home: Path, tmp_path: Path
) -> None:
    begun, shown, panel, wrong = run_cells(
        tmp_path,
        INIT,
        "task.show()",
        'task.show(panel="a & b", height=300)',
        'task.show("nothing")',
        **SERVER,
    )
    assert [out for out in begun if out["output_type"] == "error"] == []
    address = json.loads((home / "server.json").read_text())["address"]
    [task] = [path.name for path in (home / "tasks").iterdir()]
    whole, alone = _frame(shown), _frame(panel)
    assert f'src="{address}/task/{task}/scalars?embed=1"' in whole
    assert 'width="100%"' in whole
    assert 'height="600"' in whole
    assert f'src="{address}/task/{task}/scalars?embed=1&panel=a+%26+b"' in alone
    assert 'height="300"' in alone
    with urllib.request.urlopen(f"{address}/task/{task}/scalars?embed=1") as answer:
        assert answer.status == 200
        assert "http://localhost:*" in answer.headers["content-security-policy"]
        assert b'id="root"' in answer.read()
    with urllib.request.urlopen(f"{address}/api/v1/tasks/{task}") as answer:
        assert json.load(answer)["task"]["name"] == "in a notebook"
    [told] = wrong
    assert "there is no tab 'nothing'" in told["text"]


def test_without_a_server_the_cell_says_what_to_install(tmp_path: Path) -> None:
    _, shown = run_cells(tmp_path, INIT, WITHOUT_SERVER + "task.show()", **SERVER)
    [told] = shown
    assert told["output_type"] == "stream"
    assert "pip install 'stripchart[server]'" in told["text"]


def _frame(outputs: list[dict[str, Any]]) -> str:
    """Return the HTML of the only output of a cell."""
    [shown] = outputs
    assert shown["output_type"] == "display_data"
    assert "text/plain" in shown["data"]
    frame: str = shown["data"]["text/html"]
    assert frame.strip().startswith("<iframe")
    return html.unescape(frame)
