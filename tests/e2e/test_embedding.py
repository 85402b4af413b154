"""A task shown elsewhere: in a frame of another page, in a file without a server, from a script."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.serving import environment

TRAINING = """
import math
import numpy as np
from stripchart import Task
name = "<b>bold</b> \\U0001f600 </script><script>window.ran = 1</script>"
task = Task.init(project_name="shown/elsewhere", task_name=name)
task.connect({"lr": 0.1, "__proto__": "kept"})
log = task.get_logger()
for i in range(20_000):
    log.report_scalar("loss", "train", math.exp(-i / 8000) + (3 if i == 12_345 else 0), i)
log.report_scalar("loss", "valid", 0.25, 7)
log.report_scalar("odd", "one", float("nan"), 1)
log.report_scalar("odd", "one", 2.0, 2)
log.report_single_value("best", 0.5)
for i in range(3):
    picture = np.full((48, 64, 3), 80 * i, dtype=np.uint8)
    log.report_image("pictures", "grey", iteration=i, image=picture)
log.report_table("table", "small", iteration=0, table_plot=[["alpha", "beta"], [1, 2]])
log.report_scatter2d("dots", "one", iteration=0, scatter=[[0, 1], [1, 2]])
task.upload_artifact("scores", {"a": 1})
task.connect_configuration({"depth": 4}, name="model")
for i in range(600):
    print("step", i, "</script><script>window.ran = 1</script>")
