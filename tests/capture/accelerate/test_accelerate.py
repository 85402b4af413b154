"""Accelerate: its tracker for ClearML reports to us, and what it saves are models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("accelerate")

SCRIPT = """
import numpy as np
import torch
from accelerate import Accelerator
accelerator = Accelerator(log_with="clearml", cpu=True)
named = {"clearml": {"task_name": "accelerate"}}
accelerator.init_trackers("capture", config={"lr": 0.1, "layers": [1, 2]}, init_kwargs=named)
net = accelerator.prepare(torch.nn.Linear(3, 1))
optimizer = accelerator.prepare(torch.optim.SGD(net.parameters(), 0.1))
for i in range(3):
    accelerator.log({"train_loss": 1 / (i + 1), "eval_acc": i, "rate": 0.1}, step=i)
accelerator.log({"final": 0.5})
tracker = accelerator.get_tracker("clearml")
tracker.log_images({"eval_seen": np.zeros((4, 4, 3), np.uint8)}, step=1)
tracker.log_table("eval_table", columns=["a", "b"], data=[[1, 2]], step=1)
accelerator.save_model(net, "saved")
accelerator.save_state("state")
accelerator.end_training()
tell()
"""


def test_its_clearml_tracker(tmp_path: Path) -> None:
    run(tmp_path / "work", SCRIPT, options=("-m", "stripchart", "run", "--as-clearml"))
    task = task_named("accelerate")
    assert task.status == "completed"
    assert lines(task) == {
        ("loss", "train"): [(i, 1 / (i + 1)) for i in range(3)],
        ("acc", "eval"): [(i, i) for i in range(3)],
        ("rate", "train"): [(i, 0.1) for i in range(3)],
    }
    assert task.get_reported_single_values() == {"final": 0.5}
    plots = [(p["metric"], p["variant"], p["iter"]) for p in task.get_reported_plots()]
    assert plots == [("table", "eval", 1)]
    assert [name for _, name, *_ in models(task)] == ["saved", "state"]
    assert task.get_configuration_object_as_dict("General") == {"lr": 0.1, "layers": [1, 2]}
