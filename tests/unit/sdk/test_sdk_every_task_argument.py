"""Every argument of the calls of ``Task``, by name, beside what the tests of each topic already drive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripchart import Logger, Task, UsageError
from stripchart.sdk.elsewhere import REFUSED, TAKEN

Call = Callable[[Task], Any]

REFUSALS: list[Call] = [
    lambda task: task.execute_remotely(queue_name="q", clone=True, exit_process=False),
    lambda task: task.enqueue(task=task, queue_name="q", queue_id="1"),
    lambda task: task.dequeue(task=task),
    lambda task: task.create_function_task(func=print, func_name="f", task_name="t", sep=" "),
    lambda task: task.launch_multi_node(2, "port", devices=1),
    lambda task: task.debug_simulate_remote_task(task_id=task.id, reset_task=True),
    lambda task: task.reset(set_started_on_success=True, force=True),
    lambda task: task.mark_stop_request(force=True, status_message="m"),
    lambda task: task.stop_request(ignore_errors=False),
]
PREPARATIONS: list[Call] = [
    lambda task: task.add_requirements(package_name="torch", package_version=">=2"),
    lambda task: task.ignore_requirements(package_name="torch"),
    lambda task: task.force_requirements_env_freeze(force=True, requirements_file="r.txt"),
    lambda task: task.force_store_standalone_script(force=True),
    lambda task: task.set_base_docker(
        docker_cmd="d", docker_image="i", docker_arguments="-v", docker_setup_bash_script=["s"]
    ),
    lambda task: task.set_packages(packages=["torch"]),
    lambda task: task.set_repo(repo="r", branch="b", commit="c"),
    lambda task: task.set_script(
        repository="r",
        branch="b",
        commit="c",
        diff="d",
        working_dir=".",
        entry_point="e.py",
        binary="python",
    ),
    lambda task: task.set_credentials(
        api_host="a", web_host="w", files_host="f", key="k", secret="hush", store_conf_file=True
    ),
    lambda task: task.set_resource_monitor_iteration_timeout(
        seconds_from_start=1.0,
        wait_for_first_iteration_to_start_sec=2.0,
        max_wait_for_first_iteration_to_start_sec=3.0,
    ),
    lambda task: task.register_abort_callback(
        callback_function=print, callback_execution_timeout=1.0
    ),
]


def contents(task: Task) -> dict[str, Any]:
    """Return what a task is, as who finds it later sees it."""
    return Task.get_tasks(task_ids=[task.id])[0].export_task()


@pytest.mark.parametrize("call", REFUSALS)
def test_what_would_run_elsewhere_is_refused(task: Task, call: Call) -> None:
    before = contents(task)
    with pytest.raises(UsageError, match=r"Task\.\w+ runs, stops or wipes") as refused:
        call(task)
    assert any(f"Task.{name} " in str(refused.value) for name in REFUSED)
    assert contents(task) == before


@pytest.mark.parametrize("call", PREPARATIONS)
def test_what_would_prepare_that_changes_nothing(task: Task, call: Call) -> None:
    before = contents(task)
    assert call(task) in (None, True)
    assert contents(task) == before
    assert "hush" not in str(before)


def test_there_is_a_case_for_each_of_them() -> None:
    assert (len(REFUSALS), len(PREPARATIONS)) == (len(REFUSED), len(TAKEN))


EXECUTIONS: list[dict[str, Any]] = [
    {"repo": "r"}, {"branch": "b"}, {"commit": "c"}, {"script": "s.py"}, {"working_directory": "."},
    {"packages": ["torch"]}, {"requirements_file": "r.txt"}, {"docker": "d"}, {"docker_args": "-v"},
    {"docker_bash_setup_script": "s"}, {"binary": "python"}, {"module": "m"},
]  # fmt: skip


@pytest.mark.parametrize("given", EXECUTIONS, ids=lambda given: next(iter(given)))
def test_a_task_made_by_hand_executes_nothing(home: Path, given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"takes no {next(iter(given))}"):
        Task.create("p", "n", **given)
    assert Task.get_tasks() == []


def test_a_task_made_by_hand_is_made_whatever_would_be_added(home: Path) -> None:
    made = Task.create(
        project_name="p",
        task_name="n",
        add_task_init_call=False,
        force_single_script_file=True,
        detect_repository=False,
    )
    assert [t.name for t in Task.get_tasks(project_name="p")] == ["n"]
    assert made.get_status() == "created"


def test_a_clone_of_a_parent(task: Task) -> None:
    first = Task.create("p", "first")
    clone = Task.clone(source_task=task, name="c", comment="why", parent=first.id, project="q")
    assert (clone.parent, clone.project, clone.comment) == (first.id, "q", "why")


def test_names_of_the_start(home: Path) -> None:
    task = Task.init(project_name="a/b", task_name="named", auto_connect_streams=False)
    assert (task.get_project_name(), task.name) == ("a/b", "named")


def test_marks_take_what_says_how_to_treat_errors(task: Task) -> None:
    task.mark_completed(ignore_errors=False, status_message="done")
    assert (contents(task)["status"], task.get_status_message()) == ("completed", "done")
    task.mark_failed(ignore_errors=False, status_reason="r", status_message="m")
    assert contents(task)["status"] == "failed"
    task.completed(ignore_errors=False)
    assert contents(task)["status"] == "completed"
    task.stopped(ignore_errors=False, force=True)
    assert contents(task)["status"] == "stopped"


def test_force_moves_a_published_task(task: Task) -> None:
    forced: list[tuple[Callable[[bool], None], str]] = [
        (lambda force: task.mark_completed(force=force), "completed"),
        (lambda force: task.mark_stopped(force=force), "stopped"),
        (lambda force: task.mark_failed(force=force), "failed"),
        (lambda force: task.mark_started(force=force), "in_progress"),
    ]
    for mark, status in forced:
        task.mark_completed(force=True)
        assert task.publish()
        mark(False)
        assert contents(task)["status"] == "published"
        mark(True)
        assert contents(task)["status"] == status


def test_publishing_on_completion_is_taken_back(task: Task) -> None:
    task.publish_on_completion(enable=True)
    task.publish_on_completion(enable=False)
    task.close()
    assert contents(task)["status"] == "completed"


def test_waiting_for_a_status_raises_at_another(task: Task) -> None:
    threading.Timer(0.1, task.mark_failed, kwargs={"status_reason": "because"}).start()
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="because"):
        task.wait_for_status(
            status=["completed"], raise_on_status=["failed"], check_interval_sec=0.01
        )
    assert time.monotonic() - began < 20
    task.wait_for_status(status=["failed"], raise_on_status=None)


def test_parameters_are_named_typed_and_defaulted(task: Task) -> None:
    task.set_parameters({"given": 1}, named=2)  # in the place of all others
    task.connect({"lr": 0.5}, name="model", ignore_remote_overrides=True)
    task.connect_configuration({"a": 1}, name="net", ignore_remote_overrides=True)
    assert task.connect_label_enumeration({"cat": 0}, ignore_remote_overrides=True) == {"cat": 0}
    assert task.get_parameters(backwards_compatibility=False)["model/lr"] == "0.5"
    assert task.get_parameters(cast=True)["model/lr"] == 0.5
    assert task.get_parameter("nowhere/x", default=3, cast=True) == 3
    told = task.get_parameters(cast=True)
    assert [told[name] for name in told if "given" in name or "named" in name] == [1, 2]
    assert task.get_configuration_object_as_dict("net") == {"a": 1}
    assert task.get_labels_enumeration() == {"cat": 0}


def test_tasks_are_found_by_what_is_asked(home: Path) -> None:
    made = [Task.create("p/q", name) for name in ("one", "two")]
    made[0].add_tags(["red"])
    made[1].set_archived(True)
    assert Task.query_tasks(project_name="p/q", task_name="one", tags=["red"]) == [made[0].id]
    assert Task.query_tasks(task_filter={"status": ["failed"]}) == []
    assert set(Task.query_tasks(project_name="p/q")) >= {made[0].id}
    assert Task.get_task(project_name="p/q", task_name="one", tags=["red"]).id == made[0].id
    with pytest.raises(ValueError, match="no task"):
        Task.get_task(project_name="p/q", task_name="two", allow_archived=False)
    found = Task.get_task(project_name="p/q", task_filter={"status": ["created"]})
    assert found.id in {task.id for task in made}
    with pytest.raises(ValueError, match="no task"):
        Task.get_task(project_name="p/q", task_filter={"status": ["failed"]})
    assert Task.get_project_id(project_name="p/q", search_hidden=False) == "p/q"


def test_a_task_is_moved_by_id_and_by_name(task: Task) -> None:
    task.move_to_project(new_project_id="a", system_tags=["hidden"])
    assert contents(task)["project"] == "a"
    task.move_to_project(new_project_name="b")
    assert contents(task)["project"] == "b"
    task.set_project(project_name="c")
    assert contents(task)["project"] == "c"
    task.set_project(project_id="d")
    assert contents(task)["project"] == "d"


def test_the_address_of_a_page_is_that_of_the_task_alone(task: Task) -> None:
    address = Task.get_task_output_log_web_page(
        task_id=task.id, project_id="p", app_server_host="https://charts.example/"
    )
    assert address == f"https://charts.example/task/{task.id}"
    assert task.get_output_destination(extra_path="x", any_option=1).endswith("/x")


def test_artifacts_are_deleted_from_the_list_alone(task: Task, tmp_path: Path) -> None:
    task.upload_artifact("a", {"x": 1}, retries=3)
    assert task.artifacts["a"].get() == {"x": 1}
    assert task.delete_artifacts(["a"], raise_on_errors=True, delete_from_storage=False)
    assert "a" not in task.artifacts


def test_a_registered_table_drops_rows_that_are_the_same(task: Task) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"key": [1, 1, 2], "value": [1, 2, 3]})
    task.register_artifact("table", frame, metadata={"a": "b"}, uniqueness_columns=["key"])
    task.flush()
    assert task.artifacts["table"].get()["value"].tolist() == [2, 3]


def test_a_finished_task_is_deleted_whatever_else_is_asked(task: Task) -> None:
    task.close()
    deleted = task.delete(
        delete_artifacts_and_models=False,
        skip_models_used_by_other_tasks=False,
        raise_on_error=True,
    )
    assert deleted
    assert Task.get_tasks() == []


BUCKETS: list[tuple[Call, str]] = [
    (
        lambda task: task.setup_aws_upload(
            bucket="b",
            subdir="sub",
            host="localhost:1",
            multipart=False,
            secure=False,
            verify=False,
        ),
        "s3://localhost:1/b/sub",
    ),
    (
        lambda task: task.setup_upload(
            bucket_name="b", host="localhost:1", multipart=False, https=False, verify=False
        ),
        "s3://localhost:1/b",
    ),
]
PAIR: dict[str, Any] = {"key": "AK", "secret": "hush-hush"}
AWAY: dict[str, Any] = {"host": "localhost:1", "secure": False}
# Each is refused by the check that is made with what was given.
CREDENTIALS: list[tuple[str, Call]] = [
    ("need both", lambda task: task.setup_aws_upload("b", key="hush-hush")),
    ("need both", lambda task: task.setup_aws_upload("b", secret="hush-hush")),
    ("localhost:1", lambda task: task.setup_aws_upload("b", token="hush-hush", **PAIR, **AWAY)),
    ("localhost:1", lambda task: task.setup_aws_upload("b", region="here", **PAIR, **AWAY)),
    ("no AWS profile 'mine'", lambda task: task.setup_aws_upload("b", profile="mine")),
    ("need both", lambda task: task.setup_upload("b", access_key="hush-hush")),
    ("need both", lambda task: task.setup_upload("b", secret_key="hush-hush")),
    (
        "localhost:1",
        lambda task: task.setup_upload(
            "b", "localhost:1", "AK", "hush-hush", region="here", https=False
        ),
    ),
    (
        "/no/such/file",
        lambda task: task.setup_gcp_upload(
            "b",
            subdir="s",
            project="p",
            credentials_json="/no/such/file",
            pool_connections=1,
            pool_maxsize=1,
        ),
    ),
    ("Invalid Access Key", lambda task: task.setup_azure_upload("a", "hush-hush!", "c")),
    (
        "names no bucket",
        lambda task: task.setup_azure_upload("a", use_default_credential=True),
    ),
]


@pytest.mark.parametrize(("call", "place"), BUCKETS)
def test_a_bucket_that_does_not_answer_is_refused_by_its_whole_name(
    task: Task, call: Call, place: str
) -> None:
    with pytest.raises((ValueError, OSError), match=place):
        call(task)
    assert task.output_uri == ""


@pytest.mark.parametrize(("reason", "call"), CREDENTIALS)
def test_credentials_in_code_are_tried_and_not_shown(task: Task, reason: str, call: Call) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        call(task)
    assert "hush" not in str(refused.value)
    assert task.output_uri == ""


def test_how_often_an_infinite_value_is_told(task: Task, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "stripchart")
    Logger.set_reporting_inf_value(value=3.0, warn_period=2)
    for i in range(5):
        task.logger.report_scalar("t", "s", float("inf"), i)
    assert sum("Inf value" in record.getMessage() for record in caplog.records) == 3
    assert task.read_scalars("t", "s").value.tolist() == [3.0] * 5
