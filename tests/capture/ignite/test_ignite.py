"""Ignite: checkpoints of its savers, and its ClearML logger and saver, which report to us."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("ignite")

SAVERS = """
import torch
from ignite.engine import Engine, Events
from ignite.handlers import Checkpoint, DiskSaver, ModelCheckpoint
from stripchart import Task
task = Task.init("capture", "ignite")
net = torch.nn.Linear(3, 1)
engine = Engine(lambda engine, batch: batch)
keep = ModelCheckpoint("atomic", "best", n_saved=2, require_empty=False)
engine.add_event_handler(Events.EPOCH_COMPLETED, keep, {"model": net})
plain = Checkpoint({"model": net}, DiskSaver("plain", atomic=False, create_dir=True))
engine.add_event_handler(Events.COMPLETED, plain)
engine.run([1, 2], max_epochs=2)
task.close()
engine.run([1], max_epochs=3)
tell()
"""

LOGGER = """
import warnings
warnings.simplefilter("ignore")
import torch
from ignite.engine import Engine, Events
from ignite.handlers import Checkpoint
from ignite.handlers.clearml_logger import (
    ClearMLLogger, ClearMLSaver, GradsHistHandler, GradsScalarHandler, WeightsHistHandler, WeightsScalarHandler,
)
net = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), 0.1)
losses, norms = [], []
def step(engine, batch):
    optimizer.zero_grad()
    loss = net(batch).pow(2).mean()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    norms.append(net.weight.norm().item())
    return loss.item()
engine = Engine(step)
logger = ClearMLLogger(project_name="capture", task_name="ignite")
each, epoch = Events.ITERATION_COMPLETED, Events.EPOCH_COMPLETED
logger.attach_output_handler(engine, each, tag="training", output_transform=lambda loss: {"loss": loss})
logger.attach_opt_params_handler(engine, each, optimizer=optimizer)
logger.attach(engine, WeightsScalarHandler(net), each)
logger.attach(engine, GradsScalarHandler(net), each)
logger.attach(engine, WeightsHistHandler(net), epoch)
logger.attach(engine, GradsHistHandler(net), epoch)
saver = ClearMLSaver(logger, dirname="checkpoints")
engine.add_event_handler(epoch, Checkpoint({"model": net}, saver, n_saved=1))
engine.run([torch.randn(2, 3) for _ in range(2)], max_epochs=2)
logger.close()
tell(losses=losses, norms=norms)
"""


def test_savers(tmp_path: Path) -> None:
    run(tmp_path / "work", SAVERS)
    assert models(task_named("ignite")) == [
        ("output", "best_model_2", "ignite", "best_model_2.pt"),
        ("output", "best_model_4", "ignite", "best_model_4.pt"),
        ("output", "model_4", "pytorch", "model_4.pt"),
    ]


def test_its_clearml_logger_and_saver(tmp_path: Path) -> None:
    told = run(tmp_path / "work", LOGGER, options=("-m", "stripchart", "run", "--as-clearml"))
    task = task_named("ignite")
    found = lines(task)
    places = range(1, 5)
    assert found["training", "loss"] == list(zip(places, told["losses"], strict=True))
    assert found["lr", "0"] == [(i, 0.1) for i in places]
    norms = [value for _, value in found["weights_norm/weight", ""]]
    assert norms == pytest.approx(told["norms"])
    assert len(found["grads_norm/bias", ""]) == 4
    histograms = {plot["metric"] for plot in task.get_reported_plots()}
    assert histograms == {"weights_weight", "weights_bias", "grads_weight", "grads_bias"}
    # The second checkpoint has taken the first one's place: one model, and the names that the saver gives.
    assert [(m.name, m.framework) for m in task.models["output"]] == [
        ("ignite: model_4.pt", "pytorch")
    ]
    assert "basename=model" in task.models["output"][0].comment
