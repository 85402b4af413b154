"""Arguments of models and of ``StorageManager``, by name, beside what the tests of each topic already drive."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripchart import InputModel, Model, OutputModel, StorageManager, Task


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Return a file that stands for weights."""
    path = tmp_path / "net.pt"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def recorded(home: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """Return a task that is recorded, so that files are taken to where they go."""
    monkeypatch.setenv("STRIPCHART_RECORDER", "1")
    return Task.init("p", "n", auto_connect_streams=False)


def test_weights_that_are_gone_raise_where_asked(task: Task, weights: Path) -> None:
    model = OutputModel(task)
    model.update_weights(register_uri=str(weights))
    assert model.get_local_copy(raise_on_error=True, force_download=True) == str(weights)
    assert model.get_weights(force_download=True, extract_archive=True) == str(weights)
    weights.unlink()
    for get in (model.get_local_copy, model.get_weights, model.get_weights_package):
        with pytest.raises(FileNotFoundError, match=r"net\.pt"):
            get(raise_on_error=True)


def test_a_package_is_unpacked_where_asked(recorded: Task, weights: Path) -> None:
    model = OutputModel(recorded, name="net")
    told = model.update_weights_package(
        weights_filenames=[weights],
        target_filename="best.zip",
        auto_delete_file=False,
        iteration=5,
        async_enable=False,
    )
    assert (Path(told).name, model.iteration) == ("best.zip", 5)
    packed = model.get_weights_package(return_path=True, force_download=True, extract_archive=False)
    assert str(packed).endswith(".zip")
    model.update_weights(str(packed), auto_delete_file=False, is_package=True)
    folder = Path(model.get_local_copy(extract_archive=True) or "")
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["net.pt"]


def test_weights_go_where_the_call_says(recorded: Task, tmp_path: Path, weights: Path) -> None:
    model, there = OutputModel(recorded, name="net"), (tmp_path / "there").as_uri()
    model.update_weights(weights, upload_uri=there, auto_delete_file=False)
    OutputModel.wait_for_uploads(timeout=20, max_num_uploads=1)
    assert (model.url or "").startswith(there)
    model.update_weights_package(
        weights_path=weights.parent / "net.pt", upload_uri=there, auto_delete_file=False
    )
    OutputModel.wait_for_uploads(timeout=20)
    assert (model.url or "").startswith(there)


def test_metadata_is_added_or_replaced(task: Task) -> None:
    model = OutputModel(task, name="net")
    model.set_metadata("a", 1)
    model.set_all_metadata({"b": {"value": 2}}, replace=False)
    assert set(model.get_all_metadata()) == {"a", "b"}
    model.set_all_metadata({"c": {"value": 3}}, replace=True)
    assert set(model.get_all_metadata()) == {"c"}


def test_a_model_is_removed_and_its_weights_stay(task: Task, weights: Path) -> None:
    model = OutputModel(task, name="net")
    model.update_weights(weights, auto_delete_file=False)
    place = Path(model.get_local_copy() or "")
    assert Model.remove(model, delete_weights_file=False)
    assert task.models.output == []
    assert place.exists()


def test_an_input_model_is_imported_with_all_that_is_said(task: Task, weights: Path) -> None:
    model = InputModel.import_model(
        str(weights),
        config_text="a = 1",
        name="base",
        project="pool",
        comment="why",
        is_package=False,
        create_as_published=True,
    )
    assert (model.config_text, model.project, model.comment) == ("a = 1", "pool", "why")
    assert model.published
    told = InputModel.import_model(str(weights), config_dict={"a": 1})
    assert told.config_dict == {"a": 1}
    empty = InputModel.empty(config_text="b = 2", label_enumeration={"cat": 0})
    assert (empty.config_text, empty.labels) == ("b = 2", {"cat": 0})


def test_an_archived_model_is_loaded_where_asked(task: Task, weights: Path) -> None:
    model = OutputModel(task, name="net")
    model.update_weights(register_uri=str(weights))
    model.archive()
    place = model.url or ""
    assert InputModel.load_model(place) is None
    loaded = InputModel.load_model(place, load_archived=True)
    assert loaded is not None
    assert loaded.name == "net"


def test_an_input_model_may_have_another_name_in_the_task(task: Task) -> None:
    made = OutputModel(task, name="made")
    other = Task.create("p", "other")
    other.set_input_model(
        model_id=made.id, update_task_design=False, update_task_labels=False, name="start"
    )
    assert other.models.input.keys() == ["start"]


def test_files_are_fetched_as_asked(home: Path, tmp_path: Path) -> None:
    root, target = (tmp_path / "store").as_uri(), tmp_path / "fetched"
    source = tmp_path / "a.txt"
    source.write_text("first")
    url = StorageManager.upload_file(source, f"{root}/a.txt", wait_for_upload=True, retries=2)
    StorageManager.upload_file(source, f"{root}/b.bin")
    fetched = StorageManager.download_file(url, target, overwrite=True, silence_errors=True)
    assert Path(fetched or "").read_text() == "first"
    source.write_text("second")
    StorageManager.upload_file(source, url)
    StorageManager.download_file(url, target, overwrite=False, skip_zero_size_check=True)
    assert (target / "a.txt").read_text() == "first"
    StorageManager.download_file(url, target, overwrite=True)
    assert (target / "a.txt").read_text() == "second"
    some = tmp_path / "some"
    StorageManager.download_folder(
        root,
        some,
        match_wildcard="*.bin",
        overwrite=True,
        skip_zero_size_check=True,
        silence_errors=True,
    )
    assert [path.name for path in some.rglob("*") if path.is_file()] == ["b.bin"]
    copy = StorageManager.get_local_copy(
        url, cache_context="other", name="named", force_download=True
    )
    assert Path(copy or "").read_text() == "second"
    assert StorageManager.set_cache_file_limit(7, cache_context="other") == 7
    told = StorageManager.get_metadata(url, return_full_path=True)
    assert told is not None
    assert told["name"] == url
