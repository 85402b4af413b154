"""The page of tasks as people use it: find, arrange, group, select, change and take back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.serving import Server, environment, serve

NAMES = ["resnet18", "resnet50", "vit <b>big</b>", "mlp", "linear", "unet"]

TASKS = f"""
from stripchart import Task
for number, name in enumerate({NAMES!r}):
    task = Task.init(project_name="vision/" + "ab"[number % 2], task_name=name, tags=["t" + str(number % 3)],
                     reuse_last_task_id=False)
    task.connect({{"lr": 10.0 ** -number, "opt": ["adam", "sgd"][number % 2]}})
    for i in range(5):
        task.get_logger().report_scalar("loss", "train", number + 1 / (i + 1), i)
    task.close()
"""


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a home of six ended tasks, one server for all tests of this file."""
    home = tmp_path_factory.mktemp("home")
    script = tmp_path_factory.mktemp("script") / "train.py"
    script.write_text(TASKS)
    subprocess.run(
        [sys.executable, str(script)], env=environment(home), check=True, cwd=script.parent
    )
    with serve(home) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that fails the test on any error of its scripts, and may use the clipboard."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def ask(server: Server, path: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.address + "/api/v1" + path, data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def found(server: Server, **query: object) -> list[dict[str, object]]:
    rows = ask(server, "/tasks/query", query)["tasks"]
    assert isinstance(rows, list)
    return rows


def rows(page: Page) -> Locator:
    return page.locator(".table-body[role=row]")


def names(page: Page) -> list[str]:
    return page.locator(".table-body .cell-link .clip").all_inner_texts()


def open_tasks(page: Page, server: Server, search: str = "") -> None:
    page.goto(f"{server.address}/tasks{search}")
    expect(page.locator(".table-body .cell-link").first).to_be_visible()


def toast(page: Page, words: str) -> Locator:
    return page.locator(".toast", has_text=words)


def test_columns_are_chosen_sorted_sized_moved_and_remembered(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks, "?project=vision")
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("search metrics").fill("LOSS")
    page.get_by_role("dialog", name="Choose columns").get_by_label("loss / train").check()
    page.get_by_role("button", name="Parameters").click()
    page.get_by_role("dialog", name="Choose columns").get_by_label("General/lr").check()
    page.keyboard.press("Escape")
    head = page.get_by_role("columnheader").filter(has_text="loss / train")
    head.get_by_role("button").first.click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.locator(".table-body .cell-link").first).to_have_text(NAMES[-1])
    assert names(page) == NAMES[::-1]
    head.get_by_role("button").first.click()
    expect(page.locator(".table-body .cell-link").first).to_have_text(NAMES[0])

    width = head.bounding_box()
    assert width is not None
    head.get_by_role("button").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile(r"col=\d+%7Cmetric"))
    before = page.get_by_role("columnheader").all_inner_texts()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_role("columnheader").nth(2)).to_contain_text("loss")
    assert sorted(before) == sorted(page.get_by_role("columnheader").all_inner_texts())

    shared = page.url
    page.wait_for_timeout(1500)  # the layout is kept calmly
    open_tasks(page, tasks, "?project=vision")
    expect(page.get_by_role("columnheader").filter(has_text="General/lr")).to_be_visible()
    page.goto(shared)
    expect(page.get_by_role("columnheader").nth(2)).to_contain_text("loss")
    expect(page.locator(".table-body .cell-link .clip")).to_have_text(NAMES)


def test_the_filter_language_says_where_a_filter_is_wrong(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks)
    box = page.get_by_label("filter of tasks")
    box.fill("status:completed param.lr!<3")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("expected")
    expect(page.locator(".filter-wrong u")).to_contain_text("!<3")
    expect(rows(page)).to_have_count(len(NAMES))  # what was shown stays
    box.fill("param.General/lr<0.05 tag:t2,t0")
    box.press("Enter")
    expect(rows(page)).to_have_count(3)
    assert set(names(page)) == {NAMES[2], NAMES[3], NAMES[5]}
    assert "where=" in page.url
    page.reload()
    expect(rows(page)).to_have_count(3)
    box.press("Escape")
    expect(rows(page)).to_have_count(len(NAMES))


def test_search_by_pattern_and_filters_of_columns(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks)
    page.get_by_title("Search by regular expression").click()
    page.get_by_label("Regular expression").fill("^resnet(18|50)$")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("Regular expression").fill("")
    expect(rows(page)).to_have_count(len(NAMES))

    page.get_by_role("button", name=re.compile("Column Tags")).click()
    panel = page.get_by_role("dialog", name=re.compile("Column Tags"))
    panel.get_by_label("t1").check()
    expect(rows(page)).to_have_count(2)
    panel.get_by_label("t2").check()
    expect(rows(page)).to_have_count(4)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="do not filter by Tags").click()
    expect(rows(page)).to_have_count(len(NAMES))
    page.get_by_label("Regular expression").fill("nothing has this")
    expect(page.get_by_text("No task fits")).to_be_visible()
    page.get_by_role("button", name="Clear them").click()
    expect(rows(page)).to_have_count(len(NAMES))


