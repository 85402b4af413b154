"""Run the cells of a notebook in a real kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# In a process of its own: what nbclient and its libraries warn of is not ours.
RUNNER = """
import json, sys
import nbclient, nbformat
cells = [nbformat.v4.new_code_cell(text) for text in json.load(sys.stdin)]
book = nbformat.v4.new_notebook(cells=cells)
nbclient.NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True).execute()
nbformat.validate(book)
print("OUTPUTS " + json.dumps([cell.outputs for cell in book.cells]))
"""


def run_cells(folder: Path, *cells: str, **environment: str) -> list[list[dict[str, Any]]]:
    """Return what each cell has put out, as a notebook keeps it."""
    # A kernel that finds this variable does not look at its file descriptors.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(cells),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=folder,
        env=inherited | environment,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("OUTPUTS "))
    found: list[list[dict[str, Any]]] = json.loads(line.removeprefix("OUTPUTS "))
    return found
