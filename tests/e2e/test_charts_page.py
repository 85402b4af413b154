"""What is done with charts: x of another series, attempts, the fixed iteration, files, the arrangement, keys."""

from __future__ import annotations

import csv
import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.serving import Server, serve, train

TRAINING = """
import math
from stripchart import Task
task = Task.init(project_name="e2e/charts", task_name="plain", auto_resource_monitoring=False)
log = task.get_logger()
for i in range(300):
    log.report_scalar("loss", "train", math.exp(-i / 100), i)
    log.report_scalar("lr", "lr", 0.1 * 0.99**i, i)
    log.report_scalar("acc/<b>bold</b>", "__proto__", i / 300, i)
log.report_scalar("loss", "valid", 1e308, 2**53 + 1)
log.report_scalar("loss", "valid", float("nan"), 2**53 + 2)
task.close()
first = Task.init(project_name="e2e/charts", task_name="twice", auto_resource_monitoring=False)
for i in range(20):
    first.get_logger().report_scalar("loss", "train", 1.0, i)
first.close()
again = Task.init(project_name="e2e/charts", task_name="twice", reuse_last_task_id=first.id,
                  auto_resource_monitoring=False)
for i in range(10, 30):
    again.get_logger().report_scalar("loss", "train", 2.0, i)
again.close()
"""


@dataclass(frozen=True)
class Shown:
    """A running server and the ids of its tasks by name."""

    server: Server
    tasks: dict[str, str]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("home")
    train(home, TRAINING)
    with serve(home) as server:
        yield Shown(server, {task["name"]: task["id"] for task in server.ended_tasks(2)})


@pytest.fixture(autouse=True)
def no_layout(shown: Shown) -> None:
    """Let no test find what another has had the server keep of the arrangement."""
    keep_layout(shown, 1, None)


def keep_layout(shown: Shown, version: int, document: object) -> None:
    body = {"version": version, "document": document}
    shown.server.ask("layouts?key=scalars%20e2e/charts", body, method="PUT")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that fails the test on any error of its scripts; a chart may be copied from it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def open_scalars(page: Page, shown: Shown, name: str, query: str = "") -> None:
    page.goto(f"{shown.server.address}/task/{shown.tasks[name]}/scalars{query}")
    expect(value(page, "loss", "train")).not_to_be_empty()


def panel(page: Page, title: str) -> Locator:
    return page.locator(f"[data-panel='{title}']")


def value(page: Page, title: str, series: str) -> Locator:
    """Find the value that the legend of a panel shows of a line."""
    line = panel(page, title).locator(".legend-line").filter(has_text=re.compile(f"^{series}"))
    return line.first.locator(".legend-value")


def choose(page: Page, title: str, item: str) -> None:
    panel(page, title).get_by_role("button", name="More of").click()
    page.get_by_role("button", name=item).click()


def save(page: Page, title: str, item: str, to: Path) -> Path:
    with page.expect_download() as download:
        choose(page, title, item)
    path = to / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_x_may_be_another_series(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "plain", "?hide=loss%09valid")
    page.get_by_label("x axis").select_option(label="lr")
    expect(page).to_have_url(re.compile(r"against=lr%09lr"))
    loss = panel(page, "loss")
    # Of train every point has a learning rate; the latest is the last reported, not the last in x.
    expect(value(page, "loss", "train")).to_have_text("0.0502874")
    expect(loss.locator(".chart-hint")).to_have_count(0)
    box = loss.locator(".u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 6, box["y"] + 20)
    # The highest learning rate was the first.
    expect(page.get_by_role("tooltip")).to_contain_text(re.compile(r"iteration \d "))
    page.get_by_label("x axis").select_option(label="wall clock")
    expect(page).not_to_have_url(re.compile("against"))


def test_points_without_an_x_are_counted(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "plain", "?against=lr%09lr")
    hint = panel(page, "loss").locator(".chart-hint")
    expect(hint).to_contain_text("2 points without an x at the same iteration")


def test_attempts_stand_faded_behind_the_live_line(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "twice")
    expect(value(page, "loss", "train")).to_have_text("2")
    page.get_by_label("attempts").select_option(label="all 2 attempts")
    expect(panel(page, "loss").locator(".legend-faded")).to_have_text(re.compile("attempt 0 ?1$"))
    page.get_by_label("attempts").select_option(label="attempt 0")
    expect(page).to_have_url(re.compile("attempt=0"))
    expect(value(page, "loss", "train")).to_have_text("1")


def test_a_click_fixes_the_iteration_for_all_tabs(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "plain", "?hide=loss%09valid&x=0..300")
    box = panel(page, "lr").locator(".u-over").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 40)
    expect(page).to_have_url(re.compile(r"at=1[45]\d%7E\d{16}"))
    fixed = re.search(r"at=(\d+)%7E\d+", page.url)
    assert fixed
    there = f"{math.exp(-int(fixed[1]) / 100):.6g}"
    page.mouse.move(2, 2)
    expect(value(page, "loss", "train")).to_have_text(there)
    page.get_by_role("link", name="Console").click()
    expect(page).to_have_url(re.compile(re.escape(f"/console?{fixed[0]}")))
    page.go_back()
    expect(value(page, "loss", "train")).to_have_text(there)
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("at="))
    expect(value(page, "loss", "train")).to_have_text("0.0502874")


