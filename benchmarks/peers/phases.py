"""The work of each phase, done in a fresh child process with one logger's adapter imported."""

from __future__ import annotations

import importlib
import json
import os
import random
import threading
import time
from array import array
from typing import Any

clock_ns = time.perf_counter_ns
DICT_WIDTH = 20


def values(n: int) -> list[float]:
    """Return n doubles that no float32 holds."""
    draw = random.Random(7).random
    return [draw() for _ in range(n)]


def floor_ns(n: int = 100_000) -> float:
    """Time the floor: a bare 4-argument function that appends to a list; nanoseconds a call."""
    buffer = []

    def report(title, series, value, iteration):
        buffer.append((title, series, value, iteration))

    drawn = values(n)
    i, start = 0, clock_ns()
    for value in drawn:
        report("title", "series", value, i)
        i += 1
    return (clock_ns() - start) / n


def timer_ns(n: int = 20_000) -> int:
    """Time the timer itself; median nanoseconds."""
    taken = []
    for _ in range(n):
        start = clock_ns()
        taken.append(clock_ns() - start)
    return sorted(taken)[n // 2]


def summary(taken_ns: list[int]) -> dict[str, float]:
    """Return mean, percentiles and maximum in microseconds."""
    ordered, n = sorted(taken_ns), len(taken_ns)
    return {
        "mean_us": sum(ordered) / n / 1e3,
        "p50_us": ordered[n // 2] / 1e3,
        "p99_us": ordered[int(n * 0.99)] / 1e3,
        "max_us": ordered[-1] / 1e3,
    }


class Child:
    """Run one phase; ``options`` come from the parent, the answer goes back to it as JSON."""

    def __init__(self, tool: str, folder: str, options: dict[str, Any]) -> None:
        start = clock_ns()
        self.adapter = importlib.import_module(f"adapter_{tool}")
        self.import_s = (clock_ns() - start) / 1e9
        self.folder, self.options, self.run_name = folder, options, options.get("run", "run0")

    def run(self, phase: str) -> dict[str, Any]:
        if phase == "import":
            return {"import_s": self.import_s}
        if phase == "read":
            return self.read()
        if phase == "log":  # the harness's own work comes first, so that its CPU can be taken off
            self.values, self.timer, self.floor = values(self.options["n"]), timer_ns(), floor_ns()
        self.own_cpu_s = time.process_time()
        start = clock_ns()
        self.adapter.setup(self.folder, self.run_name)
        out = {"init_s": (clock_ns() - start) / 1e9, "own_cpu_s": self.own_cpu_s}
        return {**out, **getattr(self, phase)()}

    def finish(self) -> float:
        start = clock_ns()
        self.adapter.finish()
        return (clock_ns() - start) / 1e9

    def null(self) -> dict[str, Any]:
        self.finish()
        return {}

    def read(self) -> dict[str, Any]:
        start = clock_ns()
        got = list(self.adapter.read_back(self.folder, self.options["name"], self.run_name))
        taken = (clock_ns() - start) / 1e9
        pairs = list(zip(got, enumerate(values(self.options["n"])), strict=False))
        exact = sum(1 for (s, v), (i, want) in pairs if s == i and v == want)
        near = sum(1 for (s, v), (i, want) in pairs if s == i and abs(v - want) < 1e-6)
        return {"read_s": taken, "points": len(got), "exact": exact, "near": near}

    def fill(self) -> dict[str, Any]:
        """Log one long series as fast as the tool takes it."""
        drawn = values(self.options["n"])
        if hasattr(self.adapter, "fill"):
            self.adapter.fill("timed", drawn)
        else:
            for i, value in enumerate(drawn):
                self.adapter.log_scalar("timed", value, i)
        self.finish()
        return {}

    def pilot(self) -> dict[str, Any]:
        for i in range(20):
            self.adapter.log_scalar("warm", 0.5, i)
        start = clock_ns()
        for i in range(20, 220):
            self.adapter.log_scalar("warm", 0.5, i)
        taken = (clock_ns() - start) / 200
        self.finish()
        return {"ns": taken}

    def log(self) -> dict[str, Any]:
        n, log_scalar = self.options["n"], self.adapter.log_scalar
        taken = array("q", bytes(8 * n))
        for i in range(n):
            value = self.values[i]
            start = clock_ns()
            log_scalar("timed", value, i)
            taken[i] = clock_ns() - start
        i, start = n, clock_ns()
        for value in self.values:
            log_scalar("tight", value, i)
            i += 1
        tight = (clock_ns() - start) / n
        out, points = {}, 2 * n
        if hasattr(self.adapter, "log_dict"):
            out["dict_us"], more = self._log_dicts(n)
            points += more
        out["finish_s"] = self.finish()
        before = time.process_time()
        floor = (self.floor + floor_ns()) / 2
        out["own_cpu_s"] = self.own_cpu_s + time.process_time() - before
        out.update(summary([max(0, t - self.timer) for t in taken]))
        return {**out, "tight_us": tight / 1e3, "floor_us": floor / 1e3, "points": points}

    def _log_dicts(self, n: int) -> tuple[float, int]:
        steps = max(1, n // DICT_WIDTH)
        names = [f"d/m{k:02d}" for k in range(DICT_WIDTH)]
        start = clock_ns()
        for step in range(2 * n, 2 * n + steps):
            self.adapter.log_dict({m: self.values[k] for k, m in enumerate(names)}, step)
        return (clock_ns() - start) / 1e3 / (steps * DICT_WIDTH), steps * DICT_WIDTH

    def kill(self) -> dict[str, Any]:
        """Log a burst and die by SIGKILL at once."""
        for i, value in enumerate(values(self.options["n"])):
            self.adapter.log_scalar("timed", value, i)
        os.kill(os.getpid(), 9)
        return {}

    def paced(self) -> dict[str, Any]:
        """Log at a steady pace, then die by SIGKILL at once."""
        n, gap, taken = self.options["n"], self.options["gap"], []
        began = time.perf_counter()
        for i, value in enumerate(values(n)):
            start = clock_ns()
            self.adapter.log_scalar("timed", value, i)
            taken.append(clock_ns() - start)
            wait = began + (i + 1) * gap - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
        with open(self.options["stat"], "w") as file:
            json.dump({**summary(taken), "blocked": sum(taken) / 1e9 / (n * gap)}, file)
        os.kill(os.getpid(), 9)
        return {}

    def procs(self) -> dict[str, Any]:
        """Be one of several processes that start logging together."""
        open(os.path.join(self.folder, f".ready.{self.run_name}"), "w").close()
        while (
            len([f for f in os.listdir(self.folder) if f.startswith(".ready.")])
            < self.options["writers"]
        ):
            time.sleep(0.001)
        drawn = values(self.options["n"])
        start = clock_ns()
        for i, value in enumerate(drawn):
            self.adapter.log_scalar("timed", value, i)
        loop = (clock_ns() - start) / 1e9
        return {"loop_s": loop, "all_s": loop + self.finish()}

    def threads(self) -> dict[str, Any]:
        drawn, gate = values(self.options["n"]), threading.Barrier(self.options["writers"] + 1)

        def work(name: str) -> None:
            gate.wait(60)
            for i, value in enumerate(drawn):
                self.adapter.log_scalar(name, value, i)
            gate.wait()

        for k in range(self.options["writers"]):
            threading.Thread(target=work, args=(f"t{k}",), daemon=True).start()
        gate.wait()
        start = clock_ns()
        gate.wait(200)
        loop = (clock_ns() - start) / 1e9
        return {"loop_s": loop, "all_s": loop + self.finish()}

    def image(self) -> dict[str, Any]:
        import numpy as np

        y, x = np.mgrid[0:256, 0:256]
        noise = np.random.default_rng(0).integers(0, 12, (256, 256, 3))
        picture = np.clip(np.stack([x, y, (x + y) // 2], -1) + noise, 0, 255).astype(np.uint8)
        taken = []
        for i in range(200):
            rolled = np.roll(picture, i, 0)
            start = clock_ns()
            self.adapter.log_image("img", rolled, i)
            taken.append(clock_ns() - start)
        out = {f"img_{name}": value for name, value in summary(taken).items()}
        return {**out, "img_finish_s": self.finish()}


def main(phase: str, tool: str, folder: str, options: str, result: str) -> None:
    answer = Child(tool, folder, json.loads(options)).run(phase)
    with open(result, "w") as file:
        json.dump(answer, file)
