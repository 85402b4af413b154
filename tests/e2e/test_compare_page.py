"""Comparing tasks in a real browser: what differs, and charts, plots and samples of several together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.serving import Server, serve, train

# Three trainings that differ in rate and seed, and two tasks with nothing but a name that means harm or is very long.
TRAINING = """
import math
import numpy as np
from stripchart import Task

def start(name, **how):
    return Task.init(
        "compared", name, reuse_last_task_id=False, auto_connect_streams=False, auto_connect_frameworks=False, **how)

for name, rate, seed in (("same name", 0.01, 1), ("same name", 0.03, 1), ("third", 0.03, 2)):
    task = start(name, tags=["fast"] if rate > 0.02 else [])
    task.connect({"rate": rate, "seed": seed, "optimizer": "adam"})
    task.connect_configuration({"width": int(rate * 100), "depth": 3}, name="model")
    log = task.get_logger()
    log.report_text("a warning" if rate > 0.02 else "all is well", print_console=False)
    log.report_single_value("best <b>", seed / 4)
    for i in range(100):
        log.report_scalar("loss", "train", math.exp(-i * rate), i)
    for i in (0, 10):
        x = np.linspace(0, 1, 5)
        log.report_scatter2d("curve", "cat", iteration=i, scatter=np.stack([x, x**seed + i], 1), mode="lines")
        log.report_table("errors", "worst", iteration=i, table_plot=[["name", "n"], ["cat", seed]])
        picture = np.full((8, 8, 3), 10 * seed + i, np.uint8)
        log.report_image("pictures", "grey", iteration=i, image=picture)
    task.flush(wait_for_uploads=True)
    task.close()
for name in ("<img src=x onerror=document.title='harmed'>", "x" * 10000):
    start(name, auto_resource_monitoring=False).close()
for i in range(9):
    task = start(f"small {i}", auto_resource_monitoring=False)
    if i == 0:
        task.get_logger().report_single_value("score", 0.75)
    else:
        task.get_logger().report_scalar("only in the last" if i == 8 else "in most", "x", float(i), 0)
    task.close()
