"""How much longer does a training take with Stripchart?

    python benchmarks/training_overhead.py

A multilayer perceptron learns the handwritten digits that come with scikit-learn, in PyTorch, and writes a scalar a
batch and, an epoch, scalars, histograms and an image with a ``SummaryWriter``. Each run is a process of its own; runs
with and without ``Task.init`` take turns, and each is measured from before the first epoch to after the last one, in
wall time and in CPU time of the process. The fastest run of each counts: what else the machine does only slows down.
Everything is captured and the recorder runs, as in real life.
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
net = torch.nn.Sequential(
    torch.nn.Linear(64, 512), torch.nn.ReLU(), torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10)
)
optimizer = torch.optim.Adam(net.parameters())
writer = SummaryWriter(folder)
began, cpu, step = time.perf_counter(), time.process_time(), 0
for epoch in range(60):
    for batch in torch.randperm(len(labels)).split(64):
        loss = torch.nn.functional.cross_entropy(net(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        writer.add_scalar("train/loss", loss.item(), step)
        step += 1
    with torch.no_grad():
        writer.add_scalar("train/accuracy", (net(images).argmax(1) == labels).float().mean(), epoch)
        writer.add_histogram("first/weights", net[0].weight, epoch)
        writer.add_image("first/weights", net[0].weight[None].abs().clamp(max=1), epoch)
took = time.perf_counter() - began, time.process_time() - cpu
writer.close()
if watched:
    told = task.get_reported_scalars()
    assert len(told["train"]["loss"]["x"]) == step, told
    task.close()
print(json.dumps(took))
"""


def main() -> None:
    """Run the pairs, print the ratios."""
    runs: dict[str, list[list[float]]] = {"unwatched": [], "watched": []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PAIRS + 1):
            for mode in sorted(runs, reverse=bool(number % 2)):
                took = _run(Path(folder), mode, number)
                if number:  # the first pair warms the disk's caches
                    runs[mode].append(took)
    for place, what in enumerate(("wall time", "CPU time of the process")):
        with_us, without = (
            min(took[place] for took in runs[mode]) for mode in ("watched", "unwatched")
        )
        row(
            f"a PyTorch training with `SummaryWriter`, all captured, {what}",
            with_us,
            "s",
            baseline=without,
            beside="without Stripchart",
            budget=BUDGET,
            budget_is_ratio=True,
        )


def _run(folder: Path, mode: str, number: int) -> list[float]:
    environment = {
        **os.environ,
        "STRIPCHART_HOME": str(folder / "home"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-c", TRAINING, str(folder / f"{mode}{number}"), mode]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    took: list[float] = json.loads(done.stdout.splitlines()[-1])
    return took


if __name__ == "__main__":
    main()
