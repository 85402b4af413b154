"""Pages and videos in a real browser: pages run their scripts and reach nothing, videos play and can be sought in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.e2e.serving import Server
from tests.e2e.webm import video

Run = Callable[..., subprocess.Popen[bytes]]

REPORT = """
import sys
from stripchart import Task
task = Task.init("demo", "samples", auto_connect_streams=False)
for path in sys.argv[1:]:
    task.get_logger().report_media("t", path.rsplit("/", 1)[-1], 0, local_path=path)
task.flush(wait_for_uploads=True)
task.close()
"""
# Tries whatever a page that means harm would try, and writes down what came of it.
PRYING = """<!doctype html><body><pre id=told></pre><script>
const told = {};
const tries = {
  parent: () => String(parent.document.body.innerHTML),
  top: () => String(top.location.href),
  cookie: () => { document.cookie = "a=b"; return document.cookie; },
  storage: () => { localStorage.setItem("a", "b"); return localStorage.getItem("a"); },
  database: () => String(indexedDB.open("x").readyState),
  api: async () => (await fetch("/api/v1/server")).text(),
  blind: async () => (await fetch("/api/v1/server", {mode: "no-cors"})).type,
  network: async () => (await fetch("https://example.org/")).type,
  upload: async () => (await fetch("/files/uploads/x", {method: "PUT", body: "x"})).status,
  popup: () => String(window.open("/").closed),
  image: () => new Promise((done, fail) => {
    const image = new Image(); image.onload = () => done("loaded"); image.onerror = () => fail(new Error("refused"));
    image.src = "/api/v1/server"; }),
};
(async () => {
  for (const [name, attempt] of Object.entries(tries)) {
    try { told[name] = "reached: " + await attempt(); } catch (error) { told[name] = "kept out"; }
  }
  told.origin = self.origin;
  document.getElementById("told").textContent = JSON.stringify(told);
})();
</script>"""


@pytest.fixture
def open_sample(
    home: Path, tmp_path: Path, server: Server, page: Page, run_script: Run
) -> Callable[[str, bytes], Page]:
    """Report a file as a sample and open it in the page's viewer."""

    def open_one(name: str, content: bytes) -> Page:
        (tmp_path / name).write_bytes(content)
        assert run_script(REPORT, str(tmp_path / name)).wait(60) == 0
        (task,) = (path.name for path in (home / "tasks").iterdir())
        page.goto(f"{server.address}/task/{task}/samples")
        page.get_by_role("button", name=f"open t, {name}").click()
        return page

    return open_one


def _frame(page: Page) -> Frame:
    expect(page.locator("iframe.viewer-html")).to_have_attribute("sandbox", "allow-scripts")
    handle = page.locator("iframe.viewer-html").element_handle()
    assert handle is not None
    frame = handle.content_frame()
    assert frame is not None
    return frame


def test_the_scripts_of_a_page_run_and_reach_nothing(
    open_sample: Callable[[str, bytes], Page], home: Path
) -> None:
    page = open_sample("prying.html", PRYING.encode())
    expect(page.frame_locator("iframe.viewer-html").locator("#told")).to_contain_text("origin")
    told = json.loads(_frame(page).locator("#told").text_content() or "")
    assert told.pop("origin") == "null"
    assert set(told.values()) == {"kept out"}, told
    assert not (home / "uploads/files/x").exists()
    page.goto(_frame(page).url)  # opened by itself, it is as far from everything
    expect(page.locator("#told")).to_contain_text("origin")
    told = json.loads(page.locator("#told").text_content() or "")
    assert told["origin"] == "null"
    for name in ("cookie", "storage", "database", "api", "blind", "network", "upload", "image"):
        assert told[name] == "kept out", told


def test_a_figure_of_plotly_draws_itself(open_sample: Callable[[str, bytes], Page]) -> None:
    graph_objects = pytest.importorskip("plotly.graph_objects")
    figure: Any = graph_objects.Figure(graph_objects.Scatter(x=[1, 2, 3], y=[1, 4, 9]))
    page = open_sample("plotly.html", figure.to_html(include_plotlyjs=True).encode())
    inside = page.frame_locator("iframe.viewer-html")
    expect(inside.locator(".main-svg").first).to_be_visible(timeout=30_000)
    expect(inside.locator(".scatterlayer .trace")).to_have_count(1)


def test_a_video_plays_and_can_be_sought_in(
    open_sample: Callable[[str, bytes], Page], page: Page
) -> None:
    parts: list[int] = []
    page.on("response", lambda r: parts.append(r.status) if r.url.endswith(".webm") else None)
    page = open_sample("clip.webm", video(["red", "lime", "blue", "white"] * 4))
    clip = page.locator("video.viewer-video")
    clip.evaluate(
        "v => v.readyState >= 2 || new Promise(done => v.addEventListener('loadeddata', () => done(true)))"
    )
    assert clip.evaluate("v => [v.videoWidth, v.videoHeight, v.duration]") == [64, 48, 8]
    assert _pixel(page) == [True, False, False]
    clip.evaluate(
        "v => new Promise(done => { v.onseeked = () => done(null); v.currentTime = 5.25; })"
    )
    assert _pixel(page) == [False, False, True]
    assert 206 in parts


def _pixel(page: Page) -> Any:
    return page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.drawImage(document.querySelector("video.viewer-video"), 0, 0);
          return [...canvas.getImageData(9, 9, 1, 1).data].slice(0, 3).map((v) => v > 128);
        }"""
    )
