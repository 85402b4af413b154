"""What a task is called, where it belongs, how it stands: set, and read back by another process's eyes."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task, TaskTypes, UsageError


def reread(task: Task) -> Task:
    """Return the task as who finds it later sees it, whatever this object holds."""
    found = Task.get_tasks(task_ids=[task.id])
    assert found[0] is not task
    return found[0]


def test_names_and_places(task: Task) -> None:
    task.rename("other")
    task.comment = "why"
    task.set_task_type("testing")
    task.set_parent("a" * 32)
    assert task.move_to_project(new_project_name="a/b")
    read = reread(task)
    assert (read.name, read.comment, read.task_type) == ("other", "why", "testing")
    assert (read.parent, read.project, read.get_project_name()) == ("a" * 32, "a/b", "a/b")
    task.set_project(project_id="c")
    task.set_parent(None)
    task.set_task_type(TaskTypes.qc)
    read = reread(task)
    assert (read.project, read.parent, read.task_type) == ("c", None, "qc")
    assert task.move_to_project() is False
    task.set_task_type("baking")
    assert task._losses.counts() == {"describe": 2}


def test_tags(task: Task) -> None:
    task.add_tags(["a", "b"])
    task.add_tags("c")
    task.remove_tags("b")
    task.remove_tags(["never"])
    assert reread(task).get_tags() == ["a", "c"]
    task.set_tags(["z", "z"])
    assert reread(task).get_tags() == ["z"]


def test_a_published_task_stays_so_unless_forced(task: Task) -> None:
    task.mark_completed()
    assert task.publish()
    task.mark_failed(status_reason="late")
    task.mark_started()
    assert reread(task).status == "published"
    assert task._losses.counts() == {"status": 2}
    task.mark_failed(force=True)
    assert reread(task).status == "failed"


def test_a_level_that_is_none_is_a_plain_error_in_strict_mode(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_STRICT", "1")
    strict = Task.init("p", "strict", auto_connect_streams=False)
    with pytest.raises(ValueError, match="no log level 'notalevel'"):
        strict.get_logger().report_text("m", "notalevel")  # type: ignore[arg-type]
    strict.close()


def test_the_archive(task: Task) -> None:
    assert not task.get_archived()
    task.set_archived(True)
    assert reread(task).get_archived()
    assert reread(task).get_system_tags() == ["archived"]
    task.set_system_tags(["mine"])
    assert (reread(task).get_archived(), reread(task).get_system_tags()) == (False, ["mine"])


@pytest.mark.parametrize(("given", "kept"), [(0, 0), (100, 100), ("42", 42), (33.9, 33)])
def test_progress(task: Task, given: Any, kept: int) -> None:
    assert task.get_progress() is None
    task.set_progress(given)
    assert reread(task).get_progress() == kept


@pytest.mark.parametrize("given", [-1, 101, "half", None, float("nan"), "1e1", []])
def test_progress_that_is_none_is_told(task: Task, given: Any) -> None:
    task.set_progress(given)
    assert task.get_progress() is None
    assert task._losses.counts() == {"progress": 1}


def test_reload_sees_what_another_has_set(task: Task) -> None:
    other = reread(task)
    other.set_name("renamed")
    assert task.name == "name"
    task.reload()
    assert task.name == "renamed"


# -- status ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "arguments", "status", "message"),
    [
        ("mark_completed", {"status_message": "all"}, "completed", "all"),
        ("completed", {}, "completed", ""),
        ("mark_failed", {"status_reason": "r", "status_message": "m"}, "failed", "m"),
        ("mark_failed", {"status_reason": "r"}, "failed", "r"),
        ("mark_stopped", {"status_message": "s"}, "stopped", "s"),
        ("stopped", {}, "stopped", ""),
    ],
)
def test_marks(task: Task, call: str, arguments: dict[str, Any], status: str, message: str) -> None:
    getattr(task, call)(**arguments)
    task.close()
    read = Task.get_task(task.id)
    assert (read.status, read.get_status_message()) == (status, message)
    assert read.status in {s.value for s in Task.TaskStatusEnum}


def test_a_task_that_goes_on_after_a_mark_ends_anew(task: Task) -> None:
    task.mark_failed()
    task.mark_started()
    assert task.status == "in_progress"
    task.close()
    assert Task.get_task(task.id).status == "completed"


def test_publishing(task: Task) -> None:
    assert task.publish() is False
    task.publish(ignore_errors=False)
    assert task._losses.counts() == {"status": 1}
    task.publish_on_completion()
    task.close()
    assert Task.get_task(task.id).status == "published"


def test_a_finished_task_is_published(task: Task) -> None:
    task.close()
    read = Task.get_task(task.id)
    assert read.publish()
    assert Task.get_task(task.id).status == "published"


def test_waiting_for_a_status(task: Task) -> None:
    watcher = reread(task)

    def end() -> None:
        time.sleep(0.1)
        task.mark_completed()

    thread = threading.Thread(target=end)
    thread.start()
    watcher.wait_for_status(check_interval_sec=0.01)
    thread.join()
    assert watcher.status == Task.TaskStatusEnum.completed.value
    task.mark_failed(status_reason="broke")
    with pytest.raises(RuntimeError, match="broke"):
        watcher.wait_for_status([Task.TaskStatusEnum.stopped], check_interval_sec=0.01)


# -- of the process --------------------------------------------------------------------------------------------


def test_nothing_is_seeded_unless_asked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import random

    import numpy as np

    random.seed(1)
    np.random.seed(1)
    expected = random.Random(1).random(), np.random.RandomState(1).random_sample()
    Task.init("p", "n", auto_connect_streams=False).close()
    assert (random.random(), np.random.random_sample()) == expected
    assert Task.get_random_seed() is None
    Task.set_random_seed(7)
    try:
        Task.init("p", "n", auto_connect_streams=False).close()
        assert Task.get_random_seed() == 7
        assert random.random() == random.Random(7).random()
        assert np.random.random_sample() == np.random.RandomState(7).random_sample()
        with pytest.raises(ValueError, match="integer"):
            Task.set_random_seed("x")  # type: ignore[arg-type]
    finally:
        Task.set_random_seed(None)


def test_local_is_the_only_mode(task: Task, home: Path) -> None:
    assert not Task.is_offline()
    Task.set_offline(True)
    with pytest.raises(UsageError, match="close it first"):
        Task.set_offline(False)
    assert task.get_offline_mode_folder() == home / "tasks" / task.id
    assert task.running_locally()
    assert task.is_current_task()
    assert task.is_main_task()
    assert not reread(task).is_main_task()
    task.close()
    Task.set_offline(False)


def test_the_page_of_a_task(task: Task, home: Path) -> None:
    assert "stripchart ui" in task.get_output_log_web_page()
    told = '{"address": "http://127.0.0.1:8265", "host": "h", "pid": 1, "started_us": 1}'
    (home / "server.json").write_text(told)
    assert task.get_output_log_web_page() == f"http://127.0.0.1:8265/task/{task.id}"
    assert Task.get_task_output_log_web_page("x", app_server_host="http://h/") == "http://h/task/x"


def test_the_page_of_a_task_is_the_one_that_the_page_routes() -> None:
    source = Path(__file__).parents[3] / "ui" / "src" / "state" / "address.ts"
    route = re.search(
        r"task: \(id: string.*`(.*?)\$\{encodeURIComponent\(id\)\}", source.read_text()
    )
    assert route is not None
    told = Task.get_task_output_log_web_page("x", app_server_host="http://h")
    assert told == f"http://h{route[1]}x"


def test_small_facts(task: Task) -> None:
    assert task.models == {"input": [], "output": []}
    assert task.last_worker
    assert task.task_id == task.id


def test_every_old_name_of_a_mark(task: Task) -> None:
    task.stopped(ignore_errors=True, force=True)
    assert task.get_status() == "stopped"
    task.started(ignore_errors=True, force=True)
    assert task.get_status() == "in_progress"
    task.completed(ignore_errors=True)
    assert task.get_status() == "completed"
