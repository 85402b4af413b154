"""Lightning Fabric: what is logged arrives once with and without TensorBoard, and what is saved is a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("lightning")

SCRIPT = """
import sys
import warnings
warnings.simplefilter("ignore")
import torch
from lightning.fabric import Fabric
from lightning.fabric.loggers import CSVLogger, TensorBoardLogger
from stripchart import Task
task = Task.init("capture", "fabric")
loggers = [CSVLogger("csv")] if sys.argv[1] == "csv" else [TensorBoardLogger("tb"), CSVLogger("csv")]
fabric = Fabric(accelerator="cpu", loggers=loggers if sys.argv[1] != "none" else None)
fabric.launch()
for step in range(3):
    fabric.log("train/loss", torch.tensor(1 / (step + 1)), step=step)
    fabric.log_dict({"accuracy": step / 2}, step)
fabric.save("state.ckpt", {"model": torch.nn.Linear(3, 1)})
task.close()
fabric.log("train/loss", 0.0, step=9)
tell()
"""


@pytest.mark.parametrize("loggers", ["none", "csv", "both"])
def test_fabric(tmp_path: Path, loggers: str) -> None:
    run(tmp_path / "work", SCRIPT, loggers)
    task = task_named("fabric")
    found = lines(task)
    assert set(found) == {("train", "loss"), ("accuracy", "accuracy")}
    assert found["accuracy", "accuracy"] == [(0, 0.0), (1, 0.5), (2, 1.0)]
    values = [value for _, value in found["train", "loss"]]
    assert values == pytest.approx([1, 1 / 2, 1 / 3])
    assert models(task) == [("output", "state", "lightning", "state.ckpt")]
