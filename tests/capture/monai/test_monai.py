"""MONAI: its handlers for ClearML report to us, by way of TensorBoard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import lines, run, samples, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("monai")
pytest.importorskip("ignite")

SCRIPT = """
import warnings
warnings.simplefilter("ignore")
import torch
from ignite.engine import Engine, Events
from monai.handlers import ClearMLImageHandler, ClearMLStatsHandler
engine = Engine(lambda engine, batch: {"loss": engine.state.iteration / 4})
names = dict(project_name="capture", task_name="monai")
def measure(engine):
    engine.state.metrics["dice"] = engine.state.epoch / 2
engine.add_event_handler(Events.EPOCH_COMPLETED, measure)
ClearMLStatsHandler(**names, log_dir="tb", output_transform=lambda output: output["loss"]).attach(engine)
ClearMLImageHandler(
    **names, log_dir="tb", batch_transform=lambda batch: (batch["image"], batch["label"]),
    output_transform=lambda output: torch.ones(2, 1, 8, 8), interval=1,
).attach(engine)
engine.run([{"image": torch.rand(2, 1, 8, 8), "label": torch.ones(2, 1, 8, 8)}] * 2, max_epochs=2)
from clearml import Task
Task.current_task().close()
tell()
"""


def test_its_clearml_handlers(tmp_path: Path) -> None:
    run(tmp_path / "work", SCRIPT, options=("-m", "stripchart", "run", "--as-clearml"))
    task = task_named("monai")
    assert lines(task) == {
        ("Loss", "Loss"): [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)],
        ("dice", "dice"): [(1, 0.5), (2, 1.0)],
    }
    assert {iteration for _, iteration in samples(task)} == {1, 2}  # epochs
