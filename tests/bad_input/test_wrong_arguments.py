"""What a script gets wrong in its calls: what is wrong as written raises, and what else could not be kept is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.bad_input.conftest import START

if TYPE_CHECKING:
    from tests.bad_input.conftest import Lost, Run, Server


def test_wrong_values_iterations_and_titles(
    script: Run, command: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    done = script(
        START
        + """
def refused(kind, argument, *given):
    try:
        logger.report_scalar(*given)
    except kind as error:
        assert argument in str(error), error
    else:
        print("taken", given)

for value in (None, object(), [1.0], {}, 1j):
    refused(TypeError, "value", "t", "bad", value, 1)
refused(ValueError, "value", "t", "bad", "x", 1)
refused(OverflowError, "value", "t", "bad", 10**400, 1)
for iteration in ("1", 1.5, float("nan"), object(), [1]):
    refused(TypeError, "iteration", "t", "bad", 1.0, iteration)
refused(TypeError, "title", 5, "bad", 1.0, 1)
refused(TypeError, "series", "t", ["bad"], 1.0, 1)
refused(TypeError, "title", b"t", "bad", 1.0, 1)
for iteration in (2**63, -2**63 - 1, 10**400):
    logger.report_scalar("t", "bad", 1.0, iteration)
logger.report_scalar("t", "ends", 1.0, 2**63 - 1)
logger.report_scalar("t", "ends", 2.0, -2**63)
logger.report_scalar("t", "ends", 3.0, -5)
logger.report_scalar("t", "ends", True, 7.0)
logger.report_scalar("t", "ends", "4.5", True)
print("went on")
"""
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "went on\n"
    assert "script.py:" in done.stderr  # the line of the script that is wrong
    server = serve()
    detail = server.only_task()
    assert lost(detail) == {"scalar-iteration": 3}
    series = server.series(detail["task"]["id"])
    assert set(series) == {("t", "ends")}
    assert series["t", "ends"]["count"] == 5
    shown = command("show", detail["task"]["id"])
    assert shown.returncode == 0, shown.stderr
    assert ["LOST", "3x"] in [line.split()[:2] for line in shown.stdout.splitlines()]
    table = command("scalars", detail["task"]["id"], "--csv")
    assert str(2**63 - 1) in table.stdout
    assert str(-(2**63)) in table.stdout


def test_titles_of_ten_megabytes(
    script: Run, command: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    done = script(
        START
        + """
for mark in "ab":
    logger.report_scalar("x" * 10_000_000 + mark, "s", 1.0, 1)
    logger.report_scalar("x" * 10_000_000 + mark, "s", 2.0, 2)
logger.report_text("y" * 10_000_000, print_console=False)
print("went on")
"""
    )
    assert done.returncode == 0, done.stderr
    server = serve()
    detail = server.only_task()
    assert lost(detail) == {}
    assert sum(n["count"] for n in detail["notes"] if n["code"] == "name-cut") == 4
    series = server.series(detail["task"]["id"])
    assert [one["count"] for one in series.values()] == [2, 2]  # cut, and still told apart
    assert all(len(title) < 10_000 for title, _ in series)
    assert "was cut" in command("show", detail["task"]["id"]).stdout


def test_reporting_to_a_closed_task(script: Run, serve: Callable[..., Server], lost: Lost) -> None:
    done = script(
        START
        + """
logger.report_scalar("t", "s", 1.0, 1)
task.close()
logger.report_scalar("t", "s", 2.0, 2)
logger.report_text("late")
logger.report_single_value("late", 1.0)
task.set_parameter("a", 1)
task.close()
print("went on")
"""
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "late\nwent on\n"
    assert "closed" in done.stderr  # the journal has ended: the log is where it is told
    server = serve()
    detail = server.only_task()
    assert detail["task"]["status"] == "completed"
    assert server.series(detail["task"]["id"])["t", "s"]["count"] == 1


def test_reporting_to_a_killed_task(script: Run, serve: Callable[..., Server], lost: Lost) -> None:
    script(START + "logger.report_scalar('t', 's', 1.0, 1)\nimport os\nos.kill(os.getpid(), 9)")
    done = script(
        """