task.close()
"""
SHOWING = """
from stripchart import Task
task = Task.init(project_name="shown", task_name="by a script")
task.get_logger().report_scalar("loss", "train", 1.0, 0)
task.show("nowhere")
task.show(panel="loss")
"""


class Shown:
    """A server, its one task, and that task as a file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {**environment(home), "STRIPCHART_PORT": "0"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stripchart.cli", *words]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False, timeout=120
        )

    @property
    def address(self) -> str:
        return str(json.loads((self.home / "server.json").read_text())["address"])

    @property
    def task(self) -> str:
        return next(path.name for path in (self.home / "tasks").iterdir())


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    made = Shown(tmp_path_factory.mktemp("home"))
    subprocess.run([sys.executable, "-c", TRAINING], env=made.environ, check=True, cwd=made.home)
    command = [sys.executable, "-m", "stripchart.cli", "server"]
    process = subprocess.Popen(command, env=made.environ, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and "completed" not in made.run("tasks").stdout:
            time.sleep(0.2)
        yield made
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def file(shown: Shown) -> Path:
    path = shown.home / "report.html"
    done = shown.run("export", shown.task, "-o", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    return path


@pytest.fixture
def alone(browser: Browser) -> Iterator[Page]:
    """Open a page that has no network, and fails where it asks for something or runs what a task reported."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    page.on("request", lambda asked: None if _is_local(asked.url) else troubles.append(asked.url))
    yield page
    ran = page.evaluate("window.ran")
    context.close()
    assert (troubles, ran) == ([], None)


def _is_local(url: str) -> bool:
    return url.startswith(("blob:", "data:")) or (url.startswith("file:") and ".html" in url)


def _charts(page: Page) -> list[str]:
    charts = page.get_by_role("img", name=re.compile("^Chart of (loss|odd).*at iteration"))
    expect(charts).to_have_count(2)
    return sorted(chart.get_attribute("aria-label") or "" for chart in charts.all())


def _tooltip(page: Page) -> tuple[int, float, str]:
    """Read what the middle of the loss chart says: about where, about what, and of the other line."""
    plot = page.get_by_role("img", name=re.compile("^Chart of loss")).locator(".u-over")
    plot.hover(position={"x": 101, "y": 60})
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    words = re.sub(r"\s+", " ", tip.inner_text())
    found = re.search(r"iteration ([\d ]+) · .* train ([\d.]+) (.*)", words)
    assert found, words
    # Which of the points that draw a pixel is nearest depends on how many were read.
    return round(int(found[1].replace(" ", "")), -2), round(float(found[2]), 2), found[3]


def _place(page: Page, base: str, task: str, tab: str, query: str = "") -> None:
    if base.startswith("file:"):
        page.goto(f"{base}?page=/task/{task}/{tab}{query.replace('?', '&')}")
    else:
        page.goto(f"{base}/task/{task}/{tab}{query}")


def test_a_file_shows_what_the_server_shows(
    shown: Shown, file: Path, alone: Page, page: Page
) -> None:
    seen: list[dict[str, object]] = []
    for one, base in ((page, shown.address), (alone, file.as_uri())):
        told: dict[str, object] = {}
        _place(one, base, shown.task, "scalars")
        told["charts"] = _charts(one)
        told["tooltip"] = _tooltip(one)
        _place(one, base, shown.task, "scalars", "?table=1")
        expect(one.get_by_role("table").first).to_be_visible()
        told["values"] = one.get_by_role("table").first.inner_text()
        _place(one, base, shown.task, "overview")
        expect(one.get_by_text("kept", exact=True).first).to_be_visible()
        told["heading"] = one.locator("h1").inner_text()
        _place(one, base, shown.task, "console")
        expect(one.get_by_text("600 lines")).to_be_visible()
        told["lines"] = one.locator("[data-index='3']").inner_text()
        _place(one, base, shown.task, "plots")
        expect(
            one.get_by_role("cell", name="alpha").or_(one.get_by_text("alpha")).first
        ).to_be_visible()
        expect(one.locator(".js-plotly-plot").first).to_be_visible(timeout=20_000)
        told["plots"] = one.locator("figure, .plot-card").count()
        _place(one, base, shown.task, "samples")
        picture = one.locator(".sample img").first
        expect(picture).to_be_visible()
        told["width"] = picture.evaluate(
            "picture => picture.decode().then(() => picture.naturalWidth)"
        )
        _place(one, base, shown.task, "configuration")
        expect(one.get_by_text("depth").first).to_be_visible()
        _place(one, base, shown.task, "artifacts")
        expect(one.get_by_text("scores").first).to_be_visible()
        seen.append(told)
    assert seen[0] == seen[1]
    assert "3.2" in str(seen[0]["values"]), "the spike is among the values"


def test_a_file_is_walked_through_without_leaving_it(shown: Shown, file: Path, alone: Page) -> None:
    alone.goto(file.as_uri())
    alone.get_by_role("link", name="Console").click()
    expect(alone.get_by_text("600 lines")).to_be_visible()
    alone.get_by_role("searchbox").or_(alone.get_by_placeholder(re.compile("Search"))).first.fill(
        "step 59."
    )
    expect(alone.get_by_text("10", exact=False).first).to_be_visible()
    alone.keyboard.press("Escape")
    alone.get_by_role("link", name="Scalars").click()
    _charts(alone)
    alone.go_back()
    expect(alone.get_by_text("step 0").first).to_be_visible()
    assert alone.url.startswith(file.as_uri())
    expect(alone.get_by_role("button", name=re.compile("delete|rename|tags", re.I))).to_have_count(
        0
    )


def test_what_does_not_fit_is_said(shown: Shown, tmp_path: Path, alone: Page) -> None:
    path = tmp_path / "small.html"
    done = shown.run("export", shown.task, "-o", str(path), "--max-mb", "0.05", "--columns", "400")
    assert done.returncode == 0
    assert "console lines" in done.stderr
    alone.goto(path.as_uri())
    alone.get_by_text(re.compile(r"\d left out")).click()
    expect(alone.get_by_text(re.compile("console lines before"))).to_be_visible()
    expect(
        alone.get_by_text(re.compile(r"curves of [\d\u202f]+ of [\d\u202f]+ points"))
    ).to_be_visible()
    _place(alone, path.as_uri(), shown.task, "scalars", "?x=1000..3000")
    expect(alone.locator("[data-panel=loss] .chart-hint")).to_have_text(
        re.compile(r"\d+ points in this file, of more")
    )
    tiny = shown.run("export", shown.task, "-o", str(tmp_path / "tiny.html"), "--max-mb", "0.0001")
    assert (tiny.returncode, "lines of scalars" in tiny.stderr) == (0, True)
    too_wide = shown.run("export", shown.task, "-o", str(path), "--columns", "1")
    assert too_wide.returncode != 0
    assert "columns must be between" in too_wide.stderr


@pytest.fixture
def other_site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a folder from another origin of this machine, as Jupyter does."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_another_page_frames_a_task_that_offers_no_change(
    shown: Shown, other_site: tuple[Path, str], browser: Browser
) -> None:
    folder, site = other_site
    task = f"{shown.address}/task/{shown.task}/scalars"
    (folder / "page.html").write_text(
        f'<iframe id="whole" src="{task}?embed=1" width="900" height="400"></iframe>'
        f'<iframe id="panel" src="{task}?embed=1&amp;panel=loss" width="900" height="300"></iframe>'
        f'<iframe id="bare" src="{task}" width="900" height="300"></iframe>'
    )
    page = browser.new_page()
    page.goto(f"{site}/page.html")
    whole, panel = page.frame_locator("#whole"), page.frame_locator("#panel")
    expect(whole.get_by_role("img", name=re.compile("^Chart of loss"))).to_be_visible()
    expect(whole.locator(".topbar")).to_have_count(0)
    expect(
        whole.get_by_role("button", name=re.compile("delete|rename|tags|Move", re.I))
    ).to_have_count(0)
    whole.get_by_role("link", name="Console").click()
    expect(whole.get_by_text("600 lines")).to_be_visible()
    expect(whole.locator(".topbar")).to_have_count(0)
    expect(panel.get_by_role("dialog", name="loss")).to_be_visible()
    expect(panel.get_by_role("button", name=re.compile("Close"))).to_be_hidden()
    expect(page.frame_locator("#bare").get_by_role("img", name=re.compile("^Chart"))).to_have_count(
        0
    )
    page.close()


def test_a_script_shows_its_task_by_a_server_that_outlives_it(tmp_path: Path) -> None:
    environ = {**environment(tmp_path), "STRIPCHART_PORT": "0"}
    done = subprocess.run(
        [sys.executable, "-c", SHOWING],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=tmp_path,
    )
    told = json.loads((tmp_path / "server.json").read_text())
    try:
        task = next(path.name for path in (tmp_path / "tasks").iterdir())
        assert done.stdout.splitlines() == [f"{told['address']}/task/{task}/scalars?full=loss"]
        assert "there is no tab 'nowhere'" in done.stderr
        os.kill(told["pid"], 0)
    finally:
        os.kill(told["pid"], signal.SIGTERM)
