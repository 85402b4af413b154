"""Every page, tab and dialog for those who do not use it with a mouse and two good eyes: axe, keys, zoom, motion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.serving import serve, train

AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
TRAINING = """
import math
import numpy as np
from stripchart import Task
for name in ("first", "second"):
    task = Task.init(project_name="seen/by all", task_name=name, tags=["a", "long tag"])
    task.connect({"lr": 0.1, "layers": 3})
    log = task.get_logger()
    for i in range(400):
        for series in ("train", "valid"):
            log.report_scalar("loss", series, math.exp(-i / 100), i)
        log.report_scalar("accuracy", "valid", i / 400, i)
    log.report_scalar("odd", "one", float("nan"), 3)
    log.report_single_value("best", 0.5)
    for i in range(2):
        picture = np.full((48, 64, 3), 80 * i, dtype=np.uint8)
        log.report_image("pictures", "grey", iteration=i, image=picture)
    log.report_table("table", "small", iteration=0, table_plot=[["a", "b"], [1, 2]])
    log.report_histogram("weights", "layer", iteration=0, values=[1, 2, 3])
    task.upload_artifact("scores", {"a": 1})
    task.connect_configuration({"depth": 4}, name="model")
    print("plain", "\\x1b[31mred\\x1b[0m", "\\x1b[33;1mbold\\x1b[0m")
    log.report_text("a warning", level=30)
    task.close()
