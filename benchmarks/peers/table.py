"""Turn JSON lines of run_peer.py on standard input into a Markdown table; a later line replaces an earlier one of a tool."""

from __future__ import annotations

import json
import sys
from typing import Any

HEAD = {
    "tool": lambda r: r["tool"],
    "version": lambda r: r["version"],
    "import s": lambda r: number(r.get("import_s")),
    "init s": lambda r: number(part(r, "null", "init_s")),
    "scalar µs": lambda r: number(part(r, "log", "tight_us")),
    "× floor": lambda r: number(part(r, "log", "ratio")),
    "p99 µs": lambda r: number(part(r, "log", "p99_us")),
    "max ms": lambda r: number(scaled(part(r, "log", "max_us"), 1e-3)),
    "finish s": lambda r: number(part(r, "log", "finish_s")),
    "CPU µs a point, all processes": lambda r: number(part(r, "log", "cpu_us_pt")),
    "RSS MB, all processes": lambda r: number(part(r, "log", "rss_mb")),
    "bytes a point": lambda r: number(part(r, "log", "bytes_pt")),
    "kept after kill -9, burst": lambda r: percent(r.get("kill_survival")),
    "kept after kill -9, paced": lambda r: percent(r.get("paced_survival")),
    "2 threads, points/s": lambda r: number(part(r, "threads", "loop_pts_s")),
    "2 processes, points/s": lambda r: number(part(r, "procs", "loop_pts_s")),
}


def part(row: dict[str, Any], phase: str, key: str) -> float | None:
    return (row.get(phase) or {}).get(key)


def scaled(x: float | None, factor: float) -> float | None:
    return None if x is None else x * factor


def number(x: float | None) -> str:
    if x is None:
        return "–"
    return f"{round(x):,}" if abs(x) >= 100 else f"{x:.3g}"


def percent(x: float | None) -> str:
    return "–" if x is None else f"{100 * x:.3g} %"


def main() -> None:
    rows = {row["tool"]: row for row in map(json.loads, sys.stdin)}
    print("| " + " | ".join(HEAD) + " |")
    print("|" + "---|" * len(HEAD))
    for row in sorted(rows.values(), key=lambda r: part(r, "log", "ratio") or 0):
        print("| " + " | ".join(cell(row) for cell in HEAD.values()) + " |")


if __name__ == "__main__":
    main()
