"""Run a script that uses a library for real, and read back what was recorded of it, every point and every model.

Scripts run in strict mode, as all tests do: an error of ours in an observer is one of theirs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from stripchart import Task
from stripchart.query.models import models_of
from stripchart.records import SINGLE_VALUE, SampleReported
from stripchart.sdk import lookup, points

PATIENCE_SEC = 300

Lines = dict[tuple[str, str], list[tuple[int, float]]]
QUIET = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "HF_HUB_OFFLINE": "1"}

# What a script does in the end: it tells what the library itself has recorded.
TELL = """
import json
def tell(**told):
    print("TOLD " + json.dumps(told, default=float), flush=True)
"""


def run(folder: Path, code: str, *arguments: str, options: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run a script in a folder, and return what it told with ``tell``."""
    folder.mkdir(exist_ok=True)
    script = folder / "script.py"
    script.write_text(TELL + code)
    command = [sys.executable, *options, str(script), *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SEC,
        cwd=folder,
        check=False,
        env=os.environ | QUIET,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    found: dict[str, Any] = json.loads(told[-1].removeprefix("TOLD "))
    return found


def task_named(name: str) -> Task:
    """Return the task that a script made."""
    return Task.get_task(project_name="capture", task_name=name)


def lines(task: Task) -> Lines:
    """Return every point that was recorded, in order of arrival: what is recorded twice is here twice."""
    found: Lines = {}
    for names, by_key in points.of_task(Path(task._session.task_dir)).by_names.items():
        for line in by_key.values():
            placed = (line.flags & SINGLE_VALUE) == 0
            pairs = zip(line.iteration[placed].tolist(), line.value[placed].tolist(), strict=True)
            if not names[0].startswith(":monitor"):
                found.setdefault(names, []).extend(pairs)
    return {names: line for names, line in found.items() if line}


def models(task: Task) -> list[tuple[str, str, str, str]]:
    """Return role, name, framework and file of every model of a task."""
    found = models_of(task._read().artifacts.values())
    return sorted(
        (m.role, m.name, m.facts.get("framework", ""), m.facts.get("file", "")) for m in found
    )


def samples(task: Task) -> set[tuple[str, int | None]]:
    """Return titles and iterations of all debug samples."""
    readers = lookup.readers(Path(task._session.task_dir))
    records = [record for reader in readers for record in lookup.records_of(reader)]
    return {(r.title, r.iteration) for r in records if isinstance(r, SampleReported)}


def from_0(values: list[float]) -> list[tuple[int, float]]:
    """Place values at 0, 1, 2 …"""
    return list(enumerate(values))
