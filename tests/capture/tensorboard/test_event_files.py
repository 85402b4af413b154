"""The user's program does with Stripchart what it does without it, and nothing that it wrote is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task

pytestmark = pytest.mark.heavy

# Each script is run with and without a task.
FIXED = """
import itertools, os, sys, warnings
warnings.simplefilter("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
MODE, OUT = sys.argv[1:]
def begin():
    if MODE == "watched":
        from stripchart import Task
        return Task.init("tensorboard", "files")
"""

TORCH = """
from torch.utils.tensorboard import SummaryWriter
import numpy as np
begin()
clock = itertools.count(1_700_000_000)
w = SummaryWriter(OUT)
rng = np.random.default_rng(0)
for step in range(50):
    w.add_scalar("loss", rng.normal(), step, walltime=next(clock))
w.add_scalars("both/of", {"a": 1.0, "b": 2.0}, 3, walltime=next(clock))
w.add_histogram("h", rng.normal(size=100), 1, walltime=next(clock))
w.add_image("i", rng.uniform(size=(3, 4, 4)), 1, walltime=next(clock))
w.add_text("t", "text", 1, walltime=next(clock))
try:
    w.add_scalar("loss", "no number", 1)
except Exception as error:
    print(type(error), error)
w.close()
try:
    w.file_writer.event_writer.add_event("no event")
except Exception as error:
    print(type(error), error)
print(w.add_scalar("closed", 1.0, walltime=5.0), SummaryWriter.add_scalar.__name__)
w.close()
"""

TENSORFLOW = """
import tensorflow as tf
begin()
w = tf.summary.create_file_writer(OUT)
with w.as_default():
    print(tf.summary.scalar("loss", 0.5, 1), tf.summary.histogram("h", [1.0, 2.0], 1))
    try:
        tf.summary.scalar("loss", "no number", 1)
    except Exception as error:
        print(type(error), str(error)[:200])
    try:
        tf.summary.scalar("loss", 1.0)
    except Exception as error:
        print(type(error), error)

@tf.function
def train(step):
    with w.as_default():
        tf.summary.scalar("in/function", 0.25, step)

for step in range(5):
    train(tf.constant(step, dtype=tf.int64))
print(w.close(), len(train.get_concrete_function(tf.constant(0, dtype=tf.int64)).graph.get_operations()))
"""

EVENTS = """
import glob, json
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
found = []
for path in sorted(glob.glob(glob.escape(OUT) + "/**/events*", recursive=True)):
    for raw in RawEventFileLoader(path).Load():
        event = Event.FromString(raw)
        if MODE_OF_TIMES == "native" or event.file_version or event.wall_time > 1.75e9:
            event.wall_time = 0
        found.append([os.path.relpath(os.path.dirname(path), OUT), event.SerializeToString(deterministic=True).hex()])
open(OUT + ".json", "w").write(json.dumps(found))
"""


def _run(script: str, mode: str, folder: Path) -> tuple[str, Any]:
    out = folder / mode
    command = [sys.executable, "-c", FIXED + script, mode, str(out)]
    environment = {**os.environ, "MPLCONFIGDIR": str(folder)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.replace(str(out), "OUT"), json.loads(Path(f"{out}.json").read_text())


@pytest.mark.parametrize(
    ("library", "script", "times"),
    [("torch", TORCH, "given"), ("tensorflow", TENSORFLOW, "native")],
    ids=["torch", "tensorflow"],
)
def test_output_errors_and_event_files_are_as_without_us(
    tmp_path: Path, library: str, script: str, times: str
) -> None:
    pytest.importorskip(library)
    whole = f"{script}\nMODE_OF_TIMES = {times!r}\n{EVENTS}"
    assert _run(whole, "watched", tmp_path) == _run(whole, "unwatched", tmp_path)


KERAS = """
import os, sys, warnings
warnings.simplefilter("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
from stripchart import Task
task = Task.init("tensorboard", "keras")
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.random.default_rng(0).normal(size=(20, 3))
board = keras.callbacks.TensorBoard(sys.argv[1], histogram_freq=1)
history = model.fit(x, x.sum(1), validation_data=(x, x.sum(1)), epochs=3, verbose=0, callbacks=[board])
import json
told = task.get_reported_scalars()["epoch_loss"]
print(json.dumps([history.history, told, sorted(p["metric"] for p in task.get_reported_plots())]))
"""


def test_keras_has_a_line_for_training_and_one_for_validation(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    command = [sys.executable, "-c", KERAS, str(tmp_path / "logs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    history, told, plots = json.loads(done.stdout.splitlines()[-1])
    assert set(told) == {"train: epoch_loss", "validation: epoch_loss"}
    for series, key in (("train: epoch_loss", "loss"), ("validation: epoch_loss", "val_loss")):
        assert told[series]["x"] == [0, 1, 2]
        assert told[series]["y"] == pytest.approx(history[key], rel=1e-6)
    assert len(plots) >= 2
    assert all(title.startswith("sequential") for title in plots)


FUNCTION = """
import os, sys, warnings
warnings.simplefilter("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from stripchart import Task
first = Task.init("tensorboard", "first")
import tensorflow as tf
writer = tf.summary.create_file_writer(sys.argv[1])

@tf.function
def train(step):
    with writer.as_default():
        tf.summary.scalar("loss", 0.5, step)

def run(steps):
    for step in steps:
        train(tf.constant(step, dtype=tf.int64))

run(range(5))
first.close()
run(range(5, 10))
second = Task.init("tensorboard", "second")
run(range(10, 15))
second.close()
third = Task.init("tensorboard", "third")
run(range(15, 20))
print(first.id, second.id, third.id)
"""


def test_functions_of_tensorflow_are_read_by_each_task_though_traced_once(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    command = [sys.executable, "-c", FUNCTION, str(tmp_path / "logs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    tasks = [Task.get_task(name) for name in done.stdout.split()]
    steps = [task.get_reported_scalars()["loss"]["loss"]["x"] for task in tasks]
    assert steps == [[0, 1, 2, 3, 4], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]


KILLED = """
import os, signal, sys
from stripchart import Task
task = Task.init("tensorboard", "killed")
print(task.id, flush=True)
from tensorboardX import SummaryWriter
writer = SummaryWriter(sys.argv[1])
for step in range(100):
    writer.add_scalar("loss", 1.0, step)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_no_scalar(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    command = [sys.executable, "-c", KILLED, str(tmp_path / "logs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == -9
    task = Task.get_task(done.stdout.split()[0])
    assert task.get_reported_scalars()["loss"]["loss"]["x"] == list(range(100))


FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore")
from stripchart import Task
import threading
from tensorboardX import SummaryWriter
task = Task.init("tensorboard", "forked")
print(task.id, flush=True)
writer = SummaryWriter(sys.argv[1])
writer.add_scalar("parent", 1.0, 1)

def write(number):
    for step in range(200):
        writer.add_scalar(f"thread/{number % 2}", float(number), number * 1000 + step)

threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
pid = os.fork()
if pid == 0:
    with SummaryWriter(sys.argv[1] + "/child") as inner:
        inner.add_scalar("loss", 2.0, 1)
    task.close()
    os._exit(0)
os.waitpid(pid, 0)
writer.add_scalar("parent", 3.0, 2)
writer.close()
task.close()
"""


def test_threads_and_a_forked_child_lose_nothing(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    command = [sys.executable, "-c", FORKED, str(tmp_path / "logs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = Task.get_task(done.stdout.split()[0]).get_reported_scalars()
    assert told["parent"]["parent"]["y"] == [1.0, 3.0]
    assert told["loss"]["child: loss"]["y"] == [2.0]
    assert [len(told["thread"][series]["x"]) for series in ("0", "1")] == [400, 400]


def test_a_layout_of_custom_scalars_is_kept(tmp_path: Path) -> None:
    writers: Any = pytest.importorskip("tensorboardX")
    task = Task.init("tensorboard", "layout")
    with writers.SummaryWriter(str(tmp_path)) as writer:
        margin = ["Margin", ["mean", "low", "high"]]
        writer.add_custom_scalars(
            {"all": {"losses": ["Multiline", ["a/loss", "b/loss"]], "band": margin}}
        )
    told = task.get_configuration_object("TensorBoard custom scalars")
    assert told is not None
    assert json.loads(told) == {
        "all": {"losses": ["a/loss", "b/loss"], "band": ["mean", "low", "high"]}
    }
    task.close()


def test_steps_of_a_resumed_task_are_not_moved(tmp_path: Path) -> None:
    writers: Any = pytest.importorskip("tensorboardX")
    task = Task.init("tensorboard", "resumed")
    task.set_initial_iteration(1000)
    with writers.SummaryWriter(str(tmp_path)) as writer:
        writer.add_scalar("loss", 1.0, 1500)
        writer.add_histogram("weights", [1.0, 2.0], 1500)
    assert task.get_reported_scalars()["loss"]["loss"]["x"] == [1500]
    assert [plot["iter"] for plot in task.get_reported_plots()] == [1500]
    task.close()
