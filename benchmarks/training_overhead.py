"""How much longer does a training take with Stripchart?

    python benchmarks/training_overhead.py

Two trainings in PyTorch, of the handwritten digits that come with scikit-learn. The first is what tutorials begin
with: the convolutional net of the MNIST example, batches of 64 images of 28 x 28, a scalar a batch. The second is made
to be hard on a logger: its batches take 3 ms, and an epoch a twelfth of a second. Both write, an epoch, a scalar, a
histogram and an image too, with a ``SummaryWriter``. Each run is a process of its own; runs with and without
``Task.init`` take turns, and each is measured from before the first epoch to after the last one, in wall time and in
CPU time of the process. The fastest run of each counts: what else the machine does only slows down. Everything is
captured and the recorder runs, as in real life.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from report import row

PAIRS = 5
BUDGET = 1.01  # of the ratio

CONVOLUTIONAL = """
images = torch.nn.functional.interpolate(images.reshape(-1, 1, 8, 8), size=28)
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 32, 3), torch.nn.ReLU(), torch.nn.Conv2d(32, 64, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    torch.nn.Dropout(0.25), torch.nn.Flatten(), torch.nn.Linear(9216, 128), torch.nn.ReLU(), torch.nn.Dropout(0.5),
    torch.nn.Linear(128, 10)
)
epochs, first = 5, net[0].weight.reshape(32, 9)
"""

SMALL = """
net = torch.nn.Sequential(
    torch.nn.Linear(64, 512), torch.nn.ReLU(), torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10)
)
epochs, first = 60, net[0].weight
"""

TRAINING = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import torch
from sklearn.datasets import load_digits
from torch.utils.tensorboard import SummaryWriter
folder, watched = sys.argv[1], sys.argv[2] == "watched"
if watched:
    from stripchart import Task
    task = Task.init("benchmark", "digits")
torch.manual_seed(0)
torch.set_num_threads(1)
data = load_digits()
images, labels = torch.tensor(data.data, dtype=torch.float32) / 16, torch.tensor(data.target)
NET
optimizer = torch.optim.Adam(net.parameters())
writer = SummaryWriter(folder)
began, cpu, step = time.perf_counter(), time.process_time(), 0
for epoch in range(epochs):
    hits = 0
    for batch in torch.randperm(len(labels)).split(64):
        guess = net(images[batch])
        loss = torch.nn.functional.cross_entropy(guess, labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits += (guess.argmax(1) == labels[batch]).sum().item()
        writer.add_scalar("train/loss", loss.item(), step)
        step += 1
    writer.add_scalar("train/accuracy", hits / len(labels), epoch)
    writer.add_histogram("first/weights", first, epoch)
    writer.add_image("first/weights", first.detach()[None].abs().clamp(max=1), epoch)
took = time.perf_counter() - began, time.process_time() - cpu
writer.close()
if watched:
    told = task.get_reported_scalars()
    assert len(told["train"]["loss"]["x"]) == step, told
    task.close()
print(json.dumps((*took, step)))
"""


def main() -> None:
    """Run the pairs of both trainings, print the ratios."""
    _compare("a PyTorch training of a small convolutional net", CONVOLUTIONAL, BUDGET)
    _compare("one of 3 ms a batch", SMALL, None)


def _compare(what: str, net: str, budget: float | None) -> None:
    runs: dict[str, list[list[float]]] = {"unwatched": [], "watched": []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PAIRS + 1):
            for mode in sorted(runs, reverse=bool(number % 2)):
                took = _run(Path(folder), net, mode, number)
                if number:  # the first pair warms the disk's caches
                    runs[mode].append(took)
    batches = int(runs["watched"][0][2])
    for place, of in enumerate(("wall time", "CPU time of the process")):
        with_us, without = (
            min(took[place] for took in runs[mode]) for mode in ("watched", "unwatched")
        )
        row(
            f"{what}, with `SummaryWriter`, all captured: {of} a batch",
            with_us / batches * 1e3,
            "ms",
            baseline=without / batches * 1e3,
            beside="without Stripchart",
            budget=budget,
            budget_is_ratio=True,
        )


def _run(folder: Path, net: str, mode: str, number: int) -> list[float]:
    environment = {
        **os.environ,
        "STRIPCHART_HOME": str(folder / "home"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    training = TRAINING.replace("NET", net)
    command = [sys.executable, "-c", training, str(folder / f"{mode}{number}"), mode]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    took: list[float] = json.loads(done.stdout.splitlines()[-1])
    return took


if __name__ == "__main__":
    main()
