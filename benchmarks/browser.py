"""What a browser says of a page while it is used: when it was drawn, how long frames take, what it holds.

Frames are the times between calls of ``requestAnimationFrame``, so a frame that is late for whatever reason counts:
scripts, layout, or painting. A headless browser without a GPU paints in software, on the cores that everything else
uses too; its frames are upper bounds of those of a desk.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
SETTLED_MS = 1500
PATIENCE_SEC = 60.0
INPUT_SEC = 1 / 60

# Counts, frame by frame, what in view is drawn and what still waits: chart, row of a table, or line of a log. A chart
# says in words whether it has points. Times count from the navigation, and are those of the frame after.
WATCH = """
(() => {
  const inView = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.height > 0;
  };
  const count = (drawn, waiting) => ({
    drawn: [...document.querySelectorAll(drawn)].filter(inView).length,
    waiting: [...document.querySelectorAll(waiting)].filter(inView).length,
  });
  const CHART = '[aria-label^="Chart of "]';
  const DRAWN = `${CHART}:not([aria-label$="loading."]), .table-body:not(:has(.bar)), .line:not(.line-missing)`;
  const WAITING = `${CHART}[aria-label$=" loading."], .chart-waiting, .table-body .bar, .line-missing, .skeleton`;
  const seen = (window.seen = { first: null, all: null, drawn: 0, frames: [] });
  let before = 0;
  let found = null;
  const frame = (now) => {
    if (before) seen.frames.push(now - before);
    before = now;
    if (found) {
      seen.drawn = found.drawn;
      if (found.drawn > 0) seen.first ??= now;
      if (found.drawn === 0 || found.waiting > 0) seen.all = null;
      else seen.all ??= now;
    }
    found = seen.settled ? null : count(DRAWN, WAITING);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
"""


class NotShown(Exception):
    """Say which page did not come to show what it should, and what it said."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """When the first thing was drawn, and when all in view was, in milliseconds; and how many that were."""

    first_ms: float
    all_ms: float
    count: int


@dataclass(frozen=True, slots=True)
class Frames:
    """How long frames took, in milliseconds."""

    median: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class Memory:
    """What a page holds: objects of scripts, and the process that draws it without what it shares with others."""

    heap_mb: float
    process_mb: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise SystemExit("needs chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=QUIET)


class Sheet:
    """One page in a browser of its own state: nothing cached, nothing remembered."""

    def __init__(self, browser: Browser, *, width: int = 1600, height: int = 1000) -> None:
        before = _renderers()
        self._context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}
        )
        self.page: Page = self._context.new_page()
        self.errors: dict[str, int] = {}
        self.page.on("pageerror", self._failed)
        self.page.add_init_script(WATCH)
        self._cdp = self._context.new_cdp_session(self.page)
        self._others = before

    def open(self, address: str) -> Drawn:
        """Go to a page and wait until all in view has been drawn and stays so.

        Raises:
            NotShown: nothing was drawn, or something in view never was.
        """
        self.page.goto(address)
        until = time.monotonic() + PATIENCE_SEC
        while time.monotonic() < until:
            seen = self.page.evaluate("({ ...window.seen, frames: 0, now: performance.now() })")
            if seen["all"] is not None and seen["now"] - seen["all"] > SETTLED_MS:
                self.page.evaluate("window.seen.settled = true")
                return Drawn(seen["first"], seen["all"], seen["drawn"])
            time.sleep(0.2)
        raise NotShown(f"{address} was not drawn: {seen}; {self.errors}")

    def frames(self, use: Callable[[Page], None]) -> Frames:
        """Return the frames during a use of the page."""
        self.page.evaluate("void (window.seen.frames.length = 0)")
        use(self.page)
        took: list[float] = self.page.evaluate("window.seen.frames")
        if len(took) < 2:
            took = [PATIENCE_SEC * 1000] * 2  # it stood still
        return Frames(statistics.median(took), sorted(took)[int(len(took) * 0.95)], max(took))

    def memory(self) -> Memory:
        """Return what the page holds, after its garbage was collected."""
        self._cdp.send("HeapProfiler.collectGarbage")
        self._cdp.send("Performance.enable")
        told = {m["name"]: m["value"] for m in self._cdp.send("Performance.getMetrics")["metrics"]}
        own = [process for process in _renderers() if process not in self._others]
        held = max((process.memory_full_info().uss for process in own), default=0)
        return Memory(told["JSHeapUsedSize"] / 1e6, held / 1e6)

    def _failed(self, error: Error) -> None:
        said = error.stack or error.message
        self.errors[said] = self.errors.get(said, 0) + 1

    def close(self) -> None:
        """Close the page."""
        self._context.close()


def _renderers() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "--type=renderer" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def rest(seconds: float) -> Callable[[Page], None]:
    """Look at the page and do nothing."""
    return lambda page: page.wait_for_timeout(seconds * 1000)


def pan(seconds: float) -> Callable[[Page], None]:
    """Drag the first chart along its x axis, to and fro, with Shift held."""

    def use(page: Page) -> None:
        box = page.locator("[aria-label^='Chart of']:visible .u-over").first.bounding_box()
        assert box is not None
        middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(middle, y)
        page.keyboard.down("Shift")
        page.mouse.down()
        reach = box["width"] / 3
        for step in _steps(seconds):
            page.mouse.move(middle + reach * _to_and_fro(step), y)
        page.mouse.up()
        page.keyboard.up("Shift")

    return use


def scroll(seconds: float) -> Callable[[Page], None]:
    """Turn the wheel in the middle of the page, down for half of the time and up again."""

    def use(page: Page) -> None:
        size = page.viewport_size or {"width": 0, "height": 0}
        page.mouse.move(size["width"] / 2, size["height"] / 2)
        half = time.monotonic() + seconds / 2
        for _ in _steps(seconds):
            page.mouse.wheel(0, 120 if time.monotonic() < half else -120)

    return use


def _steps(seconds: float) -> Iterator[int]:
    """Give numbers at the pace of a mouse that reports at every frame."""
    begun, step = time.monotonic(), 0
    while (now := time.monotonic() - begun) < seconds:
        yield step
        step += 1
        time.sleep(max(0.0, step * INPUT_SEC - now) if step * INPUT_SEC > now else 0)


def _to_and_fro(step: int) -> float:
    """Return a place between -1 and 1 that moves by a fortieth each step."""
    place = (step % 160) / 40
    return place if place <= 1 else 2 - place if place <= 3 else place - 4