"""
# One more, of two processes.
RANKED = """
import os
import numpy as np
from stripchart import Task
rank = int(os.environ["RANK"])
task = Task.init("compared", "ranked", auto_resource_monitoring=False)
log = task.get_logger()
log.report_scatter2d("curve", "cat", iteration=10, scatter=np.array([[0, rank], [1, 1]]), mode="lines")
log.report_image("pictures", "grey", iteration=10, image=np.full((8, 8, 3), 100 * rank, np.uint8))
task.flush(wait_for_uploads=True)
task.close()
"""
TASKS = 15


@dataclass(frozen=True)
class Shown:
    """A running server; ``tasks`` in the order in which they were made."""

    server: Server
    tasks: list[str]

    def compare(self, tab: str = "", *rest: str, tasks: list[str] | None = None) -> str:
        ids = ",".join(self.tasks[:3] if tasks is None else tasks)
        return (
            f"{self.server.address}/compare{f'/{tab}' if tab else ''}"
            f"?{'&'.join([f'tasks={ids}', *rest])}"
        )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("home")
    train(home, TRAINING)
    train(home, RANKED, ranks=2)
    with serve(home) as server:
        yield Shown(server, [row["id"] for row in server.ended_tasks(TASKS)])


def test_details_show_what_differs_from_the_base(shown: Shown, page: Page) -> None:
    page.goto(shown.compare())
    rate = page.locator('[data-row="Parameters\tGeneral/rate"]')
    expect(rate.get_by_role("cell")).to_have_text(
        ["0.01", re.compile("≠.*0.03"), re.compile("≠.*0.03")], timeout=20_000
    )
    optimizer = page.locator('[data-row="Parameters\tGeneral/optimizer"]')
    expect(optimizer).to_have_count(0)
    page.get_by_role("button", name="hide identical").click()
    page.get_by_placeholder("Find a name or value").fill("optimizer")
    expect(optimizer.get_by_role("cell")).to_have_text(["adam"] * 3)
    expect(page).to_have_url(re.compile("same=1.*find=optimizer"))


def test_another_base_and_order_are_in_the_address(shown: Shown, page: Page) -> None:
    page.goto(shown.compare())
    chip = page.locator(f'.compare-chip[data-task="{shown.tasks[2]}"]')
    chip.get_by_label("more on third").click()
    chip.get_by_role("button", name="Set as base").click()
    rate = page.locator('[data-row="Parameters\tGeneral/rate"]').get_by_role("cell")
    expect(rate).to_have_text([re.compile("≠.*0.01"), "0.03", "0.03"])
    chip.get_by_label("more on third").click()
    chip.get_by_role("button", name="Move first").click()
    expect(rate).to_have_text(["0.03", re.compile("≠.*0.01"), "0.03"])
    page.reload()
    expect(page.locator(".compare-chip").first).to_contain_text("third")
    expect(page.locator(".compare-chip").first).to_contain_text("base")


def test_tasks_of_one_name_are_told_apart_added_and_removed(shown: Shown, page: Page) -> None:
    page.goto(shown.compare(tasks=shown.tasks[:1]))
    chips = page.locator(".compare-chip")
    expect(chips).to_have_count(1)
    page.get_by_role("combobox", name="add a task").fill("same name")
    page.get_by_role("option").filter(has_text="same name").first.wait_for()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(2)
    expect(chips.locator("a")).to_have_text([re.compile("same name · ")] * 2)
    assert len(set(chips.locator("a").all_inner_texts())) == 2
    chips.nth(1).get_by_role("button", name=re.compile("^remove")).click()
    expect(chips).to_have_count(1)


def test_configuration_texts_are_compared_line_by_line(shown: Shown, page: Page) -> None:
    page.goto(shown.compare())
    row = page.locator('[data-row="Configuration\tmodel"]')
    row.get_by_role("button").nth(1).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".text-diff-removed mark")).to_have_text("1")
    expect(dialog.locator(".text-diff-added mark")).to_have_text("3")
    dialog.get_by_role("button", name="unified").click()
    expect(dialog.locator(".text-diff-removed, .text-diff-added")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_parameters_sort_the_tasks_and_choose_among_them(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("parameters"))
    rate = page.locator('[data-row="p:General/rate"]')
    expect(rate.get_by_role("cell")).to_have_text(["0.01", re.compile("0.03"), re.compile("0.03")])
    for _ in range(2):
        page.locator('[data-row="p:General/seed"]').get_by_role("button").click()
    expect(page.locator('[data-row="p:General/seed"]').get_by_role("cell").first).to_contain_text(
        "2"
    )
    page.get_by_role("button", name="parallel coordinates").click()
    lines = page.locator(".parallel-line")
    expect(lines).to_have_count(3)
    grip = page.locator('.parallel-axis[data-axis="p:General/seed"] .parallel-grip').bounding_box()
    assert grip
    page.mouse.move(grip["x"] + 10, grip["y"] + grip["height"] * 0.7)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, grip["y"] + grip["height"] + 4, steps=4)
    page.mouse.up()
    expect(page.locator(".parallel-out")).to_have_count(1)
    assert "brush=" in page.url
    page.get_by_role("button", name="Compare only these").click()
    expect(page.locator(".compare-chip")).to_have_count(2)


def axes(page: Page) -> list[str]:
    return [str(one.get_attribute("data-axis")) for one in page.locator(".parallel-axis").all()]


def test_axes_go_where_they_are_dragged_and_sent_by_keys(shown: Shown, page: Page) -> None:
    page.goto(
        shown.compare(
            "parameters",
            "show=parallel",
            "axis=p:General/rate",
            "axis=p:General/seed",
            "axis=m:last~loss~train",
        )
    )
    rate, seed, loss = "p:General/rate", "p:General/seed", "m:last~loss~train"
    expect(page.locator(".parallel-line")).to_have_count(3)
    assert axes(page) == [rate, seed, loss]
    name = page.locator(f'[data-head="{rate}"] .parallel-name')
    box, last = name.bounding_box(), page.locator(f'[data-head="{loss}"]').bounding_box()
    assert box
    assert last
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] / 2, box["y"] + 5, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile("axis=p.*seed.*axis=m.*loss.*axis=p.*rate"))
    assert axes(page) == [seed, loss, rate]
    handle = page.get_by_role("button", name=re.compile("move the axis of rate"))
    handle.focus()
    page.keyboard.press("ArrowLeft")
    expect(handle).to_have_accessible_name("move the axis of rate: 2 of 3")
    expect(handle).to_be_focused()
    page.keyboard.press("Home")
    expect(handle).to_be_focused()
    page.reload()
    expect(page.locator(".parallel-line")).to_have_count(3)
    assert axes(page) == [rate, seed, loss]
    page.get_by_role("slider", name="lowest seed kept").focus()
    for _ in range(6):
        page.keyboard.press("PageUp")
    expect(page.locator(".parallel-out")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator(".parallel-out")).to_have_count(0)


def test_single_values_and_metrics_of_every_task_are_offered(shown: Shown, page: Page) -> None:
    every = shown.tasks[:3] + shown.tasks[5:14]
    page.goto(shown.compare("parameters", "show=scatter", tasks=every))
    page.get_by_role("button", name=re.compile("^x axis")).click()
    page.get_by_role("combobox", name="search x axis").fill("only last")
    expect(page.get_by_role("option")).to_contain_text(["only in the last / x, last"])
    page.keyboard.press("Enter")
    expect(page.locator(".scatter a")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^x axis")).click()
    page.get_by_role("combobox", name="search x axis").fill("best")
    expect(page.get_by_role("option")).to_have_text(["best <b>single value"])
    page.get_by_role("option").click()
    page.get_by_role("button", name=re.compile("^y axis")).click()
    page.get_by_role("combobox", name="search y axis").fill("seed")
    page.keyboard.press("Enter")
    expect(page.locator(".scatter a")).to_have_count(3)
    assert "px=m%3Alast%7ESummary%7Ebest" in page.url
    page.goto(shown.compare("parameters"))
    single = page.locator('[data-row="m:last~Summary~best <b>"]')
    expect(single.get_by_role("cell")).to_have_text(
        [re.compile("▾.*0.25"), re.compile("▾.*0.25"), re.compile("▴.*0.5")]
    )
    page.goto(shown.compare("scalars", "table=1"))
    expect(single.get_by_role("cell").last).to_contain_text(re.compile("▴.*0.5"))


def test_single_values_alone_are_in_the_table(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("scalars", tasks=shown.tasks[5:6]))
    expect(page.get_by_text("None of these tasks has reported a scalar over")).to_be_visible()
    page.locator(".empty").get_by_role("button", name="table").click()
    single = page.locator('[data-row="m:last~Summary~score"]')
    expect(single.get_by_role("cell")).to_have_text(["0.75"])


def test_a_point_of_the_scatter_opens_its_task(shown: Shown, page: Page) -> None:
    page.goto(
        shown.compare("parameters", "show=scatter", "px=p:General/rate", "py=m:last~loss~train")
    )
    points = page.locator(".scatter a")
    expect(points).to_have_count(3)
    points.locator(f'xpath=self::*[@data-task="{shown.tasks[2]}"]').press("Enter")
    expect(page).to_have_url(re.compile(f"/task/{shown.tasks[2]}"))


def test_scalars_have_a_line_a_task_and_a_band_a_group(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("scalars"))
    chart = page.locator('[data-panel="loss\ttrain"]')
    lines = chart.locator(".legend-line")
    expect(lines).to_have_count(3)
    expect(lines.nth(2)).to_contain_text(re.compile(r"third\s*0\.05"))
    page.get_by_label("group", exact=True).select_option("seed")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_contain_text(re.compile(r"rate=0\.03, n=2\s*0\.05"))
    page.get_by_label("band").select_option("minmax")
    expect(lines.nth(1)).to_contain_text("n=2")
    assert "group=seed" in page.url
    assert "band=minmax" in page.url


def test_the_arrangement_of_charts_is_kept_for_their_project(shown: Shown, page: Page) -> None:
    columns = page.get_by_label("columns", exact=True)
    page.goto(shown.compare("scalars"))
    with page.expect_response(
        lambda answer: "/layouts" in answer.url and answer.request.method == "PUT"
    ):
        columns.select_option("2")
    page.goto(shown.compare("scalars", tasks=shown.tasks[1:3]))
    expect(columns).to_have_value("2")
    page.goto(f"{shown.server.address}/tasks?project=compared&mode=charts")
    expect(columns).to_have_value("2")
    page.goto(f"{shown.server.address}/tasks?mode=charts")
    expect(page.locator("[data-panel]").first).to_be_visible()
    expect(columns).not_to_have_value("2")
    page.goto(shown.compare("scalars"))
    with page.expect_response(
        lambda answer: "/layouts" in answer.url and answer.request.method == "PUT"
    ):
        page.get_by_role("button", name="Reset layout").click()


def test_the_table_marks_the_extremes_of_a_metric(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("scalars", "table=1", "stat=last"))
    loss = page.locator('[data-row="loss\ttrain"]')
    expect(loss.get_by_role("cell").first).to_contain_text(re.compile("▴.*0.37"))
    expect(loss.locator(".matrix-low")).to_have_count(2)
    with page.expect_download() as download:
        page.locator(".compare-values").get_by_role("button", name="CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0].startswith("title,series,task,last,min,max,first,mean")
    assert sum(line.startswith("loss,train,") for line in lines) == 3


def test_plots_share_a_drawing_where_they_can(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("plots"))
    curve = page.locator('[data-plot="curve\tcat\t0"]')
    expect(curve.locator(".legend .traces")).to_have_count(3, timeout=20_000)
    curve.get_by_role("button", name="apart").click()
    expect(curve.locator(".compare-one .main-svg").first).to_be_visible(timeout=20_000)
    expect(curve.locator(".compare-one")).to_have_count(3)
    table = page.locator('[data-plot="errors\tworst\t0"]')
    expect(table.get_by_role("columnheader", name="name", exact=True)).to_have_count(3)


def test_of_plots_and_samples_one_rank_is_shown(shown: Shown, page: Page) -> None:
    both = [shown.tasks[2], shown.tasks[14]]
    page.goto(shown.compare("plots", tasks=both))
    curve = page.locator('[data-plot="curve\tcat\t0"]')
    expect(curve.locator(".legend .traces")).to_have_count(2, timeout=20_000)
    page.get_by_label("ranks").select_option("1")
    expect(curve).to_contain_text("Not of this rank: third (rank 0)")
    expect(curve.locator(".legend .traces")).to_have_text(["ranked"])
    assert "rank=1" in page.url
    page.get_by_role("link", name="Debug samples").click()
    cells = page.locator('[data-samples="pictures\tgrey"] td')
    expect(cells).to_have_text([re.compile("not of rank 1, but of rank 0"), re.compile("grey")])
    page.get_by_label("ranks").select_option("")
    expect(cells.locator("img")).to_have_count(2)
    assert "rank" not in page.url.split("?")[1]


def test_consoles_are_searched_as_one(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("console"))
    columns = page.locator(".console-column")
    expect(columns).to_have_count(3)
    expect(columns.nth(0).locator(".line-text").first).to_have_text("all is well")
    page.get_by_placeholder("Search the logs").fill("warning")
    expect(columns.locator("header")).to_contain_text(
        [re.compile("0 matches"), re.compile("1 match"), re.compile("1 match")]
    )
    page.get_by_role("button", name="only").click()
    expect(columns.nth(0)).to_contain_text("No line fits.")
    expect(columns.nth(2).locator(".found")).to_have_text(["warning"])


def test_samples_step_together(shown: Shown, page: Page) -> None:
    page.goto(shown.compare("samples"))
    row = page.locator('[data-samples="pictures\tgrey"]')
    pictures = row.locator("img")
    expect(pictures).to_have_count(3)
    expect(row.locator("figcaption")).to_have_text([re.compile("10")] * 3)
    page.keyboard.press("ArrowLeft")
    expect(row.locator("figcaption").first).to_contain_text(re.compile(r"grey\s*0"))
    assert "at=0" in page.url
    row.get_by_role("button", name=re.compile("together")).click()
    viewer = page.get_by_role("dialog")
    expect(viewer.locator("figure img")).to_have_count(3)
    viewer.get_by_role("button", name="two").click()
    viewer.get_by_role("button", name="difference").click()
    viewer.get_by_label("task on the right").select_option(shown.tasks[2])
    expect(viewer.locator(".pair-told")).to_contain_text("by 10 of 255 at most")


def test_ugly_tasks_are_text_and_missing_ones_are_said(shown: Shown, page: Page) -> None:
    tasks = [*shown.tasks[3:5], "deadbeef", "<b>x", shown.tasks[0]]
    for tab in ("", "parameters", "scalars", "plots", "samples", "console"):
        page.goto(shown.compare(tab, tasks=tasks))
        expect(page.locator(".compare-chip")).to_have_count(5)
        expect(page.get_by_text("no such task")).to_have_count(2)
        expect(page.locator(".compare-chip").first).to_contain_text("<img src=x")
        page.wait_for_load_state("networkidle")
        assert "harmed" not in page.title()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(shown.compare("scalars", tasks=shown.tasks[3:5]))
    expect(page.get_by_text("None of these tasks has reported a scalar")).to_be_visible()


def test_nothing_at_all_says_what_to_do(shown: Shown, page: Page) -> None:
    page.goto(f"{shown.server.address}/compare")
    expect(page.get_by_text("No tasks to compare yet")).to_be_visible()
    page.goto(shown.compare(tasks=["deadbeef"]))
    expect(page.get_by_text("There is no such task")).to_be_visible()
    page.goto(shown.compare("nonsense"))
    expect(page.get_by_text("no such part of a comparison")).to_be_visible()


def test_a_task_deleted_meanwhile_leaves_the_comparison_standing(shown: Shown, page: Page) -> None:
    gone = shown.tasks[4]
    page.goto(shown.compare(tasks=[shown.tasks[0], gone]))
    expect(page.locator(".compare-chip")).to_have_count(2)
    expect(page.get_by_text("no such task")).to_have_count(0)
    done = shown.server.ask("tasks/delete", {"select": {"ids": [gone]}})
    try:
        expect(page.get_by_text("no such task")).to_have_count(1, timeout=15_000)
        expect(page.locator('[data-row="Parameters\tGeneral/rate"]')).to_be_visible()
    finally:
        shown.server.ask(f"undo/{done['undo']}", {})
    expect(page.get_by_text("no such task")).to_have_count(0, timeout=15_000)
