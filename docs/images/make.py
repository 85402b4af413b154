"""Make the screenshots of every page, in both themes and two widths (``scripts/screenshots``).

The home is filled by the examples with fixed seeds, so that the numbers are the same each time; hours and machine
readings are those of the run. A page is one line of ``VIEWS``. A page that says that there is no such page, that goes
on loading, or whose scripts fail ends the command.

    python docs/images/make.py [--only NAME ...]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
THEMES = ("dark", "light")
SIZES = {1280: 800, 2560: 1440}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # fmt: skip
SETTLE_MS = 600
BUSY_SEC = 60.0
BUSY = """[...document.querySelectorAll('[aria-busy=true], [aria-label$=" loading."]')].some(
    (one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight)"""
WEBP_QUALITY = 82
REPOSITORY = (
    "init --quiet --initial-branch main",
    "remote add origin https://example.com/team/digits.git",
    "add --all",
    "-c user.name=team -c user.email=team@example.com commit --quiet --message=Examples",
)


@dataclass(frozen=True)
class View:
    """One page: its path, the keys to press there, and how it is kept.

    Of a path, ``{live}``, ``{done}``, ``{reports}`` and ``{all}`` are ids of tasks. ``coloured`` pictures are
    photographs more than lines. ``height`` shows more than a screen at 1280 pixels.
    """

    path: str
    keys: tuple[str, ...] = ()
    coloured: bool = False
    height: int | None = None


VIEWS = {
    "projects": View("/"),
    "tasks": View("/tasks"),
    "tasks-selected": View("/tasks", keys=("j", "x", "j", "x", "j", "x")),
    "tasks-grouped": View("/tasks?by=param:Args/hidden&where=name:digits"),
    "tasks-list": View("/task/{done}/scalars?list=-"),
    "tasks-charts": View("/tasks?mode=charts&where=name:digits"),
    "overview": View("/task/{live}"),
    "scalars": View("/task/{live}/scalars"),
    "scalars-full": View("/task/{live}/scalars?full=loss"),
    "values": View("/task/{live}/scalars?table=1"),
    "console": View("/task/{live}/console"),
    "system": View("/task/{live}/system"),
    "plots": View("/task/{reports}/plots", coloured=True, height=2660),
    "samples": View("/task/{reports}/samples", coloured=True, height=960),
    "viewer": View("/task/{reports}/samples?view=masks%09see-through", coloured=True),
    "artifacts": View("/task/{reports}/artifacts?open=scores&open=weights"),
    "configuration": View("/task/{reports}/configuration"),
    "compare-details": View("/compare?tasks={all}"),
    "compare-parameters": View("/compare/parameters?tasks={all}"),
    "compare-scalars": View("/compare/scalars?tasks={all}"),
    "compare-plots": View("/compare/plots?tasks={all}", coloured=True),
    "compare-samples": View("/compare/samples?tasks={all}", coloured=True),
    "compare-console": View("/compare/console?tasks={all}"),
    "settings": View("/settings"),
    "keys": View("/task/{live}/scalars", keys=("?",)),
}

# What the trainings differ in; the last one still runs.
TRAININGS = [
    ["--lr", "0.005", "--hidden", "32", "--seed", "1"],
    ["--lr", "0.02", "--hidden", "32", "--seed", "2"],
    ["--lr", "0.1", "--hidden", "32", "--seed", "3"],
    ["--lr", "0.005", "--hidden", "96", "--seed", "1"],
    ["--lr", "0.02", "--hidden", "96", "--seed", "2"],
    ["--lr", "0.1", "--hidden", "96", "--seed", "3"],
]
LIVE = ["--epochs", "400", "--pace", "0.004"]
LIVE_SEC = 30


@contextmanager
def trained(environ: dict[str, str]) -> Iterator[None]:
    """Run the reports and the trainings to their end, and leave another training running.

    They run from a repository of their own and an interpreter by another name: pages show paths, and those of this
    machine say nothing.
    """
    folder = Path(environ["STRIPCHART_HOME"]).parent
    shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    for line in REPOSITORY:
        subprocess.run(["git", *line.split()], cwd=folder / "examples", env=environ, check=True)
    (folder / "venv").symlink_to(sys.prefix)
    python = str(folder / "venv" / "bin" / Path(sys.executable).name)
    run = partial(subprocess.run, env=environ, cwd=folder, check=True, capture_output=True)
    run([python, "examples/reports.py"])
    training = [python, "examples/quickstart.py"]
    for words in TRAININGS:
        command = [*training, "--epochs", "20", "--pace", "0", *words]
        run(command)
    quiet = subprocess.DEVNULL
    live = subprocess.Popen([*training, *LIVE], env=environ, cwd=folder, stdout=quiet, stderr=quiet)
    try:
        time.sleep(LIVE_SEC)  # so that there is something worth looking at
        yield
    finally:
        live.kill()
        live.wait(20)


@contextmanager
def served(home: Path, environ: dict[str, str]) -> Iterator[str]:
    """Serve the home; give its address."""
    command = [sys.executable, "-m", "stripchart.cli", "server"]
    serving = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        yield address(home)
    finally:
        serving.terminate()
        serving.wait(20)


def address(home: Path) -> str:
    """Return where the server of a home listens, once it does."""
    for _ in range(200):
        try:
            return str(json.loads((home / "server.json").read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def tasks(server: str) -> dict[str, str]:
    """Return what stands for tasks in the paths of views."""
    request = urllib.request.Request(server + "/api/v1/tasks/query", b"{}")  # newest first
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        found = [(task["id"], task["name"]) for task in json.load(answer)["tasks"]]
    digits = [task for task, name in found if name == "digits"]
    reports = next(task for task, name in found if name != "digits")
    return {
        "live": digits[0],
        "done": digits[1],
        "reports": reports,
        "all": ",".join(digits[1:]),
    }


def show(page: Page, address: str, view: View) -> None:
    """Go to a page, and do there what the view asks for."""
    page.goto(address)
    rest(page)
    for key in view.keys:
        page.keyboard.press(key)
    if view.keys:
        rest(page)
    expect(page.get_by_text("There is no such page")).to_have_count(0)


def save(page: Page, view: View, file: Path) -> None:
    """Save what is on the screen, exact where it is lines and text."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(file, method=6, lossless=not view.coloured, quality=WEBP_QUALITY)


def rest(page: Page) -> None:
    """Wait until nothing on the screen says that it is loading."""
    until = time.monotonic() + BUSY_SEC
    page.wait_for_timeout(SETTLE_MS)
    while page.evaluate(
        BUSY
    ):  # asked again and again from here: the page allows no `eval`, which waiting there needs
        if time.monotonic() > until:
            raise SystemExit(f"{page.url} goes on loading")
        page.wait_for_timeout(100)
    page.wait_for_timeout(SETTLE_MS)


def every(browser: Browser, server: str, names: list[str]) -> None:
    """Save the pictures of the views of those names, in each theme and width."""
    ids = tasks(server)
    for theme in THEMES:
        context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", partial(_note, errors))
        for name in names:
            view = VIEWS[name]
            path = view.path.format(**ids)
            for width, height in SIZES.items():
                small = width == min(SIZES)
                page.set_viewport_size(
                    {"width": width, "height": view.height if small and view.height else height}
                )
                if small:
                    show(page, server + path, view)
                else:
                    rest(page)
                save(page, view, HERE / f"{name}-{theme}-{width}.webp")
            print(name, theme, flush=True)
            if errors:
                raise SystemExit(f"{path}: {errors}")
        context.close()


def _note(errors: list[str], error: Error) -> None:
    errors.append(str(error))


def main() -> None:
    """Fill a home, serve it, look at it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", nargs="*", choices=VIEWS, default=list(VIEWS))
    names = arguments.parse_args().only
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        sync_playwright() as play,
    ):
        home = Path(folder) / "home"
        environ = {**os.environ, "STRIPCHART_HOME": str(home), "STRIPCHART_PORT": "0"}
        browser = play.chromium.launch(executable_path=found, args=QUIET)
        with trained(environ), served(home, environ) as server:
            time.sleep(5)  # until the server has read what there is
            every(browser, server, names)


if __name__ == "__main__":
    main()
