"""What a person sees: a training draws itself, dies, and nothing that it reported is missing."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.serving import Server

TRAINING = """
import os, sys, time
from stripchart import Task
task = Task.init(project_name="e2e/live", task_name="watched")
task.connect({"lr": 0.1})
logger = task.get_logger()
for i in range(int(sys.argv[1])):
    logger.report_scalar("loss", "train", 1 / (i + 1), i)
    logger.report_scalar("accuracy", "valid", 1 - 1 / (i + 1), i)
    print("step", i)
    with open(sys.argv[2] + ".new", "w") as told: told.write(str(i))
    os.replace(sys.argv[2] + ".new", sys.argv[2])
    time.sleep(float(sys.argv[3]))
logger.report_single_value("best", 0.5)
"""


def ask(server: Server, path: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.address + "/api/v1" + path, data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def first_task(server: Server) -> str:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        tasks = ask(server, "/tasks/query", {})["tasks"]
        if tasks:
            assert isinstance(tasks, list)
            return str(tasks[0]["id"])
        time.sleep(0.1)
    raise AssertionError("no task was seen")


def shown_iteration(page: Page, title: str) -> int:
    """Read the last iteration from the chart's text alternative."""
    words = page.get_by_role("img", name=re.compile(f"^Chart of {title}")).get_attribute(
        "aria-label"
    )
    found = re.search(r"at iteration (\d+)", words or "")
    return int(found[1]) if found else -1


def test_the_curve_grows_by_itself_and_a_killed_training_loses_nothing(
    server: Server,
    page: Page,
    run_script: Callable[..., subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    told = tmp_path / "told"
    training = run_script(TRAINING, "100000", str(told), "0.02")
    task = first_task(server)
    page.goto(f"{server.address}/task/{task}/scalars")
    expect(page.get_by_role("img", name=re.compile("^Chart of loss"))).to_be_visible()
    page.evaluate("window.sameDocument = true")
    seen = shown_iteration(page, "loss") + 60  # more lines than one screen of the console
    page.wait_for_function(
        """least => [...document.querySelectorAll('[role=img]')].some(chart => {
            const found = /^Chart of loss.*at iteration (\\d+)/.exec(chart.ariaLabel || '')
            return found && Number(found[1]) > least })""",
        arg=seen + 20,
        timeout=20_000,
    )
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"

    training.send_signal(signal.SIGKILL)
    training.wait(20)
    expect(page.get_by_text("failed").first).to_be_visible(timeout=20_000)
    last = int(told.read_text())
    found = ask(server, f"/tasks/{task}/series")["series"]
    assert isinstance(found, list)
    loss = next(s for s in found if (s["title"], s["series"]) == ("loss", "train"))
    assert loss["count"] >= last + 1
    assert loss["high"] >= last

    page.goto(f"{server.address}/task/{task}")
    expect(page.get_by_text("SIGKILL").first).to_be_visible()
    page.goto(f"{server.address}/task/{task}/console#L{last + 1}")  # only what is in view is drawn
    expect(page.get_by_text(f"step {last}", exact=True).first).to_be_visible()
    page.goto(f"{server.address}/task/{task}/system")
    expect(page.get_by_role("img", name=re.compile("CPU", re.I)).first).to_be_visible()


def test_a_finished_task_is_found_from_the_front_page(
    server: Server,
    page: Page,
    run_script: Callable[..., subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    assert run_script(TRAINING, "50", str(tmp_path / "told"), "0").wait(60) == 0
    first_task(server)
    page.goto(server.address)
    page.get_by_text("live", exact=True).or_(page.get_by_text("e2e/live")).first.click()
    page.get_by_text("watched").first.click()
    expect(page.get_by_text("completed").first).to_be_visible()
    expect(page.get_by_text("best", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Scalars").click()
    expect(page.get_by_role("img", name=re.compile("^Chart of accuracy"))).to_be_visible()


@pytest.mark.parametrize(
    "title", ["<img src=x onerror=alert(1)>", "__proto__", "损失 📉 خسارة", "a" * 3000]
)
def test_a_title_is_text_whatever_it_says(
    server: Server,
    page: Page,
    run_script: Callable[..., subprocess.Popen[bytes]],
    title: str,
) -> None:
    code = f"""
from stripchart import Task
task = Task.init(project_name={title!r}, task_name={title!r})
for i in range(20):
    task.get_logger().report_scalar({title!r}, {title!r}, float(i), i)
print({title!r})
"""
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    assert run_script(code).wait(60) == 0
    task = first_task(server)
    for tab in ("", "/scalars", "/console", "/system"):
        page.goto(f"{server.address}/task/{task}{tab}")
        expect(page.get_by_text(title[:40]).first).to_be_visible()
    page.goto(f"{server.address}/task/{task}/scalars")
    expect(page.get_by_role("img").first).to_be_visible()
    assert not dialogs


def test_the_page_survives_a_restart_of_the_server(
    start_server: Callable[[], Server],
    page: Page,
    run_script: Callable[..., subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    server = start_server()
    run_script(TRAINING, "100000", str(tmp_path / "told"), "0.02")
    task = first_task(server)
    page.goto(f"{server.address}/task/{task}/scalars")
    expect(page.get_by_role("img", name=re.compile("^Chart of loss"))).to_be_visible()
    server.process.kill()
    server.process.wait(20)
    page.wait_for_timeout(1500)
    again = start_server()
    found = ask(again, f"/tasks/{task}/series")["series"]
    assert isinstance(found, list)
    assert found
    page.goto(f"{again.address}/task/{task}/scalars")
    expect(page.get_by_role("img", name=re.compile("^Chart of loss"))).to_be_visible()
