"""Progress bars of tqdm and rich: drawn as without us, and kept as their last state."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from stripchart import Task

pytestmark = pytest.mark.heavy
pytest.importorskip("tqdm")
pytest.importorskip("rich")

SCRIPT = """
import sys
TASK
from tqdm import tqdm, trange
from rich.progress import Console, Progress, TextColumn
for epoch in trange(3, desc="epochs", mininterval=0, ncols=60, bar_format="{desc} {n_fmt}"):
    for batch in trange(20, desc="batches", leave=False, mininterval=0, bar_format="{desc} {n_fmt}"):
        pass
    tqdm.write(f"epoch {epoch} done")
console = Console(force_terminal=True, width=40)
with Progress(TextColumn("{task.description} {task.completed}"), console=console, auto_refresh=False) as shown:
    outer, inner = shown.add_task("outer", total=3), shown.add_task("inner", total=50)
    for i in range(3):
        for j in range(50):
            shown.update(inner, completed=j + 1, refresh=True)
        shown.update(outer, advance=1, refresh=True)
print("end")
"""


def test_bars_are_drawn_as_ever_and_do_not_flood(home: Path, tmp_path: Path) -> None:
    shown = []
    for line in ("", "from stripchart import Task; Task.init('p', 'bars')"):
        script = tmp_path / "script.py"
        script.write_text(SCRIPT.replace("TASK", line))
        command = [sys.executable, str(script)]
        shown.append(subprocess.run(command, capture_output=True, timeout=60, check=True))
    plain, with_us = shown
    assert with_us.stdout == plain.stdout
    assert with_us.stderr.partition(b"stripchart ui\n")[2] == plain.stderr

    lines = Task.get_task(project_name="p", task_name="bars").get_reported_console_output(1000)
    kept = [
        line
        for line in (re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).strip() for text in lines)
        if line
    ]
    assert sorted(kept) == sorted(
        ["epochs 3", "epoch 0 done", "epoch 1 done", "epoch 2 done", "outer 3", "inner 50", "end"]
    )
