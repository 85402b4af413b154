"""Keras and TensorFlow: the epochs of ``fit`` as its history has them, once, and models and checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import from_0, lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("keras")
pytest.importorskip("tensorflow")

METRICS = """
import keras
import numpy as np
from stripchart import Task
task = Task.init("capture", "keras metrics")
x = np.random.default_rng(0).random((16, 3), dtype="float32")
y = x.sum(1)
def made():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", keras.losses.MeanSquaredError(), metrics=["mae"])
    return model
model = made()
slower = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
first = model.fit(x, y, epochs=4, verbose=0, validation_data=(x, y), validation_freq=2, callbacks=[slower])
resumed = model.fit(x, y, initial_epoch=4, epochs=5, verbose=0)
again = model.fit(x, y, epochs=2, verbose=0)
other = made().fit(x, y, epochs=2, verbose=0)
made().fit(x, y, verbose=0, callbacks=[keras.callbacks.TensorBoard("logs")])
task.close()
made().fit(x, y, verbose=0)
tell(first=first.history, resumed=resumed.history, again=again.history, other=other.history)
"""

MODELS = """
import keras
import numpy as np
import tensorflow as tf
from keras.models import load_model
x = np.zeros((4, 3), dtype="float32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile("sgd", keras.losses.MeanSquaredError())
model.save("earlier.keras")
model.save_weights("earlier.weights.h5")
model.export("earlier_export", verbose=False)
checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
earlier = checkpoint.save("earlier_checkpoints/c")
from stripchart import Task
task = Task.init("capture", "keras models")
keep = keras.callbacks.ModelCheckpoint("epoch-{epoch}.keras")
best = keras.callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True)
model.fit(x, x[:, 0], epochs=2, verbose=0, callbacks=[keep, best])
model.save("whole.keras")
model.save("legacy.h5")
keras.saving.save_model(model, "function.keras")
model.export("exported", verbose=False)
load_model("earlier.keras")
model.load_weights("earlier.weights.h5")
tf.saved_model.load("earlier_export")
tf.saved_model.save(tf.Module(), "module")
checkpoint.restore(earlier)
checkpoint.write("written")
tf.train.CheckpointManager(checkpoint, "managed", max_to_keep=1).save()
task.close()
model.save("after.keras")
tell()
"""


def test_epochs_are_recorded_as_the_history_has_them(tmp_path: Path) -> None:
    told = run(tmp_path / "work", METRICS)
    first, resumed, again = told["first"], told["resumed"], told["again"]
    expected = {
        (metric, "train"): from_0(first[metric] + resumed[metric] + again[metric])
        for metric in ("loss", "mae")
    }
    expected |= {
        (metric, "validation"): [(1, first[f"val_{metric}"][0]), (3, first[f"val_{metric}"][1])]
        for metric in ("loss", "mae")
    }
    expected["learning_rate", "train"] = from_0(first["learning_rate"])
    expected |= {
        (f"{metric} - 1", "train"): from_0(told["other"][metric]) for metric in ("loss", "mae")
    }
    found = lines(task_named("keras metrics"))
    by_tensorboard = {names for names in found if names[0].startswith("epoch_")}
    assert {title for title, _ in by_tensorboard} >= {"epoch_loss", "epoch_mae"}
    assert all(len(found[names]) == 1 for names in by_tensorboard)
    assert {names: found[names] for names in found if names not in by_tensorboard} == expected


def test_models_and_checkpoints(tmp_path: Path) -> None:
    run(tmp_path / "work", MODELS)
    assert models(task_named("keras models")) == [
        ("input", "c-1", "tensorflow", "c-1.data-00000-of-00001"),
        ("input", "c-1", "tensorflow", "c-1.index"),
        ("input", "earlier", "keras", "earlier.keras"),
        ("input", "earlier.weights", "keras", "earlier.weights.h5"),
        ("input", "earlier_export", "tensorflow", "earlier_export.zip"),
        ("output", "best.weights", "keras", "best.weights.h5"),
        ("output", "ckpt-2", "tensorflow", "ckpt-2.data-00000-of-00001"),
        ("output", "ckpt-2", "tensorflow", "ckpt-2.index"),
        ("output", "epoch-1", "keras", "epoch-1.keras"),
        ("output", "epoch-2", "keras", "epoch-2.keras"),
        ("output", "exported", "keras", "exported.zip"),
        ("output", "function", "keras", "function.keras"),
        ("output", "legacy", "keras", "legacy.h5"),
        ("output", "module", "tensorflow", "module.zip"),
        ("output", "whole", "keras", "whole.keras"),
        ("output", "written", "tensorflow", "written.data-00000-of-00001"),
        ("output", "written", "tensorflow", "written.index"),
    ]