def test_groups_have_counts_and_means_and_open(tasks: Server, page: Page) -> None:
    metric = urllib.parse.quote("metric:last~loss~train")
    page.goto(f"{tasks.address}/tasks?by=param:General/opt&col=name&col={metric}")
    groups = page.locator(".group-row")
    expect(groups).to_have_count(2)
    expect(groups.first).to_contain_text("3 tasks")
    # Of numbers 0, 2 and 4, and of 1, 3 and 5; the last of each is 0.2 more.
    adam = groups.filter(has_text="adam")
    expect(adam).to_contain_text("2.2")
    expect(groups.filter(has_text="sgd")).to_contain_text("3.2")
    adam.get_by_role("button").click()
    expect(rows(page)).to_have_count(5)
    assert set(names(page)) == {NAMES[0], NAMES[2], NAMES[4]}


def test_selected_tasks_are_tagged_archived_moved_and_each_is_taken_back(
    tasks: Server, page: Page
) -> None:
    open_tasks(page, tasks, "?sort=name")
    boxes = page.locator(".table-body input[type=checkbox]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="selected tasks")
    expect(bar).to_contain_text("3 tasks selected")

    bar.get_by_role("button", name="Tag", exact=True).click()
    # The bar is at the lower edge: its menus open upwards.
    expect(page.get_by_label("add a tag")).to_be_in_viewport(ratio=1)
    page.get_by_label("add a tag").fill("new <i>tag</i>")
    page.keyboard.press("Enter")
    expect(toast(page, "Tagged")).to_contain_text("3 tasks")
    page.keyboard.press("Escape")
    assert len(found(tasks, filter='tag:"new <i>tag</i>"')) == 3
    toast(page, "Tagged").get_by_role("button", name="Undo").click()
    expect(toast(page, "Taken back")).to_be_visible()
    assert found(tasks, filter='tag:"new <i>tag</i>"') == []

    bar.get_by_role("button", name="Archive").click()
    expect(rows(page)).to_have_count(3)
    toast(page, "Archived").get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(len(NAMES))

    bar.get_by_role("button", name="Move").click()
    page.get_by_label("project to move to").fill("elsewhere/new")
    page.get_by_role("button", name="Make and move").click()
    expect(toast(page, "Moved to elsewhere/new")).to_be_visible()
    assert len(found(tasks, project="elsewhere")) == 3
    toast(page, "Moved").get_by_role("button", name="Undo").click()
    expect(toast(page, "Taken back").nth(2)).to_be_visible()
    assert found(tasks, project="elsewhere") == []


def test_deleting_asks_first_and_can_be_undone_in_an_open_tab(
    tasks: Server, page: Page, browser: Browser
) -> None:
    (row,) = found(tasks, search="linear")
    other = browser.new_page()
    other.goto(f"{tasks.address}/task/{row['id']}")
    expect(other.get_by_role("heading", name="linear")).to_be_visible()

    open_tasks(page, tasks)
    page.get_by_label("select linear").check()
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete 1 task?")
    expect(dialog).to_contain_text("linear")
    dialog.get_by_role("button", name="Cancel").click()
    assert len(found(tasks)) == len(NAMES)
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete 1 task").click()
    expect(rows(page)).to_have_count(len(NAMES) - 1)

    expect(other.get_by_text("This task was deleted")).to_be_visible()
    other.get_by_role("button", name="Bring it back").click()
    expect(other.get_by_role("heading", name="linear")).to_be_visible()
    expect(rows(page)).to_have_count(len(NAMES))
    other.close()


def test_all_that_match_are_selected_and_downloaded(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks, "?q=resnet")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("select all that match").check()
    expect(page.get_by_role("toolbar", name="selected tasks")).to_contain_text("2 tasks selected")
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text()
    assert len(text.splitlines()) == 3
    assert "resnet18" in text
    assert "mlp" not in text


def test_all_that_match_are_compared_in_their_order_and_by_the_keyboard(
    tasks: Server, page: Page
) -> None:
    open_tasks(page, tasks, "?q=resnet&sort=-name")
    box = page.get_by_label("select all that match")
    box.check()
    expect(page.get_by_role("button", name="Compare")).to_be_enabled()
    # The box that was just ticked has the focus, and the keys of the page go on.
    expect(box).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()
    wanted = [
        str(row["id"])
        for row in found(tasks, search="resnet", sort={"field": "name", "descending": True})
    ]
    assert page.url.endswith("/compare?tasks=" + ",".join(wanted))


def test_all_that_match_stay_selected_when_they_no_longer_match(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks, "?q=unet")
    page.get_by_label("select all that match").check()
    bar = page.get_by_role("toolbar", name="selected tasks")
    bar.get_by_role("button", name="Archive").click()
    expect(toast(page, "Archived 1 task.")).to_be_visible()
    bar.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("add a tag").fill("put away")
    page.keyboard.press("Enter")
    expect(toast(page, "Tagged “put away”: 1 task.")).to_be_visible()
    (row,) = found(tasks, filter='tag:"put away" archived:true')
    assert row["name"] == "unet"
    page.keyboard.press("Escape")
    for done in ("Tagged", "Archived"):
        toast(page, done).get_by_role("button", name="Undo").click()
    expect(toast(page, "Taken back")).to_have_count(2)


def test_views_are_saved_opened_renamed_and_deleted(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks, "?project=vision&sort=name&q=res")
    page.get_by_role("button", name="Views").click()
    page.get_by_label("name of the view").fill("<b>mine</b>")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="<b>mine</b>").wait_for()
    open_tasks(page, tasks, "?project=vision")
    expect(rows(page)).to_have_count(len(NAMES))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name="<b>mine</b>").click()
    expect(rows(page)).to_have_count(2)
    assert "project=vision" in page.url
    page.get_by_role("button", name="Views").click()
    page.get_by_label("rename the view <b>mine</b>").click()
    page.get_by_label("new name of the view").fill("yours")
    page.keyboard.press("Enter")
    page.get_by_label("delete the view yours").click()
    expect(page.get_by_role("link", name="yours")).to_have_count(0)
    toast(page, "Deleted the view").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Views").click()
    expect(page.get_by_role("link", name="yours")).to_be_visible()


