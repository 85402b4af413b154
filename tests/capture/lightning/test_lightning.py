"""Lightning under both of its names: its metrics arrive once whichever loggers there are, and its checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("lightning")
pytest.importorskip("pytorch_lightning")

SCRIPT = """
import importlib
import sys
import warnings
warnings.simplefilter("ignore")
import torch
from stripchart import Task
library, loggers = sys.argv[1:]
L = importlib.import_module(library)
class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)
    def training_step(self, batch, index):
        loss = self.layer(batch[0]).pow(2).mean()
        self.log("train/loss", loss)
        return loss
    def validation_step(self, batch, index):
        self.log("val_loss", self.layer(batch[0]).pow(2).mean())
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(8, 3)), batch_size=2)
quiet = dict(max_epochs=2, log_every_n_steps=2, enable_progress_bar=False, enable_model_summary=False)
quiet["accelerator"] = "cpu"
earlier = L.Trainer(logger=False, enable_checkpointing=False, **quiet)
earlier.fit(Model(), data)
earlier.save_checkpoint("earlier.ckpt")
task = Task.init("capture", "lightning")
tensorboard, table = L.loggers.TensorBoardLogger("tb"), L.loggers.CSVLogger("csv")
chosen = {"none": False, "csv": table, "tensorboard": tensorboard, "both": [tensorboard, table]}[loggers]
seen = []
class Seen(L.Callback):
    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        seen.append([trainer.global_step, float(outputs["loss"])])
rate = [] if loggers == "none" else [L.callbacks.LearningRateMonitor()]
trainer = L.Trainer(logger=chosen, callbacks=[Seen(), *rate], **quiet)
trainer.fit(Model(), data, data, ckpt_path=None)
trainer.save_checkpoint("final.ckpt")
Model.load_from_checkpoint("earlier.ckpt")
task.close()
trainer.validate(Model(), data, verbose=False)
tell(seen=seen)
"""


@pytest.mark.parametrize(
    ("library", "loggers"),
    [
        ("lightning.pytorch", "none"),
        ("pytorch_lightning", "csv"),
        ("lightning.pytorch", "both"),
        ("pytorch_lightning", "tensorboard"),
    ],
)
def test_metrics_arrive_once(tmp_path: Path, library: str, loggers: str) -> None:
    told = run(tmp_path / "work", SCRIPT, library, loggers)
    found = lines(task_named("lightning"))
    every_second = [(step - 1, value) for step, value in told["seen"] if step % 2 == 0]
    assert [step for step, _ in found["train", "loss"]] == [step for step, _ in every_second]
    values = [value for _, value in every_second]
    assert [value for _, value in found["train", "loss"]] == pytest.approx(values)
    assert [step for step, _ in found["val_loss", "val_loss"]] == [3, 7]
    assert [step for step, _ in dict.fromkeys(found["epoch", "epoch"])] == [1, 3, 5, 7]
    assert ("lr-SGD", "lr-SGD") in found or loggers == "none"
    if loggers != "none":
        steps = [step for step, _ in found["lr-SGD", "lr-SGD"]]
        assert len(steps) == len(set(steps)) >= 4
        assert {round(rate, 6) for _, rate in found["lr-SGD", "lr-SGD"]} == {0.1}
    saved = models(task_named("lightning"))
    assert saved == [
        ("input", "earlier", "pytorch", "earlier.ckpt"),
        ("output", "epoch=0-step=4", "lightning", "epoch=0-step=4.ckpt"),
        ("output", "epoch=1-step=8", "lightning", "epoch=1-step=8.ckpt"),
        ("output", "final", "lightning", "final.ckpt"),
    ]
