"""Make the screenshots of every page, in both themes, from a real training (``scripts/screenshots``)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "quickstart.py"
REPORTS = HERE.parents[1] / "examples" / "reports.py"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # fmt: skip


COLOURED = {"plots", "samples", "viewer"}
HEIGHTS = {"plots": 2660, "samples": 960}


def train(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Run the reports and two trainings to their end, and leave a third one running."""
    subprocess.run([sys.executable, str(REPORTS)], env=environ, check=True, capture_output=True)
    for words in (["--lr", "0.02", "--seed", "1"], ["--lr", "0.2", "--hidden", "32"]):
        command = [sys.executable, str(EXAMPLE), "--epochs", "25", "--pace", "0.001", *words]
        subprocess.run(command, env=environ, check=True, capture_output=True)
    command = [sys.executable, str(EXAMPLE), "--epochs", "200", "--pace", "0.004"]
    return subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def address(home: Path) -> str:
    for _ in range(200):
        try:
            return str(json.loads((home / "server.json").read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def newest_task(server: str, search: str = "") -> str:
    query = json.dumps({"search": search}).encode()
    request = urllib.request.Request(server + "/api/v1/tasks/query", query)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return str(json.load(answer)["tasks"][0]["id"])


def shoot(page: Page, server: str, theme: str) -> None:
    """Save one picture a page, with few colours where they are lines and text."""
    task, reports = newest_task(server), newest_task(server, "one of each")
    views = {
        "projects": "/",
        "tasks": "/tasks",
        "overview": f"/task/{task}",
        "scalars": f"/task/{task}/scalars",
        "console": f"/task/{task}/console",
        "system": f"/task/{task}/system",
        "values": f"/task/{task}/scalars?table=1",
        "plots": f"/task/{reports}/plots",
        "samples": f"/task/{reports}/samples",
        "viewer": f"/task/{reports}/samples?view=masks%09see-through",
        "artifacts": f"/task/{reports}/artifacts?open=scores&open=weights",
        "configuration": f"/task/{reports}/configuration",
    }
    for name, path in views.items():
        # The pages of reports are shown whole: every kind is to be seen.
        page.set_viewport_size({"width": 1280, "height": HEIGHTS.get(name, 800)})
        page.goto(server + path)
        page.wait_for_timeout(4000 if name == "plots" else 2000)
        file = HERE / f"{name}-{theme}.png"
        page.screenshot(path=file)
        picture = Image.open(file).convert("RGB")
        if name not in COLOURED:
            picture = picture.quantize(96, dither=Image.Dither.NONE)
        picture.save(file, optimize=True)


def main() -> None:
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = {**os.environ, "STRIPCHART_HOME": folder, "STRIPCHART_PORT": "0"}
        training = train(environ)
        command = [sys.executable, "-m", "stripchart.cli", "server"]
        serving = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            server = address(home)
            time.sleep(30)  # let the training draw something worth looking at
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
                for theme in ("dark", "light"):
                    page = browser.new_page(
                        viewport={"width": 1280, "height": 800},
                        color_scheme="dark" if theme == "dark" else "light",
                    )
                    shoot(page, server, theme)
        finally:
            training.kill()
            serving.terminate()
            training.wait(20)
            serving.wait(20)


if __name__ == "__main__":
    main()
