"""The console over a long log, plots and samples stepped together, and the cursor that all tabs share."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.serving import environment

LINES = 30_000
TRAINING = f"""
import time
import numpy as np
from stripchart import Task
task = Task.init(project_name="e2e", task_name="<b>tabs</b>")
log = task.get_logger()
for i in range(4):
    log.report_scalar("loss", "train", 1 / (1 + i), i * 10)
    image = np.zeros((20, 30, 3), np.uint8)
    image[:, : i * 5] = 255
    log.report_image("seen", "__proto__", image=image, iteration=i * 10)
    points = np.c_[np.arange(5.0), np.arange(5.0) * i]
    log.report_scatter2d("recall", "cat", scatter=points, iteration=i * 10)
    log.report_confusion_matrix("confusion", "valid", matrix=np.eye(3) * i, iteration=i * 10)
    print("reached", i * 10, flush=True)
    time.sleep(0.3)
wrong = {{"data": [{{"type": "choropleth", "z": [1]}}], "layout": {{}}}}
log.report_plotly("wrong", "trace", figure=wrong, iteration=0)
for i in range({LINES}):
    print(f"\\x1b[3{{i % 8}}mline\\x1b[0m {{i}}{{' needle' if i % 100 == 99 else ''}}")
print("\\x1b[31mred\\nstill red\\x1b[0m\\nloss: \\x1b[1m0.5\\x1b[0m")
task.close()
"""


@dataclass(frozen=True)
class Shown:
    address: str
    task: str

    def tab(self, name: str, query: str = "") -> str:
        return f"{self.address}/task/{self.task}/{name}{query}"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("tabs")
    environ = {**environment(home), "STRIPCHART_PORT": "0"}
    subprocess.run(
        [sys.executable, "-c", TRAINING], env=environ, check=True, stdout=subprocess.DEVNULL
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "stripchart.cli", "server"], env=environ, stdout=subprocess.DEVNULL
    )
    try:
        yield _wait_for(home)
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(home: Path) -> Shown:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            address = str(json.loads((home / "server.json").read_text())["address"])
            [task] = _ask(address, "/tasks/query", {})["tasks"]
            path = f"/tasks/{task['id']}"
            samples = _ask(address, f"{path}/samples?latest=9")["samples"]
            lines = _ask(address, f"{path}/console?limit=0")["total"]
        except (OSError, ValueError):
            time.sleep(0.1)
            continue
        if lines >= LINES + 7 and [s["state"] for s in samples] == ["stored"] * 4:
            return Shown(address, task["id"])
        time.sleep(0.2)
    raise AssertionError("the task was not shown")


def _ask(address: str, path: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{address}/api/v1{path}", data, {"Content-Type": "application/json"})
    with urlopen(request, timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_matches_are_walked_from_what_is_in_view_and_round(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("console", "?q=NEEDLE#L20000"))
    count = page.locator(".found-bar")
    expect(count).to_contain_text(f"{LINES // 100} matches")
    expect(page.locator(".line-marked")).to_contain_text("line 19995")
    page.keyboard.press("n")
    expect(page.locator(".line-marked .found")).to_have_text("needle")
    expect(count).to_contain_text("200 of 300")  # the one at 19,999: in view, above the middle
    page.keyboard.press("n")
    expect(count).to_contain_text("201 of 300")
    expect(page.locator(".line-marked").last).to_contain_text("line 20099")
    page.goto("about:blank")
    page.goto(shown.tab("console", f"?q=needle#L{LINES}"))
    expect(page.locator(".line-marked")).to_be_visible()
    page.keyboard.press("N")
    expect(count).to_contain_text("299 of 300")
    page.keyboard.press("n")
    expect(count).to_contain_text("300 of 300")
    page.keyboard.press("n")
    expect(count).to_contain_text(re.compile(r"\b1 of 300"))  # round
    page.keyboard.press("N")
    expect(count).to_contain_text("300 of 300")
    expect(page.locator(".line-marked").last).to_contain_text(f"line {LINES - 1} needle")


def test_what_is_searched_is_the_text_and_not_its_colours(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("console", "?q=loss: 0.5&only=1"))
    expect(page.locator(".line-text")).to_have_text(["loss: 0.5"])
    expect(page.locator(".found")).to_have_text(["loss: ", "0.5"])
    page.goto(shown.tab("console", "?q=%5Estill&regex=1&only=1"))
    line = page.locator(".line-text", has_text="still red")
    expect(line.locator("span").last).to_have_css("color", re.compile("rgb"))
    assert "--ansi-1" in (line.locator("span").last.get_attribute("style") or "")


def test_lines_are_linked_copied_and_downloaded(page: Page, shown: Shown) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=shown.address)
    page.goto(shown.tab("console", "?q=needle&only=1#L1"))
    numbers = page.locator(".line-number")
    numbers.nth(1).click()
    numbers.nth(3).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"#L\d+-L\d+$"))
    expect(page.locator(".line-marked")).to_have_count(3)
    page.get_by_role("button", name="copy L").click()
    expect(page.get_by_text("3 lines copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "line 199 needle\nline 299 needle\nline 399 needle"
    page.reload()
    expect(page.locator(".line-marked")).to_have_count(3)
    with page.expect_download() as saved:
        page.get_by_role("link", name="download").click()
    lines = Path(saved.value.path()).read_text().splitlines()
    assert (len(lines), lines[0][-14:]) == (LINES // 100, "line 99 needle")
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z line", lines[0])


def test_all_tabs_stand_at_one_iteration(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("samples"))
    slider = page.get_by_role("slider", name="page: iteration")
    expect(slider).to_have_value("3")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"at=20%7E\d{16}$"))
    expect(page.locator(".sample figcaption")).to_contain_text("20")
    page.get_by_role("link", name="Plots").click()
    expect(page.get_by_role("region", name="cat").locator("output")).to_have_text("20")
    page.get_by_role("link", name="Console").click()
    moment = page.locator(".line-moment .line-text")
    expect(moment).to_have_text(re.compile("reached (20|30)"))  # printed after, or with, the report
    chip = page.get_by_role("button", name="let go of this iteration")
    expect(chip).to_contain_text("at 20")
    chip.click()
    expect(page).not_to_have_url(re.compile("at="))
    expect(chip).to_have_count(0)


def test_an_iteration_typed_by_hand_gets_its_moment(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("console", "?at=10"))
    expect(page).to_have_url(re.compile(r"at=10%7E\d{16}"))
    expect(page.locator(".line-moment .line-text")).to_have_text(re.compile("reached (10|20)"))


def test_iterations_of_a_plot_are_held_over_one_another_or_beside(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("plots"))
    for name, drawn in (("cat", 1), ("valid", 2)):
        card = page.get_by_role("region", name=name)
        card.get_by_role("button", name="hold").click()
        expect(page).to_have_url(re.compile("held=30%40"))
        card.get_by_role("button", name="previous iteration").click()
        expect(card.locator(".plot-stage")).to_have_count(drawn)
    recall = page.get_by_role("region", name="cat")
    expect(recall.locator(".legendtext")).to_have_text(["cat (30)", "cat (20)"])
    recall.get_by_role("button", name="30 ×").click()
    expect(recall.locator(".plot-held-one")).to_have_count(0)


def test_a_figure_that_cannot_be_drawn_shows_its_json(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("plots", "?filter=wrong"))
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("It cannot be drawn")
    problem.get_by_text("Its JSON", exact=True).click()
    expect(problem.locator("pre")).to_contain_text("choropleth")


def test_two_iterations_of_an_image_are_compared(page: Page, shown: Shown) -> None:
    page.goto(shown.tab("samples"))
    page.get_by_role("button", name="open seen, __proto__").click()
    expect(page.locator(".viewer-facts")).to_contain_text("4 of 4")
    page.keyboard.press("c")
    images = page.locator(".pair img")
    expect(images).to_have_count(2)
    box = images.first.bounding_box()
    page.keyboard.press("+")
    expect(page.locator(".viewer-bar")).not_to_contain_text("100 %")
    page.wait_for_function(
        "width => [...document.querySelectorAll('.pair img')].every(i => i.getBoundingClientRect().width > width)",
        arg=box and box["width"],
    )
    page.get_by_role("button", name="swipe").click()
    line = page.get_by_role("slider", name="line between")
    line.focus()
    page.keyboard.press("End")
    expect(line).to_have_attribute("aria-valuenow", "100")
    page.get_by_role("button", name="difference").click()
    # 20 lines of 5 pixels more are white in the latest.
    expect(page.locator(".pair-told")).to_contain_text(
        "100 pixels differ (16.67 %), by 255 of 255 at most"
    )
    page.reload()
    expect(page.locator(".pair-told")).to_contain_text("100 pixels differ")
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("beside="))