def test_the_list_leads_from_task_to_task(tasks: Server, page: Page) -> None:
    open_tasks(page, tasks, "?sort=name")
    ordered = names(page)
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.get_by_role("heading", name=ordered[0])).to_be_visible()
    page.get_by_role("link", name="Scalars").click()
    expect(page.get_by_role("img", name=re.compile("^Chart of loss"))).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name=ordered[1])).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Chart of loss"))).to_be_visible()
    assert "/scalars?" in page.url
    page.get_by_role("link", name="Table").click()
    expect(rows(page)).to_have_count(len(NAMES))
    assert names(page) == ordered


def test_charts_of_the_first_and_of_the_selected(tasks: Server, page: Page) -> None:
    page.goto(f"{tasks.address}/tasks?mode=charts&q=resnet")
    chart = page.get_by_role("img", name=re.compile("^Chart of loss"))
    expect(chart).to_be_visible()
    page.get_by_label("draw resnet50").click()
    expect(page).to_have_url(re.compile("tasks="))
    expect(page.get_by_label("draw resnet50")).not_to_be_checked()
    expect(page.get_by_label("draw resnet18")).to_be_checked()
    expect(chart).to_be_visible()


def test_a_task_is_renamed_tagged_and_commented_on_and_other_tabs_see_it(
    tasks: Server, page: Page, browser: Browser
) -> None:
    (row,) = found(tasks, search="unet")
    other = browser.new_page()
    other.goto(f"{tasks.address}/task/{row['id']}")
    page.goto(f"{tasks.address}/task/{row['id']}")
    page.get_by_label("rename the task").click()
    page.get_by_label("name of the task").fill("unet, again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="unet, again")).to_be_visible()
    expect(other.get_by_role("heading", name="unet, again")).to_be_visible()

    page.get_by_role("button", name="Add a comment").click()
    expect(page.get_by_label("comment in Markdown")).to_be_focused()
    page.get_by_label("comment in Markdown").fill(
        "# Why\n**strong** <img src=x onerror=alert(1)> [bad](javascript:alert(1)) https://example.org"
    )
    page.get_by_role("button", name="Save").click()
    comment = other.locator(".markdown")
    expect(comment.locator("strong")).to_have_text("strong")
    expect(comment).to_contain_text("<img src=x onerror=alert(1)>")
    assert comment.locator("img").count() == 0
    link = comment.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    other.close()
    toast(page, "Renamed").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="unet", exact=True)).to_be_visible()


def test_projects_fold_and_settings_hold(tasks: Server, page: Page) -> None:
    page.goto(tasks.address)
    expect(page.get_by_role("link", name="vision")).to_be_visible()
    page.get_by_label("fold vision", exact=True).click()
    expect(page.locator(".projects li > a")).to_have_count(1)
    page.reload()
    expect(page.locator(".projects li > a")).to_have_count(1)
    page.get_by_label("settings").click()
    expect(page.get_by_text(str(tasks.home))).to_be_visible()
    page.get_by_label("Rows").select_option("compact")
    page.get_by_label("Times").select_option("full")
    open_tasks(page, tasks)
    box = rows(page).first.bounding_box()
    assert box is not None
    assert box["height"] < 26
    expect(rows(page).first).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"))
