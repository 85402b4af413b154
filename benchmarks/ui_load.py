"""How quick is the page where there is much? Budgets: first charts within 1 s, 60 frames a second while panning.

    python benchmarks/ui_load.py [--minutes 10] [--scale 1] [--only NAME ...] [--home FOLDER]

One home holds 10,000 tasks, 100 charts of 10,000 points, a task of 10,000 metrics, 100 tasks to compare, a series of
10 million points and a log of a million lines (``homes.py`` writes them with the real ``JournalWriter``). Each is
looked at in headless Chromium, which paints in software: when was something drawn, when all in view; how long are the
frames while the page is panned or scrolled, alone and while a real process reports 200 times a second into what is
shown; what does the page hold after some minutes of that (``browser.py``). The baseline is a page with one chart of
1,000 points, in the same run. ``--home`` keeps the home for further runs.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import homes
import psutil
from browser import Drawn, Frames, Memory, NotShown, Sheet, chromium, pan, rest, scroll
from playwright.sync_api import Browser, Page
from report import row

FIRST_MS = 1000
FRAME_MS = 17  # 60 a second are 16.7 ms, told to a tenth
USED_SEC = 5.0
PATIENCE_SEC = 1800.0

# A task goes on and reports what the page shows, as a training does that is resumed.
LIVE = """
import signal, sys, time
from stripchart import Task
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell runs all of this in the background
task = Task.init(continue_last_task=sys.argv[1])
names = [name.split("\\t") for name in sys.argv[2:]]
logger, begun, i = task.get_logger(), time.monotonic(), 0
try:
    while True:
        if names:
            logger.report_scalar(*names[i % len(names)], 1 + i % 7 / 10, i // len(names))
        else:
            print("live line", i)
        i += 1
        time.sleep(max(0.0, begun + i / 200 - time.monotonic()))
except KeyboardInterrupt:
    task.close()
"""

Names = list[tuple[str, str]]


@dataclass(frozen=True)
class Scene:
    """One page to look at: how it is used, which task goes on meanwhile, and what that reports (nothing: lines)."""

    name: str
    what: str
    path: str
    use: Callable[[float], Callable[[Page], None]]
    live: str
    reports: Names


@dataclass(frozen=True)
class Looked:
    """What was measured of one page: as it opens, in use, with live data, in use with live data, and after a while."""

    drawn: Drawn
    used: Frames
    live: Frames
    live_used: Frames
    memory: Memory


def seed(home: Path, scale: float) -> list[Scene]:
    """Write the home, unless it is there, and return what to look at in it, the baseline first."""
    many, points, lines = (int(n * scale) for n in (10_000, 10_000_000, 1_000_000))
    few = max(2, int(100 * scale))
    one, charts, metrics, series, log = (homes.task_id(2, number) for number in range(5))
    if not (home / "tasks").exists():
        homes.one_line(home, one, 1000)
        homes.charts(home, charts, few, 10_000)
        homes.charts(home, metrics, many, 100)
        homes.alike(home, few, 10_000)
        homes.one_line(home, series, points)
        homes.console(home, log, lines)
        homes.many_tasks(home, many)
    compared = ",".join(homes.task_id(3, number) for number in range(few))
    columns = "".join(f"&col=metric:last~metric~s{number}" for number in range(8))
    first, shown, loss = homes.task_id(1), [("metric", "s1")], [("loss", "train")]
    names = homes.chart_names(few)
    return [
        Scene("one", "one chart of 1,000 points", f"/task/{one}/scalars", pan, one, loss),
        Scene("charts", f"{few} charts of 10,000 points", f"/task/{charts}/scalars", pan, charts,
              names),
        Scene("metrics", f"a task of {many:,} metrics", f"/task/{metrics}/scalars", pan, metrics,
              names),
        Scene("compare", f"{few} tasks compared, 10,000 points each",
              f"/compare/scalars?tasks={compared}", pan, homes.task_id(3), loss),
        Scene("series", f"a series of {points:,} points", f"/task/{series}/scalars", pan, series,
              loss),
        Scene("tasks", f"a table of {many:,} tasks", "/tasks", scroll, first, shown),
        Scene("columns", f"a table of {many:,} tasks, eight metrics, sorted by one",
              f"/tasks?col=status&col=name{columns}&sort=-metric:last~metric~s1", scroll, first,
              shown),
        Scene("console", f"a console of {lines:,} lines", f"/task/{log}/console", scroll, log, []),
    ]  # fmt: skip


def look(browser: Browser, address: str, home: Path, scene: Scene, minutes: float) -> Looked:
    """Open a page, use it, and keep it open while data come in."""
    sheet = Sheet(browser)
    try:
        drawn = sheet.open(address + scene.path)
        used = sheet.frames(scene.use(USED_SEC))
        with reporting(home, scene):
            time.sleep(3)  # until the process has started
            live = sheet.frames(rest(USED_SEC))
            live_used = sheet.frames(scene.use(USED_SEC))
            sheet.page.wait_for_timeout(minutes * 60_000)
        if sheet.errors:
            raise NotShown(f"{scene.what}: {sheet.errors}")
        return Looked(drawn, used, live, live_used, sheet.memory())
    finally:
        sheet.close()


@contextmanager
def reporting(home: Path, scene: Scene) -> Iterator[None]:
    """Let a process go on with a task, 200 reports a second."""
    names = ["\t".join(name) for name in scene.reports]
    process = subprocess.Popen(
        [sys.executable, "-c", LIVE, scene.live, *names],
        env={**os.environ, "STRIPCHART_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        if process.poll() is not None:
            raise NotShown(f"{scene.what}: what reports ended with {process.returncode}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve a home; give the address once everything is in the index, and the process."""
    command = [sys.executable, "-m", "stripchart.cli", "server", "--port", "0", "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield _indexed(home, process), psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _indexed(home: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the address of a server that has every task and has come to rest."""
    tasks = sum(1 for _ in (home / "tasks").iterdir())
    server, until, quiet = psutil.Process(process.pid), time.monotonic() + PATIENCE_SEC, 0
    while time.monotonic() < until and process.poll() is None:
        time.sleep(1)
        quiet = quiet + 1 if server.cpu_percent() < 20 else 0
        address = _address(home, process.pid)
        if quiet > 3 and address and _total(address) == tasks:
            return address
    raise SystemExit("the server did not index the home")


def _address(home: Path, pid: int) -> str | None:
    try:
        said = json.loads((home / "server.json").read_text())
    except (OSError, ValueError):
        return None
    return str(said["address"]) if said["pid"] == pid else None


def _total(address: str) -> int:
    request = urllib.request.Request(
        f"{address}/api/v1/tasks/query",
        data=b'{"limit": 1}',
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.load(answer)["total"])


def tell(scene: Scene, looked: Looked, base: Looked) -> None:
    """Print the rows of a page."""
    of, beside = scene.what, "a page of one chart"

    def told(what: str, value: float, unit: str, baseline: float, budget: float | None) -> None:
        row(f"{of}: {what}", value, unit, baseline=baseline, beside=beside, budget=budget)

    shown, first = looked.drawn, base.drawn
    told("something drawn", shown.first_ms, "ms", first.first_ms, FIRST_MS)
    told(f"all in view drawn ({shown.count})", shown.all_ms, "ms", first.all_ms, None)
    doing = "scrolling" if scene.use is scroll else "panning"
    for when, frames, usual in (
        (doing, looked.used, base.used),
        ("200 reports a second", looked.live, base.live),
        (f"{doing}, 200 reports a second", looked.live_used, base.live_used),
    ):
        told(f"{when}, frames, median", frames.median, "ms", usual.median, None)
        told(f"{when}, frames, p95", frames.p95, "ms", usual.p95, FRAME_MS)
        told(f"{when}, longest frame", frames.longest, "ms", usual.longest, None)
    told("heap of scripts at the end", looked.memory.heap_mb, "MB", base.memory.heap_mb, None)
    told("the page's process", looked.memory.process_mb, "MB", base.memory.process_mb, None)


def main() -> None:
    """Write the home, look at every page, print the rows."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10.0, help="how long a page stays open")
    arguments.add_argument(
        "--scale", type=float, default=1.0, help="of everything there is much of"
    )
    arguments.add_argument("--only", nargs="*", default=[], help="names of scenes")
    arguments.add_argument("--home", type=Path, help="kept, and used again where it is there")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = given.home or Path(folder)
        scenes = seed(home, given.scale)
        base, *others = [s for s in scenes if not given.only or s.name in {"one", *given.only}]
        with serving(home) as (address, server), chromium() as browser:
            started_mb = server.memory_info().rss / 1e6
            one = look(browser, address, home, base, given.minutes)
            tell(base, one, one)
            failed = []
            for scene in others:
                try:
                    tell(scene, look(browser, address, home, scene, given.minutes), one)
                except NotShown as error:
                    failed.append(str(error))
                    print(error, file=sys.stderr)
            told = server.memory_info().rss / 1e6
            row("the server, after all pages", told, "MB", baseline=started_mb, beside="before")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
