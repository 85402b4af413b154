"""A real browser on a real server, both from what is installed (in CI: the built wheel)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.serving import Server, environment, launch

# Keep the browser from talking to anybody but our server.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture
def start_server(home: Path) -> Iterator[Callable[[], Server]]:
    """Start servers on the test's home, and end them all afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> Server:
        server = launch(home)
        started.append(server.process)
        return server

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(20)


@pytest.fixture
def server(start_server: Callable[[], Server]) -> Server:
    return start_server()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open a browser; closed with the module, because its event loop would be in the way of other tests."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that fails the test on any error of its scripts."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


@pytest.fixture
def run_script(home: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a training script as a person would, recorder and all."""
    started: list[subprocess.Popen[bytes]] = []

    def run(code: str, *words: str) -> subprocess.Popen[bytes]:
        script = tmp_path / f"train_{len(started)}.py"
        script.write_text(code)
        process = subprocess.Popen(
            [sys.executable, str(script), *words],
            env=environment(home),
            stdout=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait(20)
