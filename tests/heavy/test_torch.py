"""PyTorch, for real: tensors as values, a training with workers that report, and a clean exit with nothing missing."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from stripchart import Task
from stripchart.journal.reader import JournalReader, writer_dirs
from stripchart.records import SeriesDeclared

pytestmark = pytest.mark.heavy

PATIENCE_SEC = 300

VALUES = """
import torch
from stripchart import Task

logger = Task.init("heavy", "values").get_logger()
values = [
    torch.tensor(0.5),
    torch.tensor([0.5]),
    torch.tensor([[0.5]], dtype=torch.float64),
    torch.tensor(0.5, requires_grad=True),
    torch.tensor([0.25], requires_grad=True) * 2,
    torch.tensor(0.5, dtype=torch.bfloat16),
    torch.tensor(0.5).half(),
    torch.nn.Parameter(torch.tensor(0.5)),
]
for i, value in enumerate(values):
    logger.report_scalar("values", "fit", value, torch.tensor(i))
changed = torch.tensor(1.0)
logger.report_scalar("values", "changed", changed, 0)
changed.add_(1)
refused = []
for value in (torch.zeros(2), torch.empty(0), torch.tensor(1j), torch.tensor(1.0, device="meta")):
    try:
        logger.report_scalar("values", "unfit", value, 0)
    except (TypeError, ValueError) as error:
        refused.append(str(error))
assert all("value" in message for message in refused), refused
"""

TRAINING = """
import sys
import torch
from torch.utils.data import DataLoader, Dataset
from stripchart import Logger, Task

class Squares(Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, i):
        Logger.current_logger().report_scalar("loading", f"worker {torch.utils.data.get_worker_info().id}", i, i)
        x = torch.tensor([i / 64.0])
        return x, x * x

def main():
    task = Task.init("heavy", "training")
    logger = task.get_logger()
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    loader = DataLoader(Squares(), 8, num_workers=2, multiprocessing_context=sys.argv[1])
    step = 0
    for epoch in range(3):
        for x, y in loader:
            loss = torch.nn.functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            logger.report_scalar("loss", "train", loss, step)
            step += 1
        print("epoch", epoch, loss.item())

if __name__ == "__main__":
    main()
"""


def run(tmp_path: Path, home: Path, code: str, *arguments: str) -> None:
    """Run a training as a person would, without strict mode but with warnings as errors, recorder and all."""
    path = tmp_path / "training.py"
    path.write_text(textwrap.dedent(code))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STRIPCHART_")}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning:stripchart", str(path), *arguments],
        env={**kept, "STRIPCHART_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SEC,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr


def only_task(home: Path) -> Task:
    [folder] = (home / "tasks").iterdir()
    return Task.get_task(folder.name)


def reported(task_dir: Path, title: str) -> list[int]:
    """Return the iteration of every point of a title as the journals hold them, repeated ones too."""
    found: list[int] = []
    for directory in writer_dirs(task_dir):
        reader = JournalReader(directory)
        numbers = [
            record.number
            for _, record in reader.records().items
            if isinstance(record, SeriesDeclared) and record.title == title
        ]
        slots = reader.scalars().slots
        found += slots["iteration"][np.isin(slots["series"], numbers)].tolist()
    return found


def test_tensors_are_values(tmp_path: Path, home: Path) -> None:
    pytest.importorskip("torch")
    run(tmp_path, home, VALUES)
    task = only_task(home)
    read = task.get_reported_scalars()["values"]
    assert read["fit"]["y"] == [0.5] * 8
    assert read["fit"]["x"] == list(range(8))
    assert read["changed"]["y"] == [1.0]
    assert "unfit" not in read


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_training_with_workers_that_report(tmp_path: Path, home: Path, method: str) -> None:
    pytest.importorskip("torch")
    run(tmp_path, home, TRAINING, method)
    task = only_task(home)
    read = task.get_reported_scalars()
    assert read["loss"]["train"]["x"] == list(range(24))
    assert read["loss"]["train"]["y"][-1] < read["loss"]["train"]["y"][0]
    assert set(read["loading"]) == {"worker 0", "worker 1"}
    assert sorted(reported(home / "tasks" / task.id, "loading")) == sorted(list(range(64)) * 3)
    assert task.status == "completed"
    assert [line.split()[:2] for line in task.get_reported_console_output(3)] == [
        ["epoch", str(epoch)] for epoch in range(3)
    ]
