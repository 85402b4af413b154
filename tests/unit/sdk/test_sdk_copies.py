"""Tasks made, cloned, exported, taken into another home, deleted."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task, UsageError
from stripchart.sdk.elsewhere import REFUSED, TAKEN

RunScript = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def full(home: Path) -> Task:
    """Return a finished task with everything in it."""
    task = Task.init("p", "n", tags=["t"], auto_connect_streams=False)
    for iteration in range(10):
        task.logger.report_scalar("t", "s", float(iteration), iteration)
    task.logger.report_single_value("best", 0.5)
    task.logger.report_text("a line", print_console=False)
    task.logger.report_scatter2d("plot", "s", [(0, 1), (1, 2)], iteration=3)
    task.connect({"lr": 0.1})
    task.connect_configuration({"depth": 3}, name="net")
    task.set_user_properties(owner="me")
    task.upload_artifact("data", {"a": 1})
    task.set_comment("why")
    task.close()
    return Task.get_task(task.id)


def test_a_task_that_nobody_runs(home: Path) -> None:
    task = Task.create("p", "n", "testing", argparse_args=[("lr", "0.1")])
    assert Task.current_task() is None
    assert (task.name, task.project, task.task_type, task.status) == (
        "n",
        "p",
        "testing",
        "created",
    )
    assert task.get_parameters() == {"Args/lr": "0.1"}
    task.logger.report_scalar("t", "s", 1.0, 1)
    task.mark_started()
    assert task.status == "in_progress"
    task.mark_completed()
    read = Task.get_task(task.id)
    assert read.status == "completed"
    assert read.get_reported_scalars()["t"]["s"]["y"] == [1.0]
    assert Task.init("p", "n", auto_connect_streams=False).id != task.id


def test_what_would_execute_is_refused(home: Path) -> None:
    with pytest.raises(UsageError, match="takes no repo, docker"):
        Task.create("p", "n", repo="r", docker="d")
    with pytest.raises(UsageError, match="no task"):
        Task.create("p", "n", base_task_id="0" * 32)
    assert Task.get_tasks() == []


def test_a_clone_has_the_description_and_no_results(full: Task) -> None:
    clone = Task.clone(full, name="again", comment="c", project="q")
    assert clone.id != full.id
    assert (clone.name, clone.project, clone.comment, clone.parent) == ("again", "q", "c", full.id)
    assert (clone.status, clone.get_tags()) == ("created", ["t"])
    assert clone.get_parameters(cast=True) == {"General/lr": 0.1}
    assert clone.get_configuration_object_as_dict("net") == {"depth": 3}
    assert clone.get_user_properties(value_only=True) == {"owner": "me"}
    assert clone.get_reported_scalars() == {}
    assert Task.clone(full.id).name == "Clone Of n"
    assert Task.create(base_task_id=full.id).get_parameters() == {"General/lr": "0.1"}
    with pytest.raises(UsageError, match="needs a source_task"):
        Task.clone()


def test_an_exported_task_is_made_again(full: Task) -> None:
    told = full.export_task()
    made = Task.import_task(told)
    assert made is not None
    assert made.id != full.id
    again = made.export_task()
    for name in ("name", "project", "tags", "comment", "status", "hyperparams", "configuration"):
        assert again[name] == told[name], name
    told["hyperparams"] = {"General": {"new": {"value": "1", "type": "int"}}}
    Task.import_task(told, target_task=made, update=True)
    assert set(made.get_parameters()) == {"General/lr", "General/new"}
    Task.import_task(told, target_task=made.id)
    assert set(Task.get_task(made.id).get_parameters()) == {"General/new"}
    assert Task.import_task({}) is None
    assert made.update_task({"name": "renamed"})
    assert made.name == "renamed"


@pytest.mark.parametrize(
    "told", [{"name": 3}, {"status": "flying"}, {"tags": "one"}, {"user_properties": {"a": 1}}]
)
def test_what_is_no_exported_task_is_refused(home: Path, told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no exported task"):
        Task.import_task(told)
    assert Task.get_tasks() == []


# -- archives --------------------------------------------------------------------------------------------------


def assert_full(task: Task) -> None:
    assert (task.name, task.status, task.comment) == ("n", "completed", "why")
    assert task.get_reported_scalars()["t"]["s"]["y"] == [float(i) for i in range(10)]
    assert task.get_reported_single_values() == {"best": 0.5}
    assert task.get_reported_console_output() == ["a line"]
    assert [plot["metric"] for plot in task.get_reported_plots()] == ["plot"]
    assert task.artifacts["data"].get() == {"a": 1}


def test_an_archive_is_the_whole_task_in_another_home(
    full: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = full.export_offline_session(tmp_path)
    assert path.name == f"{full.id}.zip"
    monkeypatch.setenv("STRIPCHART_HOME", str(tmp_path / "elsewhere"))
    assert Task.import_offline_session(path) == full.id
    assert_full(Task.get_task(full.id))


def test_an_archive_of_a_task_that_is_there_gets_a_new_id(full: Task, tmp_path: Path) -> None:
    path = full.export_offline_session(tmp_path / "x.zip")
    for source in (path, full.get_offline_mode_folder()):
        made = Task.import_offline_session(str(source))
        assert made not in (None, full.id)
        assert_full(Task.get_task(made))


def test_an_archive_goes_on_where_another_task_ended(full: Task, tmp_path: Path) -> None:
    path = full.export_offline_session(tmp_path / "x.zip")
    before = Task.init("p", "first", auto_connect_streams=False)
    for iteration in range(5):
        before.logger.report_scalar("t", "s", 100.0 + iteration, iteration)
    before.close()
    assert Task.import_offline_session(path, before.id, iteration_offset=5) == before.id
    task = Task.get_task(before.id)
    assert (task.name, task.status) == ("first", "completed")
    read = task.get_reported_scalars()["t"]["s"]
    assert read["x"] == list(range(15))
    assert read["y"] == [100.0 + i for i in range(5)] + [float(i) for i in range(10)]
    assert task.get_reported_single_values() == {"best": 0.5}
    assert [plot["iter"] for plot in task.get_reported_plots()] == [8]
    assert task.artifacts["data"].get() == {"a": 1}
    with pytest.raises(UsageError, match="before"):
        Task.import_offline_session(path, before.id)


@pytest.mark.parametrize(
    "members",
    [
        {"../../evil": b""},
        {"x/journal/../../../evil": b""},
        {"x/readme.txt": b""},
        {"/etc/journal/x": b""},
        {},
    ],
)
def test_an_archive_of_anything_else_is_refused(
    home: Path, tmp_path: Path, members: dict[str, bytes]
) -> None:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(UsageError):
        Task.import_offline_session(path)
    assert list((home / "tasks").iterdir()) == []
    assert not list(tmp_path.glob("**/evil"))


def test_what_is_no_archive_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    for source in (tmp_path / "text", tmp_path / "none", tmp_path):
        with pytest.raises(UsageError):
            Task.import_offline_session(source)
    with pytest.raises(UsageError, match="export_offline_session"):
        Task.import_offline_session(tmp_path / "none.zip")


# -- deleting --------------------------------------------------------------------------------------------------


def test_a_finished_task_is_deleted(full: Task, home: Path) -> None:
    asked: list[tuple[str, list[str]]] = []

    def refuse(kind: str, places: list[str]) -> bool:
        asked.append((kind, places))
        return False

    assert full.delete(callback=refuse) is False
    assert asked == [("task", [str(full.get_offline_mode_folder())])]
    assert full.delete(raise_on_error=True)
    assert list((home / "tasks").iterdir()) == []
    with pytest.raises(ValueError, match="no task"):
        Task.get_task(full.id)


@pytest.mark.parametrize("everywhere", [True, False])
def test_what_a_deleted_task_stored_elsewhere_goes_with_it_unless_it_is_kept(
    home: Path, tmp_path: Path, everywhere: bool
) -> None:
    from stripchart.recorder.uploads import drain

    there = tmp_path / "there"
    task = Task.init("p", "n", output_uri=str(there), auto_connect_streams=False)
    task.logger.set_default_upload_destination(str(there))
    task.upload_artifact("a", {"x": 1})
    task.logger.report_media("t", "s", 0, stream="text", file_extension="txt")
    task.close()
    assert drain(task.get_offline_mode_folder(), task._session.settings).left == 0
    (there / "mine.txt").write_text("not the task's")
    stored = {path for path in there.rglob("*") if path.is_file()}
    assert len(stored) == 3
    assert task.delete(delete_artifacts_and_models=everywhere, raise_on_error=True)
    left = {path for path in there.rglob("*") if path.is_file()}
    assert left == ({there / "mine.txt"} if everywhere else stored)
    assert list((home / "tasks").iterdir()) == []


def test_a_task_stays_while_its_destination_does_not_answer(home: Path, tmp_path: Path) -> None:
    from stripchart.recorder.uploads import drain

    there = tmp_path / "there"
    task = Task.init("p", "n", output_uri=str(there), auto_connect_streams=False)
    task.upload_artifact("a", {"x": 1})
    task.close()
    assert drain(task.get_offline_mode_folder(), task._session.settings).left == 0
    (stored,) = [path for path in there.rglob("*") if path.is_file()]
    stored.unlink()
    stored.mkdir()  # cannot be removed as a file
    with pytest.raises(OSError, match="there"):
        task.delete(raise_on_error=True)
    assert task.get_offline_mode_folder().is_dir()
    assert task.delete(delete_artifacts_and_models=False)


def test_a_running_task_is_not_deleted(task: Task, run_script: RunScript) -> None:
    assert task.delete() is False
    with pytest.raises(UsageError, match="running"):
        task.delete(raise_on_error=True)
    done = run_script(f"from stripchart import Task; print(Task.get_task({task.id!r}).delete())")
    assert done.stdout == "False\n"
    assert task.get_offline_mode_folder().is_dir()


def test_a_task_whose_process_is_gone_is_deleted(run_script: RunScript) -> None:
    run_script("import os; from stripchart import Task; Task.init('p', 'n'); os._exit(1)")
    [task] = Task.get_tasks()
    assert task.status == "in_progress"
    assert task.delete()


def test_a_journal_in_anothers_task_is_closed_at_exit(task: Task, run_script: RunScript) -> None:
    from stripchart.records import WriterClosed
    from stripchart.sdk import lookup

    done = run_script(f"from stripchart import Task; Task.get_task({task.id!r}).set_comment('c')")
    assert done.returncode == 0, done.stderr
    last = lookup.readers(task.get_offline_mode_folder())[-1]
    assert isinstance(list(lookup.records_of(last))[-1], WriterClosed)


# -- elsewhere -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("execute_remotely", ("queue",)),
        ("enqueue", ("task", "queue")),
        ("dequeue", ("task",)),
        ("create_function_task", (print,)),
        ("launch_multi_node", (2,)),
        ("debug_simulate_remote_task", ("id",)),
        ("reset", ()),
        ("mark_stop_request", ()),
        ("stop_request", ()),
    ],
)
def test_what_would_run_elsewhere_is_refused_by_name(
    task: Task, name: str, arguments: tuple[Any, ...]
) -> None:
    with pytest.raises(UsageError, match=f"Task.{name} .*: {REFUSED[name][:20]}"):
        getattr(task, name)(*arguments)
    assert task.status == "in_progress"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_requirements", ("torch", ">=2")),
        ("ignore_requirements", ("torch",)),
        ("force_requirements_env_freeze", (True,)),
        ("force_store_standalone_script", ()),
        ("set_base_docker", ("image",)),
        ("set_packages", (["torch"],)),
        ("set_repo", ("url", "main")),
        ("set_script", ("url", "main")),
        ("set_credentials", ("host",)),
        ("set_resource_monitor_iteration_timeout", (1.0,)),
        ("register_abort_callback", (print,)),
    ],
)
def test_what_would_prepare_that_is_taken(
    task: Task, name: str, arguments: tuple[Any, ...]
) -> None:
    before = task.export_task()
    assert getattr(task, name)(*arguments) in (None, True)
    assert {**task.export_task(), "last_update": None} == {**before, "last_update": None}
    assert name in TAKEN


def test_the_lists_are_complete() -> None:
    pages = (Path(__file__).parents[3] / "docs" / "non-features.md").read_text()
    for name in (*REFUSED, *TAKEN):
        assert hasattr(Task, name)
        assert f"`Task.{name}`" in pages, name