def test_every_point_leaves_as_it_is_stored(page: Page, shown: Shown, tmp_path: Path) -> None:
    open_scalars(page, shown, "plain")
    path = save(page, "loss", "Download CSV, every point", tmp_path)
    assert path.name == "loss.csv"
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["series"] for row in rows] == ["train"] * 300 + ["valid"] * 2
    assert float(rows[1]["value"]) == 0.9900498337491681
    assert [row["iteration"] for row in rows[-2:]] == [str(2**53 + 1), str(2**53 + 2)]
    assert (float(rows[-2]["value"]), rows[-2]["reported"]) == (1e308, "")
    assert rows[-1]["reported"] == "NaN"
    lines = json.loads(save(page, "loss", "Download JSON, every point", tmp_path).read_text())
    assert [len(line["value"]) for line in lines] == [300, 2]
    assert lines[1]["iteration"] == [2**53 + 1, 2**53 + 2]


def test_a_panel_leaves_as_a_picture(page: Page, shown: Shown, tmp_path: Path) -> None:
    open_scalars(page, shown, "plain", "?hide=loss%09valid")
    svg = ElementTree.parse(save(page, "loss", "Download SVG", tmp_path)).getroot()
    texts = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"loss", "iteration", "train"} <= set(texts)
    longest = max((node.get("d") or "" for node in svg.iter()), key=len)
    assert longest.count("L") == 299  # each of 300 points
    png = save(page, "loss", "Download PNG", tmp_path).read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (2 * int(svg.get("width", "")), 2 * int(svg.get("height", "")))
    choose(page, "loss", "Copy as image")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    kinds = page.evaluate("navigator.clipboard.read().then(items => items[0].types)")
    assert kinds == ["image/png"]
    ugly = save(page, "acc/<b>bold</b>", "Download SVG", tmp_path)
    assert not set(ugly.name) & set("/<>")
    assert "<b>" not in ugly.read_text()


def test_the_arrangement_is_kept_and_a_link_wins(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "plain")
    with page.expect_response(lambda answer: "away" in (answer.request.post_data or "")):
        choose(page, "lr", "Pin to the top")
        choose(page, "acc/<b>bold</b>", "Put away")
    open_scalars(page, shown, "plain")
    expect(page.locator("[data-panel]").first).to_have_attribute("data-panel", "lr")
    expect(panel(page, "acc/<b>bold</b>")).to_have_count(0)
    expect(page).to_have_url(re.compile("pin=lr&away=acc"))
    open_scalars(page, shown, "plain", "?pin=loss")
    expect(page.locator("[data-panel]").first).to_have_attribute("data-panel", "loss")
    expect(panel(page, "acc/<b>bold</b>")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.get_by_role("button", name="Reset layout").click()
    open_scalars(page, shown, "plain")
    expect(page).not_to_have_url(re.compile("pin"))
    expect(page.get_by_role("button", name="Pinned")).to_have_count(0)


def order(page: Page) -> list[str | None]:
    return [one.get_attribute("data-panel") for one in page.locator("[data-panel]").all()]


def drag(page: Page, title: str, to: str, *, drop: bool = True) -> None:
    """Take a panel by its heading to the left half of another one."""
    begin = panel(page, title).locator("h3").bounding_box()
    end = panel(page, to).bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 5, begin["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 80, steps=6)
    expect(panel(page, to)).to_have_attribute("data-drop", "before-x")
    if not drop:
        page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("[data-drop], [data-moving]")).to_have_count(0)


def test_panels_go_where_they_are_dragged_or_stepped(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "plain", "?columns=2")
    assert order(page) == ["loss", "lr", "acc/<b>bold</b>"]
    drag(page, "lr", "loss", drop=False)
    assert order(page) == ["loss", "lr", "acc/<b>bold</b>"]
    with page.expect_response(lambda answer: "move" in (answer.request.post_data or "")):
        drag(page, "lr", "loss")
    expect(page).to_have_url(re.compile(r"move=lr&move=loss$"))
    assert order(page) == ["lr", "loss", "acc/<b>bold</b>"]
    # Its click was not meant for the link that the heading is.
    expect(page.get_by_role("dialog")).to_have_count(0)
    open_scalars(page, shown, "plain")
    assert order(page) == ["lr", "loss", "acc/<b>bold</b>"]
    plot = page.get_by_role("img", name=re.compile("^Chart of lr"))
    plot.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page).not_to_have_url(re.compile("move"))
    assert order(page) == ["loss", "lr", "acc/<b>bold</b>"]
    expect(plot).to_be_focused()
    choose(page, "lr", "Move to the front")
    choose(page, "acc/<b>bold</b>", "Pin to the top")
    assert order(page) == ["acc/<b>bold</b>", "lr", "loss"]
    drag(page, "loss", "acc/<b>bold</b>")  # among the pinned ones
    assert order(page) == ["loss", "acc/<b>bold</b>", "lr"]
    expect(page).to_have_url(re.compile(r"pin=loss&pin=acc"))


def test_a_layout_of_another_version_is_left_aside(page: Page, shown: Shown) -> None:
    keep_layout(shown, 99, {"pin": ["lr"]})
    open_scalars(page, shown, "plain")
    expect(page.get_by_text("it is left aside")).to_be_visible()
    expect(page.get_by_role("button", name="Pinned")).to_have_count(0)


def test_keys_move_the_cursor_from_point_to_point(page: Page, shown: Shown) -> None:
    open_scalars(page, shown, "plain", "?hide=loss%09valid&x=0..300")
    page.get_by_role("img", name=re.compile("^Chart of loss")).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    said = page.locator(".charts > [aria-live=polite]")
    expect(said).to_have_text("iteration 3: train 0.970446")
    expect(value(page, "lr", "lr")).to_have_text("0.0970299")
    page.keyboard.press("End")
    expect(said).to_contain_text("iteration 299")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"at=299%7E\d+"))
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile(r"x=1\d\d\.\."))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile(r"[?&]x="))
