"""Ranks that the real launchers start report into one task, each with its rank, its lines and its console."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.records import ConsoleWritten
from stripchart.sdk import lookup

pytestmark = pytest.mark.heavy

SOURCE = Path(__file__).parents[2] / "src"
TRAIN = """
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
from stripchart import Task
parser.parse_args()
import torch
import torch.distributed as dist
dist.init_process_group("gloo")
rank = dist.get_rank()
task = Task.init("p", "n")
total = torch.tensor([float(rank)])
dist.all_reduce(total)
task.logger.report_scalar("sum", f"rank {rank}", total.item(), 0)
print("hello from", rank, flush=True)
dist.destroy_process_group()
"""


def launch(folder: Path, code: str, *command: str) -> Task:
    script = folder / "train.py"
    script.write_text(textwrap.dedent(code))
    done = subprocess.run(
        [sys.executable, *command, str(script), "--rate", "2"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [task] = Task.get_tasks()
    assert task.status == "completed"
    return task


def hellos(task: Task) -> dict[int, str]:
    found = {}
    for reader in lookup.readers(task.get_offline_mode_folder()):
        written = [r for r in lookup.records_of(reader) if isinstance(r, ConsoleWritten)]
        text = "".join(r.text for r in written if r.stream == "stdout")
        found[reader.identity.rank] = text
    return found


TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
ACCELERATE = (
    *("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"),
    *("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"),
    *("--main_process_port", "0"),
)


@pytest.mark.parametrize(
    ("library", "command"),
    [("torch", TORCHRUN), ("accelerate", ACCELERATE)],
    ids=["torchrun", "accelerate"],
)
def test_ranks_of_a_launcher_join_one_task(
    tmp_path: Path, library: str, command: tuple[str, ...]
) -> None:
    pytest.importorskip(library)
    task = launch(tmp_path, TRAIN, *command)
    assert hellos(task) == {0: "hello from 0\n", 1: "hello from 1\n"}
    lines = task.get_reported_scalars()["sum"]
    assert {name: line["y"] for name, line in lines.items()} == {"rank 0": [1.0], "rank 1": [1.0]}
    # What the launcher parses for itself is not among them, and each is told once.
    assert task.get_parameters(cast=True) == {"Args/rate": 2.0}


@pytest.mark.parametrize("follows", ["waits", "breaks"])
def test_a_rank_that_is_killed_under_torchrun_is_the_reason(tmp_path: Path, follows: str) -> None:
    """torchrun sends the other rank SIGTERM; where that one was in a collective call, the call breaks before."""
    pytest.importorskip("torch")
    script = tmp_path / "train.py"
    script.write_text(
        textwrap.dedent(f"""
        import os, signal, time
        import torch
        import torch.distributed as dist
        dist.init_process_group("gloo")
        from stripchart import Task
        task = Task.init("p", "n")
        dist.barrier()
        if dist.get_rank() == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if {follows == "breaks"}:
            dist.all_reduce(torch.ones(1))
        time.sleep(100)
        """)
    )
    done = subprocess.run(
        [sys.executable, *TORCHRUN, str(script)],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "OMP_NUM_THREADS": "1",
            "STRIPCHART_RECORDER": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    [task] = Task.get_tasks()
    until = time.monotonic() + 60
    while "SIGKILL" not in (reason := task.data.status_reason or ""):
        assert time.monotonic() < until, reason  # the recorder waits for all to end
        time.sleep(0.1)
    assert task.status == "failed"
    if follows == "waits":
        assert reason == "rank 1: SIGKILL"
    else:
        assert reason.startswith("rank 1: SIGKILL; then rank 0: RuntimeError: ")


def test_workers_of_ray_join_when_they_ask(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    code = """
    import warnings; warnings.simplefilter("ignore")
    from stripchart import Task
    task = Task.init("p", "n")
    import ray
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)

    @ray.remote
    def train(n):
        from stripchart import Task
        Task.current_task().logger.report_scalar("t", f"worker {n}", float(n), 0)
        Task.current_task().flush()
        return n

    @ray.remote
    class Trainer:
        def train(self, n):
            from stripchart import Logger
            Logger.current_logger().report_scalar("t", f"actor {n}", float(n), 0)
            return n

    assert ray.get([train.remote(n) for n in range(3)]) == [0, 1, 2]
    assert ray.get(Trainer.remote().train.remote(7)) == 7
    ray.shutdown()
    """
    task = launch(tmp_path, code)
    read = {name: line["y"] for name, line in task.get_reported_scalars()["t"].items()}
    assert read == {"worker 0": [0.0], "worker 1": [1.0], "worker 2": [2.0], "actor 7": [7.0]}
