"""fastai: points of batches and epochs equal to what its recorder has kept, and the models it saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.capture.scripts import Lines, lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("fastai")

LEARNER = """
import warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from fastai.tabular.all import *
BEFORE
rng = np.random.default_rng(0)
frame = pd.DataFrame({"a": rng.normal(size=200), "b": rng.normal(size=200)})
frame["y"] = (frame.a + frame.b > 0).astype(int)
loaders = TabularDataLoaders.from_df(
    frame, y_names="y", cont_names=["a", "b"], procs=[Normalize], y_block=CategoryBlock(), bs=32, path="."
)
def learner():
    return tabular_learner(loaders, metrics=accuracy, layers=[8])
kept = []
def fit(learn, epochs):
    with learn.no_bar(), learn.no_logging():
        learn.fit(epochs, 1e-2)
    kept.append((list(map(float, learn.recorder.losses)), [list(map(float, v)) for v in learn.recorder.values]))
"""
TASK = 'from stripchart import Task\ntask = Task.init("capture", "fastai")'

FITS = """
learn = learner()
with learn.no_bar():
    learn.lr_find(num_it=20, show_plot=False)
fit(learn, 2)
fit(learn, 1)
fit(learner(), 1)
learn.validate()
learn.save("saved")
learn.export("exported.pkl")
task.close()
fit(learn, 1)
tell(kept=kept)
"""


def expected(kept: list[Any], number: int, first: int = 0) -> Lines:
    """Return what is recorded of the fits of one learner."""
    train, valid, accuracy = [], [], []
    at = first
    for losses, epochs in kept:
        train += [(at + i, loss) for i, loss in enumerate(losses)]
        a_epoch = len(losses) // len(epochs)
        for epoch, (_, loss, hits) in enumerate(epochs):
            place = at + (epoch + 1) * a_epoch - 1
            valid.append((place, loss))
            accuracy.append((place, hits))
        at += len(losses)
    title = f"metrics_{number}"
    return {
        (title, "train_loss"): train,
        (title, "valid_loss"): valid,
        (title, "valid_accuracy"): accuracy,
    }


def test_points_are_those_of_the_recorder_over_all_fits_of_a_learner(
    home: Path, tmp_path: Path
) -> None:
    code = LEARNER.replace("BEFORE", TASK)
    kept = run(tmp_path / "run", code + FITS)["kept"]
    task = task_named("fastai")
    found = lines(task)
    wanted = expected(kept[:2], 0) | expected(kept[2:3], 1)
    metrics = {name: line for name, line in found.items() if name[0].startswith("metrics_")}
    assert metrics == wanted
    assert len(kept) == 4  # the last one after the task was closed
    steps = [i for i, _ in wanted["metrics_0", "train_loss"]]
    assert [i for i, _ in found["lr_0", "lr"]] == steps == list(range(15))
    assert {value for _, value in found["lr_0", "lr"]} == {1e-2}
    assert ("mom_0", "mom") in found
    assert {(role, framework) for role, _, framework, _ in models(task)} == {("output", "pytorch")}
    files = {Path(file).name for *_, file in models(task)}
    assert files == {"saved.pth", "exported.pkl", "_tmp.pth"}  # the last one by lr_find


@pytest.mark.parametrize(
    ("task", "learn"),
    [
        (TASK.replace(")", ", auto_connect_frameworks={'fastai': False})"), "learner()"),
        (TASK, "learner_with_tensorboard()"),
    ],
)  # fmt: skip
def test_a_learner_that_tells_otherwise_or_is_not_wanted_is_left_alone(
    home: Path, tmp_path: Path, task: str, learn: str
) -> None:
    code = LEARNER.replace("BEFORE", task) + (
        "def learner_with_tensorboard():\n"
        "    from fastai.callback.tensorboard import TensorBoardCallback\n"
        "    learn = learner()\n"
        "    learn.add_cb(TensorBoardCallback('runs', trace_model=False, log_preds=False))\n"
        "    return learn\n"
        f"fit({learn}, 1)\ntask.close()\ntell(kept=kept)"
    )
    run(tmp_path / "run", code)
    assert not [name for name in lines(task_named("fastai")) if name[0].startswith("metrics_")]
