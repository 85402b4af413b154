"""Run scripts that parse command lines, and read back what their tasks say."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from stripchart import Task

SOURCE = Path(__file__).parents[2] / "src"


def run(folder: Path, code: str, *arguments: str, code_at_end: int = 0) -> list[Task]:
    """Run a script with a command line, and return the tasks of the home, the first one first."""
    script = folder / "train.py"
    script.write_text(textwrap.dedent(code))
    done = subprocess.run(
        [sys.executable, str(script), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code_at_end, done.stdout + done.stderr
    return sorted(Task.get_tasks(), key=lambda task: task._read().started_us or 0)


def parameters(folder: Path, code: str, *arguments: str, section: str = "Args") -> dict[str, Any]:
    """Return the parameters of a section of the one task of a script, as values of their types."""
    [task] = run(folder, code, *arguments)
    assert task._losses.counts() == {}
    values = task.get_parameters(cast=True)
    return {n.partition("/")[2]: v for n, v in values.items() if n.startswith(f"{section}/")}