from stripchart import Task
task = Task.get_task(project_name="project", task_name="name")
task.get_logger().report_scalar("t", "s", 2.0, 2)
task.close()
print(task.get_reported_scalars()["t"]["s"]["y"])
"""
    )
    assert (done.returncode, done.stdout) == (0, "[1.0, 2.0]\n"), done.stderr
    server = serve()
    until = time.monotonic() + 30
    while not (rows := server.tasks()) and time.monotonic() < until:
        time.sleep(0.1)
    assert server.series(rows[0]["id"])["t", "s"]["count"] == 2


def test_init_twice(script: Run, serve: Callable[..., Server], lost: Lost) -> None:
    done = script(
        START
        + """
assert Task.init("project", "name") is task
assert Task.init() is task
try:
    Task.init("project", "another")
except Exception as error:
    print(type(error).__name__, "close the current task first" in str(error))
logger.report_scalar("t", "s", 1.0, 1)
"""
    )
    assert (done.returncode, done.stdout) == (0, "UsageError True\n"), done.stderr
    server = serve()
    assert server.only_task()["task"]["status"] == "completed"
    assert len(server.tasks()) == 1


def test_many_series(script: Run, command: Run, serve: Callable[..., Server], lost: Lost) -> None:
    count = 20_000
    done = script(
        START
        + f"""
for i in range({count}):
    logger.report_scalar(f"title {{i % 100}}", f"series {{i}}", i * 0.5, i)
"""
    )
    assert done.returncode == 0, done.stderr
    server = serve()
    detail = server.only_task()
    until = time.monotonic() + 60  # so many are taken in piece by piece
    while len(series := server.series(detail["task"]["id"])) < count and time.monotonic() < until:
        time.sleep(0.2)
    assert len(series) == count
    values = [series[f"title {i % 100}", f"series {i}"]["last"]["value"] for i in range(count)]
    assert values == [i * 0.5 for i in range(count)]
    assert lost(detail) == {}


NASTY = "ünï \u202e\u0000\u0007\x1b[31mred\x1b]0;t\x07 \ud800 😀 <script>alert(1)</script> \r\n\t \u2028 \x9b1m"


def test_control_characters_everywhere(
    script: Run, command: Run, serve: Callable[..., Server], lost: Lost
) -> None:
    done = script(
        f"""
from stripchart import Task
nasty = {NASTY!r}
task = Task.init("a/" + nasty, nasty, tags=[nasty])
logger = task.get_logger()
logger.report_scalar(nasty, nasty, 1.0, 1)
logger.report_single_value(nasty, 2.0)
logger.report_text(nasty, print_console=False)
print("plain", nasty.encode("utf-8", "replace").decode())
task.set_parameter("section/" + nasty, nasty)
task.set_comment(nasty)
task.mark_failed(status_reason=nasty, status_message=nasty)
"""
    )
    assert done.returncode == 0, done.stderr
    server = serve()
    detail = server.only_task()
    assert lost(detail) == {}
    task_id = detail["task"]["id"]
    assert "😀" in detail["task"]["name"]
    ((title, series),) = [k for k in server.series(task_id) if "😀" in k[0]]
    assert title == series
    assert any("😀" in one["name"] for one in detail["parameters"])
    assert "😀" in str(server.get(f"/tasks/{task_id}/console"))
    read = server.post(
        "/series/read", {"reads": [{"task": task_id, "title": title, "series": series}]}
    )
    assert read.status_code == 200, read.text
    listed = server.post("/tasks/query", {"search": "😀"}).json()["tasks"]
    assert [one["id"] for one in listed] == [task_id]
    assert command("console", task_id).returncode == 0
    for words in (["tasks"], ["show", task_id], ["scalars", task_id]):
        shown = command(*words)
        assert shown.returncode == 0, shown.stderr
        assert not {"\x1b", "\x07", "\x9b", "\x00"} & set(shown.stdout), words
