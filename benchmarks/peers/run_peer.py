"""Measure what one experiment logger costs; run it with the Python of that tool's virtual environment.

    .venvs/X/bin/python benchmarks/peers/run_peer.py --tool X [--repeat 3] [--phases log,kill,...]

Prints one JSON line. Each phase runs in a fresh child process; this parent is a child subreaper (Linux), so that CPU
time and memory cover every process that the tool starts.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.metadata
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

N_FAST = 100_000  # calls a loop
N_SLOW = 5_000  # ... for tools slower than SLOW_NS a call
SLOW_NS = 200_000
LOOP_BUDGET_NS = 5e9  # ... and never longer than this a loop
PHASES = "import,null,log,read,kill,paced,procs,threads,image,big"

Row = dict[str, Any]


def disk_bytes(folder: str) -> int:
    """Sum what a folder occupies on disk."""
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(root, name)).st_blocks * 512
            except OSError:
                pass
    return total


def descendants() -> dict[int, int]:
    """Return the resident bytes of every process below this one."""
    parent, resident = {}, {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    rest = file.read().rpartition(")")[2].split()
                parent[int(name)], resident[int(name)] = int(rest[1]), int(rest[21]) * 4096
            except (OSError, IndexError):
                pass
    me, found = os.getpid(), {}
    for pid in parent:
        above = pid
        while above in parent and above != me:
            above = parent[above]
        if above == me and pid != me:
            found[pid] = resident[pid]
    return found


def start(jobs: list[tuple[str, str, Row]], folder: str) -> tuple[dict[int, int | None], list[str]]:
    """Start the child of each job; return their pids and the files that their answers go to."""
    home = os.path.join(folder, "home")
    os.makedirs(home, exist_ok=True)
    path = os.path.dirname(sys.executable) + ":" + os.environ["PATH"]
    environ = dict(os.environ, HOME=home, PYTHONDONTWRITEBYTECODE="", PATH=path)
    pids: dict[int, int | None] = {}
    files = []
    for k, (phase, tool, options) in enumerate(jobs):
        stem = f"{folder.rstrip('/')}.{phase}.{k}"
        if os.path.exists(stem + ".json"):
            os.unlink(stem + ".json")
        files.append(stem + ".json")
        log = open(stem + ".log", "wb")
        me = os.path.abspath(__file__)
        words = [me, "--child", phase, tool, folder, json.dumps(options), files[-1]]
        child = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )  # fmt: skip
        pids[child.pid] = None
    return pids, files


def spawn(
    jobs: list[tuple[str, str, Row]], folder: str, *, limit: float = 240, linger: float = 20
) -> tuple[list[Row], Row]:
    """Run child jobs together; wait for them and for all that they leave behind."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    pids, files = start(jobs, folder)
    peak, done_at, stragglers = 0, None, 0
    while True:
        peak = max(peak, sum(descendants().values()))
        try:
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] in pids:
                    pids[ended[0]] = ended[1]
        except ChildProcessError:
            break
        now = time.time()
        if done_at is None and None not in pids.values():
            done_at = now
        if (done_at and now - done_at > linger) or now - began > limit:
            for pid in descendants():
                stragglers += 1
                try:
                    os.kill(pid, 9)
                except OSError:
                    pass
        time.sleep(0.05)
    now, after = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    answers = [
        json.load(open(f)) if os.path.exists(f) else {"error": f"no result, status {status}"}
        for f, status in zip(files, pids.values(), strict=True)
    ]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return answers, {
        "cpu_s": cpu,
        "rss_mb": peak / 2**20,
        "wall_s": now - began,
        "exit_s": now - (done_at or now),
        "stragglers": stragglers,
    }


def median(numbers: Any) -> float | None:
    ordered = sorted(x for x in numbers if x is not None)
    if not ordered:
        return None
    m = len(ordered) // 2
    return ordered[m] if len(ordered) % 2 else (ordered[m - 1] + ordered[m]) / 2


def medians(rows: list[Row]) -> Row:
    keys = {k for r in rows for k, v in r.items() if isinstance(v, (int, float))}
    return {k: median([r.get(k) for r in rows]) for k in sorted(keys)}