"""
TABS = [
    "overview",
    "scalars",
    "plots",
    "samples",
    "console",
    "system",
    "configuration",
    "artifacts",
]


@dataclass(frozen=True)
class Shown:
    """A running server and its tasks, the newest first."""

    address: str
    tasks: list[str]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("home")
    train(home, TRAINING)
    with serve(home) as server:
        yield Shown(server.address, [row["id"] for row in reversed(server.ended_tasks(2))])


@pytest.fixture(params=["dark", "light"])
def themed(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme=request.param, bypass_csp=True
    )
    page = context.new_page()
    yield page
    context.close()


def problems(page: Page, scope: str | None = None) -> list[str]:
    """Return what axe finds wrong of the page as it is shown, of impact moderate or worse."""
    if not AXE.exists():
        pytest.skip("needs axe-core (npm ci in ui/)")
    page.wait_for_timeout(300)  # what fades in is not yet of its full contrast
    page.evaluate("source => { if (!window.axe) (0, eval)(source) }", AXE.read_text())
    found: Any = page.evaluate(
        """async scope => (await axe.run(scope ?? document, {resultTypes: ['violations']})).violations
        .filter(one => one.impact !== 'minor')
        .flatMap(one => one.nodes.map(node =>
            [one.impact, one.id, ...node.target, ...node.any.map(a => a.message)].join(' ')))""",
        scope,
    )
    return list(found)


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator(".skeleton")).to_have_count(0)


def test_pages_and_tabs_pass(shown: Shown, themed: Page) -> None:
    pages = {
        "projects": "/",
        "tasks": "/tasks",
        "no task fits": "/tasks?q=nothing-like-this",
        "settings": "/settings",
        "no page": "/nowhere",
        "no task": f"/task/{'0' * 32}",
        **{tab: f"/task/{shown.tasks[0]}/{tab}" for tab in TABS},
        **{
            f"compare {tab}": f"/compare/{tab}?tasks={','.join(shown.tasks)}"
            for tab in ("", "scalars", "parameters", "plots", "samples", "console")
        },
        **{
            show: f"/compare/parameters?show={show}&tasks={','.join(shown.tasks)}"
            for show in ("parallel", "scatter")
        },
        "values": f"/task/{shown.tasks[0]}/scalars?table=1",
        "viewer": f"/task/{shown.tasks[0]}/samples?view=pictures%09grey",
        "one chart": f"/task/{shown.tasks[0]}/scalars?full=loss",
        "framed": f"/task/{shown.tasks[0]}/scalars?embed=1",
    }
    found = {}
    for name, path in pages.items():
        themed.goto(shown.address + path)
        settled(themed)
        if wrong := problems(themed):
            found[name] = wrong
    assert not found, json.dumps(found, indent=1)


def test_dialogs_and_menus_pass_and_escape_shuts_them(shown: Shown, themed: Page) -> None:
    themed.goto(f"{shown.address}/task/{shown.tasks[0]}/scalars")
    settled(themed)
    themed.keyboard.press("?")
    assert problems(themed) == []
    expect(themed.get_by_role("dialog")).to_be_visible()
    themed.keyboard.press("Escape")
    expect(themed.get_by_role("dialog")).to_have_count(0)
    for title in ("Edit tags", "More that can be done", "More of loss"):
        button = themed.get_by_role("button", name=title)
        button.focus()
        themed.keyboard.press("Enter")
        expect(themed.get_by_role("dialog", name=title)).to_be_visible()
        assert problems(themed) == [], title
        themed.keyboard.press("Escape")
        expect(themed.get_by_role("dialog", name=title)).to_be_hidden()
        expect(button).to_be_focused()


def test_tab_walks_each_page_with_a_visible_focus_and_no_trap(shown: Shown, page: Page) -> None:
    for path in (
        "/",
        "/tasks",
        f"/task/{shown.tasks[0]}/scalars",
        f"/task/{shown.tasks[0]}/console",
    ):
        page.goto(shown.address + path)
        settled(page)
        walked: list[str] = []
        for _ in range(120):
            page.keyboard.press("Tab")
            step: Any = page.evaluate(
                """() => {
                    const at = document.activeElement
                    if (!at || at === document.body) return null
                    const style = getComputedStyle(at), box = at.getBoundingClientRect()
                    at.dataset.walked ??= String(Math.random())
                    return [at.dataset.walked, style.outlineStyle !== 'none' || style.boxShadow !== 'none',
                        box.width > 0 && box.height > 0, at.outerHTML.slice(0, 120)]
                }"""
            )
            if step is None or step[0] in walked[:1]:
                break
            name, outlined, has_size, html = step
            assert name not in walked[-3:], f"{path}: caught at {html}"
            assert outlined, f"{path}: no visible focus on {html}"
            assert has_size, f"{path}: focus on nothing to be seen: {html}"
            walked.append(name)
        assert len(walked) > 5, path


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 400)])
def test_a_phone_and_twice_the_size_show_everything_in_the_width(
    shown: Shown, browser: Browser, width: int, height: int
) -> None:
    """640 by 400 is what is left of 1280 by 800 at 200 %."""
    page = browser.new_page(viewport={"width": width, "height": height})
    paths = ["/", "/tasks", "/settings", *(f"/task/{shown.tasks[0]}/{tab}" for tab in TABS)]
    for path in paths:
        page.goto(shown.address + path)
        settled(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide"
        wide = page.evaluate("(document.querySelector('main')).scrollWidth")
        assert wide <= width, f"main of {path} is {wide} wide"
    page.close()


def test_nothing_jumps_while_a_page_loads(shown: Shown, page: Page) -> None:
    """Cumulative layout shift: below 0.1 is what is called good."""
    page.add_init_script(
        """window.shift = 0; window.shifted = []
        new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
            window.shift += entry.value
            window.shifted.push(...entry.sources.map(s => s.node?.className ?? s.node?.nodeName)) }
        }).observe({type: 'layout-shift', buffered: true})"""
    )
    for path in ("/", "/tasks", *(f"/task/{shown.tasks[0]}/{tab}" for tab in TABS)):
        page.goto(shown.address + path)
        settled(page)
        page.wait_for_timeout(300)
        shift, sources = page.evaluate("[window.shift, window.shifted]")
        assert shift < 0.1, f"{path}: {shift} by {sources}"


def test_title_icon_and_charts_say_in_words_what_is_to_be_seen(shown: Shown, page: Page) -> None:
    page.goto(f"{shown.address}/task/{shown.tasks[0]}/scalars")
    expect(page).to_have_title("second · Stripchart")
    done = page.locator("#favicon").get_attribute("href")
    page.goto(shown.address)
    expect(page).to_have_title(re.compile("Stripchart"))
    assert page.locator("#favicon").get_attribute("href") != done
    page.goto(f"{shown.address}/task/{shown.tasks[0]}/scalars")
    chart = page.get_by_role("img", name=re.compile("^Chart of loss"))
    expect(chart).to_have_attribute("aria-label", re.compile("train.* at iteration 399"))


def test_nothing_moves_where_that_is_not_wanted(shown: Shown, browser: Browser) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(f"{shown.address}/task/{shown.tasks[0]}/scalars")
    settled(page)
    longest = page.evaluate(
        """Math.max(...[...document.querySelectorAll('*')].flatMap(e => {
            const s = getComputedStyle(e)
            return [s.animationDuration, s.transitionDuration].flatMap(t => t.split(',').map(parseFloat)) }))"""
    )
    assert longest < 0.001
    page.close()
