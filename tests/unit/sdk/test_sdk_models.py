"""Models of a task: said of, kept, found, connected, and seen when a library saves them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stripchart import InputModel, Logger, Model, OutputModel, Task, UsageError
from stripchart.sdk.artifacts import COPIED_BYTES
from stripchart.sdk.model import BaseModel
from stripchart.sdk.weight_files import CallbackType, ModelInfo, WeightsFileHandler


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Return a file that stands for weights."""
    path = tmp_path / "net.pt"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def recorded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have tasks recorded, so that files are taken to where they go."""
    monkeypatch.setenv("STRIPCHART_RECORDER", "1")


def _again(task: Task) -> Task:
    """Return the task as another process would find it."""
    found = Task._found(task._session.settings, task.id)
    assert found is not task
    return found


def _files(model: BaseModel) -> list[Path]:
    files = model.get_weights_package(raise_on_error=True)
    assert isinstance(files, list)
    return files


def test_update_output_model_keeps_one_model_a_name(task: Task, weights: Path) -> None:
    place = task.update_output_model(
        str(weights), comment="best", tags=["a"], iteration=7, auto_delete_file=False
    )
    assert Path(place or "").read_bytes() == b"weights"
    weights.write_bytes(b"later")
    task.update_output_model(str(weights), model_name="net", iteration=8, auto_delete_file=False)
    task.update_output_model(str(weights), name="other", auto_delete_file=False)
    [model, other] = _again(task).models["output"]
    assert (model.name, model.iteration, model.comment, model.tags) == ("net", 8, "best", ["a"])
    assert other.name == "other"
    assert Path(model.get_local_copy() or "").read_bytes() == b"later"
    assert task.output_models_id == {"net": model.id, "other": other.id}
    assert task.artifacts == {}
    assert task.update_output_model("/nowhere.pt") is None


def test_set_input_model_takes_what_the_home_has_or_a_name(task: Task, weights: Path) -> None:
    made = OutputModel(task, name="made")
    other = Task.create("p", "other")
    other.set_input_model(made.id)
    other.set_input_model(model_name="only named")
    assert other.models.input.keys() == ["made", "only named"]
    assert other.input_models_id["made"] == made.id
    assert other.models["input"]["made"].task == task.id
    assert other.models["input"]["only named"].url is None


def test_what_is_said_of_a_model_is_read_back(task: Task) -> None:
    model = OutputModel(
        task,
        config_dict={"layers": [1, 2]},
        label_enumeration={"cat": 0},
        name="net",
        tags=["a", "b"],
        comment="first",
        framework="PyTorch",
    )
    model.update_labels({"dog": 1})
    model.comment = "second"
    model.tags = [*model.tags, "c"]
    model.set_metadata("accuracy", 0.5)
    model.set_metadata("epochs", 3, v_type="int")
    read = Model(model.id)
    assert (read.name, read.framework, read.comment) == ("net", "PyTorch", "second")
    assert (read.tags, read.labels) == (["a", "b", "c"], {"dog": 1})
    assert read.config_dict == {"layers": [1, 2]} == json.loads(read.config_text)
    assert read.get_metadata("accuracy") == "0.5"
    assert read.get_metadata_casted("epochs") == 3
    assert read.get_all_metadata()["epochs"] == {"key": "epochs", "type": "int", "value": "3"}
    read.set_all_metadata({"only": {"value": True, "type": "bool"}})
    assert {k: v["value"] for k, v in model.get_all_metadata_casted().items()} == {"only": True}
    assert (model.task, model.original_task, model.project) == (task.id, task.id, "project")
    model.name = "renamed"
    assert task.models.output.keys() == ["renamed"]
    assert model.url is None
    assert model.get_local_copy() is None
    with pytest.raises(ValueError, match="no weights"):
        model.get_weights(raise_on_error=True)


def test_configuration_is_text_or_dict(task: Task) -> None:
    model = OutputModel(task, config_text="lr: 0.5")
    assert model.config_text == "lr: 0.5"
    assert model.update_design(config_dict={"lr": 1})
    assert model.config_dict == {"lr": 1}
    model.config_dict = {"lr": 2}
    model.labels = {"x": 1}
    assert (model.config_dict, model.labels) == ({"lr": 2}, {"x": 1})
    assert not model.update_design("a", {"b": 1})
    model.config_text = "no: [dict"
    assert model.config_dict == {}
    with pytest.raises(UsageError, match="not both"):
        OutputModel(task, config_text="a", config_dict={})


def test_labels_are_those_of_the_task_and_a_base_model_gives_its_own(task: Task) -> None:
    task.connect_label_enumeration({"cat": 0})
    base = OutputModel(task, config_text="x", framework="Keras")
    assert base.labels == {"cat": 0}
    made = OutputModel(task, base_model_id=base.id, framework="PyTorch")
    assert (made.config_text, made.labels, made.framework) == ("x", {"cat": 0}, "PyTorch")


def test_weights_are_kept_as_they_were_at_the_call(task: Task, weights: Path) -> None:
    task.get_logger().report_scalar("loss", "train", 1.0, 12)
    model = OutputModel(task, name="net")
    model.update_weights(str(weights), auto_delete_file=False, target_filename="best.pt")
    weights.write_bytes(b"other")
    assert Path(model.get_weights() or "").read_bytes() == b"weights"
    assert model.iteration == 12
    model.update_weights(weights, iteration=13, auto_delete_file=False, update_comment=False)
    assert (model.iteration, Path(model.get_weights() or "").read_bytes()) == (13, b"other")
    assert [file.read_bytes() for file in _files(model)] == [b"other"]


def test_wrong_weights_are_told_and_the_script_goes_on(task: Task, tmp_path: Path) -> None:
    model = OutputModel(task)
    assert model.update_weights(str(tmp_path / "nowhere")) == ""
    assert model.update_weights() == ""
    assert model.update_weights_package() == ""
    assert model.update_weights_package(weights_path=tmp_path / "nowhere") == ""
    (tmp_path / "empty").mkdir()
    assert model.update_weights_package(weights_path=tmp_path / "empty") == ""
    assert task._losses.counts()["model"] == 5
    assert model.url is None


def test_a_package_is_files_or_a_folder(task: Task, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint-5"
    (folder / "part").mkdir(parents=True)
    (folder / "a.bin").write_text("a")
    (folder / "part" / "b.bin").write_text("b")
    model = OutputModel(task, name="net")
    model.update_weights_package(weights_path=str(folder), auto_delete_file=True)
    (folder / "a.bin").write_text("changed")
    assert [file.read_text() for file in _files(model)] == ["a", "b"]
    place = Path(str(model.get_weights_package(return_path=True)))
    assert (place / "part" / "b.bin").read_text() == "b"
    model.update_weights_package([folder / "a.bin", str(folder / "part" / "b.bin")])
    assert sorted(file.name for file in _files(model)) == ["a.bin", "b.bin"]
    model.update_weights(folder)
    assert len(_files(model)) == 2
    packed = model.get_local_copy(extract_archive=False) or ""
    assert packed.endswith(".zip")
    assert folder.is_dir()


def test_weights_are_registered_where_they_lie(task: Task, weights: Path) -> None:
    model = OutputModel(task)
    assert model.update_weights(register_uri="s3://bucket/net.pt") == "s3://bucket/net.pt"
    model.update_weights(register_uri=str(weights))
    assert model.get_local_copy() == str(weights)
    weights.unlink()
    assert model.get_local_copy() is None


def test_a_model_needs_a_task(home: Path) -> None:
    with pytest.raises(UsageError, match="needs a task"):
        OutputModel()
    with pytest.raises(ValueError, match="no task of the home"):
        Model("0" * 32)
    with pytest.raises(ValueError, match="no task has a model"):
        InputModel(name="nothing")


def test_connect_names_a_model_and_refuses_another_task(task: Task) -> None:
    model = OutputModel()
    assert task.connect(model, name="mine") is model
    assert task.models.output.keys() == ["mine"]
    with pytest.raises(ValueError, match="is one of task"):
        model.connect(Task.create("p", "other"))


def test_an_input_model_is_that_of_the_task_that_made_it(task: Task, weights: Path) -> None:
    made = OutputModel(task, name="made", framework="Keras", tags=["good"])
    made.update_weights(weights, auto_delete_file=False)
    made.publish()
    other = Task.create("p", "other")
    model = InputModel(name="made", project="project", tags=["good"], only_published=True)
    other.connect(model)
    [read] = _again(other).models.input
    assert (read.id, read.framework, read.task, read.published) == (made.id, "Keras", task.id, True)
    assert Path(read.get_local_copy() or "").read_bytes() == b"weights"
    assert other.models.output == []


def test_a_model_is_imported_from_where_it_lies(task: Task, weights: Path) -> None:
    model = InputModel.import_model(
        str(weights), name="base", label_enumeration={"cat": 0}, framework="PyTorch", tags=["t"]
    )
    assert (model.name, model.labels, model.tags) == ("base", {"cat": 0}, ["t"])
    assert model.get_local_copy() == str(weights)
    model.comment = "said before"
    with pytest.raises(UsageError, match="belongs to no task"):
        model.report_scalar("a", "b", 1, 1)
    task.connect(model)
    [read] = task.models.input
    assert (read.comment, read.id, read.framework) == ("said before", model.id, "PyTorch")
    assert read.get_local_copy() == str(weights)
    assert InputModel.empty(config_dict={"a": 1}).config_dict == {"a": 1}
    assert InputModel.load_model("s3://nowhere/x") is None


def test_models_of_all_tasks_are_queried(task: Task, weights: Path) -> None:
    first = OutputModel(task, name="first", tags=["a"])
    first.set_metadata("kind", "x")
    other = Task.create("elsewhere", "other")
    second = OutputModel(other, name="second", tags=["a", "b"])
    second.publish()
    third = OutputModel(task, name="third")
    third.archive()
    ask = Model.query_models
    assert [m.name for m in ask()] == ["second", "first"]
    assert [m.name for m in ask(include_archived=True)] == ["third", "second", "first"]
    assert [m.id for m in ask(project_name="elsewhere")] == [second.id]
    assert [m.id for m in ask(model_name="irs")] == [first.id]
    assert [m.id for m in ask(tags=["a", "-b"])] == [first.id]
    assert [m.id for m in ask(only_published=True)] == [second.id]
    assert [m.id for m in ask(metadata={"kind": "x"})] == [first.id]
    assert [m.id for m in ask(max_results=1)] == [second.id]
    assert third.system_tags == ["archived"]
    third.unarchive()
    assert not third.is_archived()


def test_a_model_is_removed_with_its_weights(task: Task, weights: Path) -> None:
    model = OutputModel(task, name="net")
    model.update_weights(weights, auto_delete_file=False)
    place = Path(model.get_local_copy() or "")
    model.publish()
    assert not Model.remove(model)
    with pytest.raises(ValueError, match="published"):
        Model.remove(model.id, raise_on_errors=True)
    assert Model.remove(model, force=True)
    assert task.models.output == []
    assert not place.exists()
    task._model_saved(weights, "pytorch")
    [seen] = task.models.output
    assert Model.remove(seen)
    assert weights.exists()


def test_reports_of_a_model_bear_its_name(task: Task) -> None:
    model = OutputModel(task, name="net")
    model.report_scalar("loss", "train", 0.5, 1)
    model.report_scalar(title="loss", series="train", value=0.25, iteration=2)
    model.report_single_value("f1", 0.5)
    model.report_histogram("h", "s", [1, 2, 3], 1)
    with pytest.warns(DeprecationWarning, match="report_histogram"):
        model.report_vector("v", "s", [1, 2, 3], 1)
    model.report_table("t", "s", 1, table_plot=[["a"], [1]])
    model.report_scatter2d("2d", "s", [(1, 2)], iteration=1)
    model.report_scatter3d("3d", "s", [(1, 2, 3)], iteration=1)
    model.report_confusion_matrix("c", "s", matrix=[[1, 0], [0, 1]], iteration=1)  # type: ignore[arg-type]
    with pytest.warns(DeprecationWarning, match="confusion"):
        model.report_matrix("m", "s", [[1, 0], [0, 1]], 1)  # type: ignore[arg-type]
    model.report_surface("f", "s", [[1, 0], [0, 1]], 1)  # type: ignore[arg-type]
    line = Logger.SeriesInfo("s", [(1, 2)])
    with pytest.warns(DeprecationWarning, match="scatter2d"):
        model.report_line_plot("l", [line], "x", "y", iteration=1)
    assert task.get_reported_scalars()["net/loss"]["train"]["y"] == [0.5, 0.25]
    assert task.get_reported_single_values() == {"net/f1": 0.5}
    names = {plot["metric"] for plot in task.get_reported_plots()}
    assert names == {f"net/{name}" for name in ("h", "v", "t", "2d", "3d", "c", "m", "f", "l")}


def test_a_list_of_models_is_by_index_and_name(task: Task) -> None:
    first = Model(OutputModel(task, name="a").id)
    second = Model(OutputModel(task, name="b").id)
    models = task.get_models()
    assert set(models) == {"input", "output"}
    assert list(models["output"]) == [first, second]
    output = models.output
    assert (output[0], output[-1], output["b"]) == (first, second, second)
    assert (output.get("c"), "a" in output, first in output, len(output)) == (None, True, True, 2)
    assert (output.keys(), output.values()) == (["a", "b"], [first, second])
    assert dict(output.items()) == {"a": first, "b": second}
    assert list(output[:1]) == [first]
    assert models.input == []
    with pytest.raises(KeyError):
        output["c"]
    with pytest.raises(KeyError):
        models["inputs"]


# -- models that libraries are seen to save and load -------------------------------------------------------------


def test_a_saved_model_is_registered_where_it_lies(task: Task, weights: Path) -> None:
    task.get_logger().report_scalar("loss", "train", 1.0, 3)
    task._model_saved(weights, "pytorch")
    task._model_saved(os.path.relpath(weights), "pytorch", iteration=4)
    [model] = _again(task).models.output
    assert (model.name, model.framework, model.iteration) == ("net", "pytorch", 4)
    assert model.url == weights.as_uri()
    assert model.get_local_copy() == str(weights)
    task._model_saved(weights.parent, "keras", name="folder")
    assert task.models.output["folder"].get_local_copy() == str(weights.parent)
    assert not (task.get_offline_mode_folder() / "spool").exists()


def test_what_is_told_of_a_saved_model_stays_when_it_is_saved_again(
    task: Task, weights: Path
) -> None:
    task._model_saved(weights, "pytorch")
    task.models.output[0].name = "mine"
    task.models.output[0].tags = ["kept"]
    task._model_saved(weights, "pytorch", iteration=9)
    [model] = task.models.output
    assert (model.name, model.tags, model.iteration) == ("mine", ["kept"], 9)


def test_a_loaded_model_is_an_input_unless_it_was_saved_here(task: Task, weights: Path) -> None:
    task._model_loaded(weights, "pytorch")
    task._model_loaded(str(weights), "pytorch")
    [model] = task.models.input
    assert (model.name, model.framework, model.get_local_copy()) == ("net", "pytorch", str(weights))
    saved = weights.with_name("saved.pt")
    saved.write_bytes(b"x")
    task._model_saved(saved, "pytorch")
    task._model_loaded(saved, "pytorch")
    assert task.models.input == [model]


def test_what_is_not_there_is_told_and_does_no_harm(task: Task) -> None:
    task._model_saved("/nowhere/net.pt", "pytorch")
    task._model_loaded(b"/nowhere/net.pt", "pytorch")  # type: ignore[arg-type]
    task._model_saved("gs://bucket/net.ckpt", "tensorflow")
    assert task.models.output[0].url == "gs://bucket/net.ckpt"
    assert task._losses.counts()["model"] == 2
    task.close()
    task._model_saved("/nowhere/net.pt", "pytorch")


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("own", [True, False])
def test_with_a_destination_saved_files_are_taken_there(
    tmp_path: Path, weights: Path, own: bool
) -> None:
    uri: Any = True if own else str(tmp_path / "out")
    task = Task.init("p", "n", auto_connect_streams=False, output_uri=uri)
    folder = tmp_path / "keras"
    (folder / "variables").mkdir(parents=True)
    (folder / "variables" / "v").write_text("v")
    task._model_saved(weights, "pytorch")
    task._model_saved(folder, "keras")
    task._model_saved("/etc/hostname", "pytorch", name="gone")
    assert task.flush(wait_for_uploads=True)
    weights.write_bytes(b"as it is later")
    task._model_saved(weights, "pytorch")
    assert task.flush(wait_for_uploads=True)
    weights.unlink()
    model, packed = task.models.output["net"], task.models.output["keras"]
    root = task.get_offline_mode_folder() / "artifacts" if own else tmp_path / "out"
    copy = Path(model.get_local_copy() or "")
    assert copy.is_relative_to(root)
    assert copy.read_bytes() == b"as it is later"
    assert [file.name for file in _files(packed)] == ["v"]
    assert folder.is_dir()
    task.close()


@pytest.mark.usefixtures("recorded")
def test_a_file_that_is_being_written_is_not_taken_by_halves(tmp_path: Path) -> None:
    task = Task.init("p", "n", auto_connect_streams=False, output_uri=str(tmp_path / "out"))
    path, size = tmp_path / "net.pt", 4 << 20
    for letter in b"abcdef":
        path.write_bytes(bytes([letter]) * size)
        task._model_saved(path, "pytorch")
        time.sleep(0.05)
    assert task.flush(wait_for_uploads=True)
    kept = Path(task.models.output[0].get_local_copy() or "").read_bytes()
    assert kept == b"f" * size
    task.close()


@pytest.mark.usefixtures("recorded")
def test_the_place_that_update_weights_tells_is_where_the_file_comes_to_lie(
    tmp_path: Path, weights: Path
) -> None:
    task = Task.init("p", "n", auto_connect_streams=False)
    model = OutputModel(task, name="net")
    near = model.update_weights(weights, auto_delete_file=False)
    OutputModel.wait_for_uploads(timeout=20)
    assert Path(near).read_bytes() == b"weights"
    model.set_upload_destination(str(tmp_path / "out dir"))
    big = tmp_path / "big.pt"
    big.write_bytes(b"0" * (COPIED_BYTES + 1))
    far = model.update_weights(big, target_filename="x y.pt", async_enable=False)
    assert far.startswith((tmp_path / "out dir").as_uri())
    assert model.url == far
    assert Path(model.get_local_copy() or "").stat().st_size == COPIED_BYTES + 1
    assert not big.exists()
    task.close()


def test_a_file_that_was_written_since_is_not_deleted(home: Path, weights: Path) -> None:
    task = Task.init("p", "n", auto_connect_streams=False)
    model = OutputModel(task, name="net")
    model.update_weights(weights)
    time.sleep(0.02)
    weights.write_bytes(b"the next")  # before anybody comes to store it
    task.close()
    from stripchart.recorder.uploads import drain

    assert drain(task.get_offline_mode_folder(), task._session.settings).left == 0
    kept = Task.get_task(task.id).models.output["net"].get_local_copy()
    assert Path(kept or "").read_bytes() == weights.read_bytes() == b"the next"


@pytest.mark.usefixtures("recorded")
def test_weights_that_later_ones_took_the_place_of_leave_nothing_behind(
    tmp_path: Path, weights: Path
) -> None:
    task = Task.init("p", "n", auto_connect_streams=False)
    model = OutputModel(task, name="net")
    for epoch in range(30):
        weights.write_bytes(bytes([epoch]) * 50_000)
        model.update_weights(weights, auto_delete_file=False, iteration=epoch)
    assert task.flush(wait_for_uploads=True)
    assert Path(model.url or "").read_bytes() == bytes([29]) * 50_000
    task.close()
    spool = task.get_offline_mode_folder() / "spool"
    until = time.monotonic() + 10
    while list(spool.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list(spool.iterdir()) == []


def test_functions_around_a_save_change_what_is_recorded(task: Task, tmp_path: Path) -> None:
    seen: list[str] = []

    def before(what: CallbackType, info: ModelInfo) -> ModelInfo | None:
        seen.append(what.value)
        info.local_model_id = "slot 0"
        return None if "skip" in info.local_model_path else info

    def after(what: CallbackType, info: ModelInfo) -> ModelInfo:
        assert info.model is not None
        info.model.name = f"{info.task.id[:4]}: {info.upload_filename}"
        return info

    handles = (
        WeightsFileHandler.add_pre_callback(before),
        WeightsFileHandler.add_post_callback(after),
    )
    for name in ("a.pt", "b.pt", "skip.pt"):
        (tmp_path / name).write_text(name)
        task._model_saved(tmp_path / name, "pytorch")
    assert WeightsFileHandler.remove_pre_callback(handles[0])
    assert WeightsFileHandler.remove_post_callback(handles[1])
    assert not WeightsFileHandler.remove_post_callback(handles[1])
    [model] = task.models.output
    assert model.name == f"{task.id[:4]}: b.pt"
    assert Path(model.get_local_copy() or "").read_text() == "b.pt"
    assert seen == ["save"] * 3
    with pytest.raises(ValueError, match="can be called"):
        WeightsFileHandler.add_pre_callback(1)  # type: ignore[arg-type]


def test_destinations_of_weights(task: Task, tmp_path: Path) -> None:
    model, other = OutputModel(task, name="a"), OutputModel(task, name="b")
    assert model.upload_storage_uri == task.output_uri
    OutputModel.set_default_upload_uri(str(tmp_path / "all"))
    try:
        model.set_upload_destination(str(tmp_path / "own"))
        assert model.upload_storage_uri == (tmp_path / "own").as_uri()
        assert other.upload_storage_uri == (tmp_path / "all").as_uri()
    finally:
        OutputModel.set_default_upload_uri(None)
    assert other.upload_storage_uri == ""
    with pytest.raises(ValueError, match="unknown scheme"):
        model.set_upload_destination("ftp://x/y")


def test_a_destination_that_is_none_costs_no_weights(task: Task, weights: Path) -> None:
    model = OutputModel(task, name="net")
    assert model.update_weights(weights, upload_uri="ftp://x/y", auto_delete_file=False)
    assert Path(model.get_local_copy() or "").read_bytes() == b"weights"
    assert task._losses.counts() == {"model": 1}


def test_odd_values_are_kept_as_what_they_are(task: Task) -> None:
    model = OutputModel(task, name="\ud800 a/b:c", label_enumeration={1: np.int64(0)})  # type: ignore[dict-item]
    assert model.labels == {"1": 0}
    model.update_labels({"a": 0.5})  # type: ignore[dict-item]
    assert model.labels == {"1": 0}
    model.set_metadata("loss", np.float32(0.5))
    model.set_metadata("shape", (3, 4))
    model.set_metadata("none", None)
    assert model.get_metadata_casted("loss") == 0.5
    assert model.get_metadata_casted("shape") == (3, 4)
    assert model.get_metadata_casted("none") is None
    assert model.get_metadata("absent") is model.get_metadata_casted("absent") is None
    assert task.models.output[0].name == "\\ud800 a/b:c"
    with pytest.raises(ValueError, match="not an integer"):
        OutputModel(task, label_enumeration={"a": "b"})  # type: ignore[dict-item]


def test_models_are_found_in_the_index_too(task: Task, home: Path, weights: Path) -> None:
    made = OutputModel(task, name="made")
    task.close()
    Task.create("p", "without")
    from stripchart.ingest.ingest import Ingest
    from stripchart.sdk import searching
    from stripchart.store.open import open_catalog, open_events

    catalog, events = open_catalog(home / "catalog.sqlite"), open_events(home / "events.duckdb")
    Ingest(home, catalog, events).step()
    assert searching.with_models(task._session.settings) == [task.id]
    assert Model(made.id).name == "made"
    events.close()
    catalog.close()


def test_a_model_can_be_spoken_of_after_its_task_was_closed(task: Task, weights: Path) -> None:
    model = OutputModel(task, name="net")
    task.close()
    model.name = "later"
    model.update_weights(weights, auto_delete_file=False)
    read = Task.get_task(task.id)
    assert read.models.output.keys() == ["later"]
    assert Path(read.models.output[0].get_local_copy() or "").read_bytes() == b"weights"
    assert read.status == "completed"


def test_no_artifact_passes_for_a_model(task: Task) -> None:
    assert not task.upload_artifact(":model:output:x", {"a": 1})
    assert task.models.output == []