class Measurement:
    """Run every phase for one tool and gather the medians."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.tool, self.repeat, self.options = options.tool, options.repeat, options
        self.phases = options.phases.split(",")
        self.root = os.path.abspath(os.path.join(options.root, self.tool))
        shutil.rmtree(self.root, ignore_errors=True)
        os.makedirs(self.root)
        self.source = open(os.path.join(HERE, f"adapter_{self.tool}.py")).read()
        dist = re.search(r'^DIST = "(.+)"', self.source, re.M)
        version = importlib.metadata.version(dist[1]) if dist else sys.version.split()[0]
        self.out: Row = {"tool": self.tool, "version": version, "errors": []}
        self.out["python"] = sys.version.split()[0]
        self.count = 0

    def has(self, name: str) -> bool:
        return f"def {name}(" in self.source or f"import {name}" in self.source

    def folder(self, phase: str) -> str:
        self.count += 1
        path = os.path.join(self.root, f"{self.count:02d}-{phase}")
        os.makedirs(path)
        return path

    def once(
        self, phase: str, options: Row | None = None, folder: str | None = None, **limits: float
    ):
        folder = folder or self.folder(phase)
        (row,), extra = spawn([(phase, self.tool, options or {})], folder, **limits)
        if "error" in row and phase not in ("kill", "paced"):
            self.out["errors"].append(f"{phase}: {row['error']}")
        return row, extra, folder

    def choose_n(self) -> int:
        """Choose how many calls a loop takes: what the adapter says, else by a short pilot run."""
        pilot, _, _ = self.once("pilot")
        ns = pilot.get("ns", SLOW_NS)
        fixed = re.search(r"^N = ([\d_]+)", self.source, re.M)
        most = N_FAST if ns < SLOW_NS else N_SLOW
        chosen = int(max(200, min(most, LOOP_BUDGET_NS / max(ns, 1))))
        return self.options.n or (int(fixed[1]) if fixed else chosen)

    def null(self) -> None:
        rows = []
        for _ in range(self.repeat):
            row, extra, folder = self.once("null")
            own = {k: row.get(k, 0) for k in ("init_s", "own_cpu_s")}
            rows.append({**extra, **own, "bytes": disk_bytes(folder)})
        self.out["null"] = medians(rows)

    def log(self, n: int) -> None:
        rows, reads = [], []
        null = self.out.get("null", {"bytes": 0, "cpu_s": 0, "own_cpu_s": 0})
        for _ in range(self.repeat):
            row, extra, folder = self.once("log", {"n": n})
            if "error" in row:
                continue
            cpu = extra["cpu_s"] - null["cpu_s"] - row["own_cpu_s"] + null["own_cpu_s"]
            row.update(extra, ratio=row["tight_us"] / row["floor_us"])
            row["bytes_pt"] = (disk_bytes(folder) - null["bytes"]) / row["points"]
            row["cpu_us_pt"] = cpu / row["points"] * 1e6
            rows.append(row)
            if "read" in self.phases and self.has("read_back"):
                reads.append(self.once("read", {"n": n, "name": "timed"}, folder)[0])
            shutil.rmtree(folder, ignore_errors=True)
        self.out["log"] = medians(rows)
        if rows:
            self.out["log"]["ratio_best"] = min(r["ratio"] for r in rows)
        if reads:
            self.out["read"] = medians(reads)

    def survival(self, phase: str, options: Row, times: int) -> None:
        fractions, latencies = [], []
        for _ in range(times):
            options["stat"] = os.path.join(self.root, phase + ".stat")
            _, _, folder = self.once(phase, options)
            if phase == "paced":
                latencies.append(json.load(open(options["stat"])))
            read = self.once("read", {**options, "name": "timed"}, folder)[0]
            fractions.append(read.get("near", 0) / options["n"])
            shutil.rmtree(folder, ignore_errors=True)
        self.out[phase + "_survival"], self.out[phase + "_all"] = median(fractions), fractions
        if latencies:
            self.out["pace"] = medians(latencies)

    def together(self, phase: str, n: int) -> None:
        """Measure two writers at once, as threads or as processes."""
        rows = []
        for _ in range(self.repeat):
            folder, options = self.folder(phase), {"n": n, "writers": 2}
            jobs = [("threads", self.tool, options)]
            if phase == "procs":
                jobs = [("procs", self.tool, {**options, "run": f"run{k}"}) for k in (0, 1)]
            answers, _ = spawn(jobs, folder, limit=120)
            if all("loop_s" in r for r in answers):
                rows.append(
                    {
                        f"{k}_pts_s": 2 * n / max(r[f"{k}_s"] for r in answers)
                        for k in ("loop", "all")
                    }
                )
            shutil.rmtree(folder, ignore_errors=True)
        self.out[phase] = medians(rows)

    def run(self) -> Row:
        n = self.out["n"] = self.choose_n()
        if "import" in self.phases:
            taken = [self.once("import")[0].get("import_s") for _ in range(max(3, self.repeat + 2))]
            self.out["import_s"] = median(taken)
        if "null" in self.phases:
            self.null()
        if "log" in self.phases:
            self.log(n)
        if "kill" in self.phases and self.has("read_back"):
            self.survival("kill", {"n": min(n, 10_000)}, self.repeat)
        if "paced" in self.phases and self.has("read_back"):
            self.survival(
                "paced", {"n": min(n, 2_000), "gap": 10 / min(n, 2_000)}, min(2, self.repeat)
            )
        for phase in ("procs", "threads"):
            if phase in self.phases:
                self.together(phase, max(200, n // 4))
        if "big" in self.phases and self.has("read_back"):
            _, _, folder = self.once("fill", {"n": N_FAST}, limit=400)
            options = {"n": N_FAST, "name": "timed"}
            self.out["big"] = medians(
                [self.once("read", options, folder)[0] for _ in range(self.repeat)]
            )
            shutil.rmtree(folder, ignore_errors=True)
        if "image" in self.phases and self.has("log_image"):
            self.images()
        if not self.out["errors"]:
            del self.out["errors"]
        return self.out

    def images(self) -> None:
        rows = []
        for _ in range(self.repeat):
            row, _, folder = self.once("image")
            rows.append({**row, "img_kb": disk_bytes(folder) / 200e3})
            shutil.rmtree(folder, ignore_errors=True)
        self.out["image"] = medians(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--n", type=int, help="calls a loop; chosen by a pilot otherwise")
    parser.add_argument("--phases", default=PHASES)
    parser.add_argument("--root", default=".runs")
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    print(json.dumps(Measurement(parser.parse_args()).run(), sort_keys=True), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        import phases

        phases.main(*sys.argv[2:])
    else:
        main()
