"""What a person sees of plots, debug samples, artifacts and configuration, from the call to the pixel."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.serving import Server

REPORTS = """
import io, pathlib, tempfile
import numpy as np
from stripchart import InputModel, OutputModel, Task
task = Task.init(project_name="e2e/reports", task_name="reporting")
task.connect({"lr": 0.1})
task.connect_configuration({"depth": 3}, name="model")
file = pathlib.Path(tempfile.mkdtemp(), "train.yaml")
file.write_text("head:\\n  depth: 9\\n  names:\\n  - a\\n" + "".join(f"k{i}: {i}\\n" for i in range(80)))
task.connect_configuration(file, name="yaml")
task.set_user_properties(owner="somebody")
task.upload_artifact("answers", {"a": 41})
weights = pathlib.Path(tempfile.mkdtemp(), "net.pt")
weights.write_bytes(b"weights")
detector = OutputModel(task, name="detector", framework="PyTorch", label_enumeration={"cat": 7},
                       config_dict={"width": 64}, tags=["<i>best</i>"])
detector.update_weights(weights, iteration=12)
task.connect(InputModel.import_model("s3://bucket/base.pt", name="base"))
logger = task.get_logger()
rising = np.arange(20.0)
for i in range(3):
    for series in ("cat", "dog"):
        points = np.c_[rising, rising * (i + len(series))]
        logger.report_scatter2d("recall", series, scatter=points, iteration=i, xaxis="x", yaxis="y")
    logger.report_confusion_matrix("confusion", "valid", matrix=np.eye(3) * i, iteration=i)
    rows = [["name", "loss"], *([f"row {j}", (j * 37) % 100] for j in range(100))]
    logger.report_table("worst", "<b>rows</b>", table_plot=rows, iteration=i)
    image = np.zeros((40, 60, 3), np.uint8)
    image[:, :, 0] = i * 100
    logger.report_image("seen", "one", image=image, iteration=i)
page = "<h1>A page</h1><script>document.body.textContent = 'it ran'</script>"
logger.report_media("seen", "page", stream=io.StringIO(page), file_extension="html", iteration=2)
task.close()
"""


def ask(server: Server, path: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.address + "/api/v1" + path, data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def stored_task(server: Server) -> str:
    """Wait until all samples of the one task are stored, and return its id."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        tasks = ask(server, "/tasks/query", {})["tasks"]
        assert isinstance(tasks, list)
        if tasks:
            samples = ask(server, f"/tasks/{tasks[0]['id']}/samples?latest=10")["samples"]
            assert isinstance(samples, list)
            if len(samples) == 4 and all(sample["state"] == "stored" for sample in samples):
                return str(tasks[0]["id"])
        time.sleep(0.2)
    raise AssertionError("the samples were not stored")


@pytest.fixture
def task(server: Server, run_script: Callable[..., subprocess.Popen[bytes]]) -> str:
    assert run_script(REPORTS).wait(60) == 0
    return stored_task(server)


def test_figures_are_drawn_stepped_through_and_taken_apart(
    server: Server, page: Page, task: str
) -> None:
    page.goto(f"{server.address}/task/{task}/plots")
    recall = page.get_by_role("region", name="cat, dog", exact=True)
    expect(recall.locator(".legendtext")).to_have_text(["cat", "dog"])
    expect(recall.locator("output")).to_have_text("2")
    ticks = recall.locator(".ytick text")
    highest = ticks.last.text_content()
    assert highest
    recall.get_by_role("button", name="previous iteration").click()
    expect(recall.locator("output")).to_have_text("1")
    expect(page).to_have_url(re.compile(r"card=1%40recall"))
    expect(ticks.last).not_to_have_text(highest)  # the curve of iteration 1 is lower
    recall.get_by_role("button", name="apart").click()
    expect(
        page.get_by_role("region", name="dog", exact=True).locator(".main-svg").first
    ).to_be_visible()


def test_a_table_is_a_table_and_its_text_is_text(server: Server, page: Page, task: str) -> None:
    page.goto(f"{server.address}/task/{task}/plots?filter=worst")
    table = page.get_by_role("region", name="<b>rows</b>", exact=True)
    table.get_by_role("button", name="loss").click()
    expect(table.locator("tbody tr:not([aria-hidden])").first).to_contain_text("row 0")
    table.get_by_role("button", name="loss").click()
    expect(table.locator("tbody tr:not([aria-hidden])").first).to_contain_text("row 27")
    table.get_by_role("searchbox").fill("row 5")
    expect(table.locator(".data-bar")).to_contain_text("11 of 100 rows")
    with page.expect_download() as saved:
        table.get_by_role("button", name="CSV").click()
    lines = saved.value.path().read_text().splitlines()
    assert lines[0] == "name,loss"
    assert len(lines) == 12


def test_samples_step_together_and_open_large(server: Server, page: Page, task: str) -> None:
    page.goto(f"{server.address}/task/{task}/samples")
    image = page.get_by_role("img", name="seen, one, iteration 2")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('.sample-open img').naturalWidth > 0")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("img", name="seen, one, iteration 1")).to_be_visible()
    expect(page).to_have_url(re.compile(r"at=1%7E\d+$"))
    page.get_by_role("button", name="open seen, one, iteration 1").click()
    viewer = page.get_by_role("dialog", name="seen, one")
    expect(viewer).to_contain_text("60 × 40")
    page.keyboard.press("ArrowLeft")
    expect(viewer.get_by_role("img", name="seen, one, iteration 0")).to_be_visible()
    page.keyboard.press("ArrowDown")
    frame = page.get_by_role("dialog", name="seen, page").locator("iframe").content_frame
    expect(frame.locator("body")).to_contain_text("it ran")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_artifacts_and_configuration_can_be_read(server: Server, page: Page, task: str) -> None:
    page.goto(f"{server.address}/task/{task}/artifacts")
    page.get_by_role("button", name="answers").click()
    expect(page.locator(".artifact-text")).to_contain_text("a: 41")
    page.goto(f"{server.address}/task/{task}/configuration")
    expect(page.locator(".configuration-text").first).to_contain_text('"depth": 3')
    expect(page.locator(".configuration")).to_contain_text("somebody")
    expect(page.locator(".configuration")).to_contain_text("lr")
    folded = page.locator("details", has_text="head:").last
    expect(folded.get_by_text("depth: 9")).to_be_visible()
    folded.locator("summary").first.click()
    expect(page.get_by_text("depth: 9")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("DEPTH")
    found = page.get_by_role("region", name="found in")
    expect(found).to_have_count(2)
    expect(found.filter(has_text="head:").locator("mark")).to_have_text("depth")
    expect(page).to_have_url(re.compile("search=DEPTH"))
    expect(page.get_by_text("somebody")).to_have_count(0)
    page.get_by_role("searchbox").fill("nowhere")
    expect(page.get_by_text("Nothing here has “nowhere”.")).to_be_visible()


def test_models_are_shown_with_what_is_known_of_them(server: Server, page: Page, task: str) -> None:
    page.goto(f"{server.address}/task/{task}/artifacts")
    made = page.get_by_role("region", name="Models", exact=True)
    row = made.get_by_role("row", name="detector")
    expect(row).to_contain_text("PyTorch")
    expect(row).to_contain_text("12")
    expect(row).to_contain_text("<i>best</i>")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == b"weights"
    row.get_by_role("button", name="detector").click()
    expect(made).to_contain_text("7 cat")
    expect(made.locator(".artifact-text")).to_contain_text('"width": 64')
    taken = page.get_by_role("region", name="Models that it started from")
    expect(taken.get_by_role("row", name="base")).to_contain_text("registered")
