"""Run every benchmark, one after the other, and write ``docs/benchmarks.md`` anew. ``scripts/bench`` calls this."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from report import HEAD, Row

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"report.py", "remake.py", "curves.py", "homes.py", "browser.py"}
ARGUMENTS = {"ui_load.py": ["--minutes", "0.5"]}  # ten minutes a page is for who looks for leaks
# In the order of the table; one that is not named comes after these.
ORDER = [
    "report_scalar.py",
    "report_image.py",
    "survival.py",
    "import_time.py",
    "task_init.py",
    "ingest.py",
    "append.py",
    "read_series.py",
    "overlay.py",
    "task_table.py",
    "console_search.py",
    "recorder_cost.py",
    "server_idle.py",
    "journal_size.py",
    "ui_load.py",
]
PEERS = (
    "list",
    "csv",
    "sqlite",
    "stripchart",
)  # measured anew; the others need environments of their own

TEXT = """# Benchmarks

Made anew by `scripts/bench`, which runs every file under `benchmarks/` once, one after the other, and writes what comes
out. A ratio is to a baseline in the same run, so that it means something on another machine; times do not. A budget
that is not met says so.

{machine}

## Budgets

{rows}

Frames and times of pages are those of a headless browser that paints in software, on the cores that the server uses
too.{failed}

## Beside other loggers

Each tool logs in a loop of up to 100,000 calls, is killed in a burst and at a pace, and is used by two threads and by
two processes; `benchmarks/peers/run_peer.py` says how in detail. The rows of {fresh} are of this run; the others are
of an earlier run, kept in `benchmarks/peers/peers.jsonl`, so compare them by their ratio to the floor: appending to a
list in the same process.

{peers}
"""


def main() -> None:
    """Run, gather, write."""
    found = sorted(
        (path.name for path in HERE.glob("*.py") if path.name not in NOT_BENCHMARKS), key=_place
    )
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder) / "rows.jsonl"
        collected.touch()
        environment = {**os.environ, "STRIPCHART_BENCHMARK_ROWS": str(collected)}
        began = time.monotonic()
        for name in found:
            print(f"[{time.monotonic() - began:.0f} s] {name}", flush=True)
            command = [sys.executable, str(HERE / name), *ARGUMENTS.get(name, [])]
            if subprocess.run(command, env=environment, check=False).returncode:
                failed.append(name)
        rows = [Row(**json.loads(line)) for line in collected.read_text().splitlines()]
    peers = _peers()
    PAGE.write_text(
        TEXT.format(
            machine=_machine(time.monotonic() - began),
            rows="\n".join([HEAD, *(row.markdown() for row in rows)]),
            failed="".join(f"\n\n**`{name}` failed in this run.**" for name in failed),
            fresh=", ".join(f"`{name}`" for name in PEERS),
            peers=peers,
        )
    )
    print(f"written: {PAGE}")
    sys.exit(bool(failed))


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _machine(seconds: float) -> str:
    said = datetime.now(UTC).strftime("%Y-%m-%d")
    cpu = platform.processor() or platform.machine()
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    busy = os.getloadavg()[2] > (os.cpu_count() or 1)
    note = " It was busy with other work too, so that times are upper bounds." if busy else ""
    return (
        f"{said}; {os.cpu_count()} cores of {cpu}, {_memory_gib():.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}. The run took {seconds:.0f} s; load averages at its end: {load}."
        f"{note}"
    )


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _peers() -> str:
    kept = (HERE / "peers" / "peers.jsonl").read_text()
    fresh = []
    for tool in PEERS:
        print(f"peers: {tool}", flush=True)
        command = [sys.executable, str(HERE / "peers" / "run_peer.py"), "--tool", tool]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in shown.stdout.splitlines() if line.startswith("{")]
        if shown.returncode or not lines:
            print(shown.stderr[-2000:], file=sys.stderr)
        fresh += lines
    table = subprocess.run(
        [sys.executable, str(HERE / "peers" / "table.py")],
        input=kept + "\n".join(fresh) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return table.stdout.rstrip()


if __name__ == "__main__":
    main()
