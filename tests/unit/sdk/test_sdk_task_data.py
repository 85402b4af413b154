"""What scripts read from ``Task.data``, and what else stands beside the reports of a task."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from stripchart import OutputModel, StorageManager, Task
from stripchart.sdk.data import Fields
from stripchart.sdk.weight_histograms import WeightsGradientHistHelper

RunScript = Callable[..., "subprocess.CompletedProcess[str]"]


def test_data_holds_what_is_known_of_a_task(task: Task) -> None:
    task.connect({"lr": 0.5, "deep": {"a": 1}})
    task.set_configuration_object("net", config_dict={"layers": 2})
    task.upload_artifact("thing", {"a": 1}, metadata={"version": 3})
    task.connect_label_enumeration({"cat": 0})
    task.add_tags(["a"])
    task.set_progress(40)
    task.get_logger().report_scalar("loss", "train", 1.0, 7)
    OutputModel(task, name="made")
    data = Task.get_task(task.id).data
    assert (data.id, data.name, data.project, data.status) == (
        task.id,
        "name",
        "project",
        "in_progress",
    )
    assert (data.tags, data.type, data.last_iteration) == (["a"], "training", 7)
    lr = data.hyperparams["General"]["lr"]
    assert (lr.section, lr.name, lr.value, lr.type) == ("General", "lr", "0.5", "float")
    assert data.hyperparams["General"]["deep/a"].value == "1"
    assert '"layers": 2' in data.configuration["net"].value
    [artifact] = data.execution.artifacts
    assert (artifact.key, artifact.display_data) == ("thing", [("version", "3")])
    assert data.execution.model_labels == {"cat": 0}
    assert [model.name for model in data.models.output] == ["made"]
    assert data.runtime == {"progress": "40"}
    assert isinstance(data.started, datetime)
    assert data.script.binary
    assert (data.completed, data.no_such_field, data.script.no_such_field) == (None, None, None)
    plain = data.to_dict()
    assert plain["hyperparams"]["General"]["lr"]["value"] == "0.5"
    assert plain["models"]["output"][0]["name"] == "made"
    assert not isinstance(plain["script"], Fields)
    assert (task.labels_stats, task.resource_monitor) == ({}, None)


def test_arguments_of_a_section_are_set_as_callbacks_of_others_do(task: Task) -> None:
    task._arguments.copy_from_dict({"lr": 0.5, "name": None}, prefix="Transformers")
    task._arguments.copy_from_dict({"bare": 1})
    assert task.get_parameters() == {
        "Transformers/lr": "0.5",
        "Transformers/name": "",
        "bare": "1",
    }
    read = task._arguments.copy_to_dict({"lr": 1.0, "other": 2}, prefix="Transformers")
    assert read == {"lr": 0.5, "other": 2}


def test_a_class_of_resource_monitors_is_taken_with_a_note(home: Path) -> None:
    class Mine:
        pass

    task = Task.init("p", "n", auto_connect_streams=False, auto_resource_monitoring=Mine)  # type: ignore[arg-type]
    assert task._losses.counts() == {"monitoring": 1}


def test_weights_become_one_histogram_a_step(task: Task) -> None:
    helper = WeightsGradientHistHelper(task.get_logger(), report_freq=2, histogram_granularity=4)
    for step in range(4):
        helper.add_histogram("weights", "fc", step, np.array([[0.0, 1.0], [4.0, np.nan]]))
    helper.add_histogram("weights", "empty", 0, np.array([np.inf]))
    helper.add_histogram("weights", "wrong", 0, "no array")
    plots = task.get_reported_plots(max_iterations=10)
    assert {(p["metric"], p["variant"], p["iter"]) for p in plots} == {
        ("weights", "fc", 0),
        ("weights", "fc", 2),
    }
    assert task._losses.counts() == {"plot": 1}


# -- offline sessions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closes", ["task.close()", "pass"])
def test_an_offline_task_is_a_zip_at_its_end(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_script: RunScript, closes: str
) -> None:
    done = run_script(
        f"""
        from stripchart import OutputModel, Task
        Task.set_offline(True)
        assert Task.is_offline()
        task = Task.init("p", "n")
        task.get_logger().report_scalar("loss", "train", 0.5, 3)
        open({str(tmp_path / "net.pt")!r}, "w").write("weights")
        OutputModel(task, name="net").update_weights({str(tmp_path / "net.pt")!r})
        print("said")
        {closes}
        """,
        STRIPCHART_RECORDER="1",
    )
    assert done.returncode == 0, done.stderr
    [path] = (home / "offline").iterdir()
    assert f"offline session stored in {path}" in done.stderr
    monkeypatch.setenv("STRIPCHART_HOME", str(tmp_path / "elsewhere"))
    task_id = Task.import_offline_session(path)
    assert task_id == path.stem
    task = Task.get_task(task_id)
    assert task.status == "completed"
    assert task.get_reported_scalars()["loss"]["train"]["y"] == [0.5]
    assert "said" in "".join(task.get_reported_console_output(10))
    kept = Path(task.models.output["net"].get_local_copy() or "")
    assert kept.is_relative_to(tmp_path / "elsewhere")
    assert kept.read_text() == "weights"


# -- StorageManager -----------------------------------------------------------------------------------------------


def test_files_are_stored_listed_and_fetched(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "sub" / "b.bin").write_text("bb")
    root = (tmp_path / "store").as_uri()
    url = StorageManager.upload_file(folder / "a.txt", f"{root}/x/renamed.txt")
    assert url == f"{root}/x/renamed.txt"
    assert StorageManager.upload_folder(folder, f"{root}/all", "*.bin") == f"{root}/all"
    assert StorageManager.upload_folder(folder, f"{root}/none", "*.nothing") is None
    assert StorageManager.list(root) == ["all/sub/b.bin", "x/renamed.txt"]
    assert StorageManager.list(f"{root}/x", return_full_path=True) == [url]
    assert StorageManager.list(f"{root}/x", with_metadata=True) == [
        {"name": "renamed.txt", "size": 1}
    ]
    assert Path(StorageManager.get_local_copy(url) or "").read_text() == "a"
    assert StorageManager.get_local_copy(tmp_path / "nowhere") is None
    assert StorageManager.exists_file(url)
    assert not StorageManager.exists_file(f"{root}/x/no")
    assert StorageManager.get_file_size_bytes(url) == 1
    assert StorageManager.get_file_size_bytes(f"{root}/no", silence_errors=True) is None
    assert StorageManager.get_metadata(url) == {"name": "renamed.txt", "size": 1}
    target = tmp_path / "fetched"
    assert StorageManager.download_file(url, target) == str(target / "renamed.txt")
    assert StorageManager.download_folder(root, target) == str(target)
    assert (target / "all" / "sub" / "b.bin").read_text() == "bb"
    assert StorageManager.download_folder(f"{root}/none", target) is None
    assert StorageManager.list("s3://") is None
    assert StorageManager.set_cache_file_limit(5) == 5


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_archives_are_unpacked(home: Path, tmp_path: Path, kind: str) -> None:
    import shutil

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a")
    packed = shutil.make_archive(str(tmp_path / "packed"), kind, tmp_path / "in")
    for _ in range(2):
        folder = StorageManager.get_local_copy(packed)
        assert (Path(folder or "") / "a.txt").read_text() == "a"
    assert StorageManager.get_local_copy(packed, extract_archive=False) == packed
