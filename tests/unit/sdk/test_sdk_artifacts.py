"""Artifacts: every kind comes back as it was given, without a recorder, and what is wrong is told."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task
from stripchart.sdk.artifacts import COPIED_BYTES


class Thing:
    """Stand for an object of the script's own."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and other.value == self.value

    def __hash__(self) -> int:
        return self.value


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"b": 1, "a": [1.5, None, "x"]}, "JSON"),
        ({}, "JSON"),
        ([1, {"a": 2}], "JSON"),
        ("two\nlines", "string"),
        ("", "string"),
        ((1, 2), "pickle"),
        ([(1, 2)], "pickle"),
        ({"s": {1, 2}}, "pickle"),
        (b"\x00\xff", "pickle"),
        (Thing(3), "pickle"),
        (None, "pickle"),
    ],
)
def test_plain_objects_come_back(task: Task, given: Any, kind: str) -> None:
    assert task.upload_artifact("thing", given)
    read = Task.get_task(task.id).artifacts["thing"]
    assert read.type == kind
    assert read.get() == given


def test_arrays_come_back(task: Task) -> None:
    import numpy as np

    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    task.upload_artifact("a", array)
    array[:] = 0  # the caller may go on with it
    task.upload_artifact("objects", np.array([{"a": 1}, None], dtype=object))
    task.upload_artifact("text", np.eye(2), extension_name=".csv.gz")
    read = task.artifacts
    assert np.array_equal(read["a"].get(), np.arange(12, dtype=np.float32).reshape(3, 4))
    assert read["a"].get().dtype == np.float32
    assert read["objects"].get()[0] == {"a": 1}
    assert np.array_equal(read["text"].get(), np.eye(2))
    assert "(3, 4)" in read["a"].preview


@pytest.mark.parametrize("extension", [None, ".csv", "parquet", ".feather", ".pickle"])
def test_tables_come_back(task: Task, extension: str | None) -> None:
    pandas = pytest.importorskip("pandas")
    if extension in ("parquet", ".feather"):
        pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"x": [1, 2, 3], "y": [0.5, None, 2.0], "z": ["a", "b", "c"]})
    assert task.upload_artifact("table", frame, extension_name=extension)
    read = task.artifacts["table"]
    pandas.testing.assert_frame_equal(read.get(), frame)
    assert read.type == "pandas"
    assert "3 rows" in read.preview


def test_a_table_with_levels_keeps_them(task: Task) -> None:
    pandas = pytest.importorskip("pandas")
    index = pandas.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["k", "n"])
    frame = pandas.DataFrame({"x": [1, 2]}, index=index)
    task.upload_artifact("table", frame)
    pandas.testing.assert_frame_equal(task.artifacts["table"].get(), frame)


def test_images_come_back(task: Task) -> None:
    from PIL import Image

    image = Image.new("RGBA", (7, 5), (1, 2, 3, 4))
    task.upload_artifact("image", image)
    read = task.artifacts["image"].get()
    assert (read.mode, read.size, read.tobytes()) == ("RGBA", (7, 5), image.tobytes())


def test_a_file_is_kept_as_it_is_at_the_call(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "model.tar.bin"
    path.write_bytes(b"first")
    task.upload_artifact("model", path)
    path.write_bytes(b"second, longer")
    read = task.artifacts["model"]
    local = read.get()
    assert local.read_bytes() == b"first"
    assert local.name.endswith(".tar.bin")
    assert read.size == 5
    assert read.hash == hashlib.sha256(b"first").hexdigest()


def test_a_large_file_is_not_copied(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with open(path, "wb") as file:
        file.truncate(COPIED_BYTES + 1)
    task.upload_artifact("large", str(path))
    assert task.artifacts["large"].get() == path


def test_a_file_to_be_deleted_is_handed_over(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "small.bin"
    path.write_bytes(b"x")
    task.upload_artifact("small", path, delete_after_upload=True)
    [told] = task.export_task()["artifacts"].values()
    assert (told["path"], told["delete_after_upload"]) == (str(path), True)


def test_a_folder_and_a_wildcard_come_back_unpacked(task: Task, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "inner" / "b.txt").write_text("b")
    (folder / "c.bin").write_text("c")
    task.upload_artifact("folder", str(folder))
    task.upload_artifact("some", folder / "*.txt")
    unpacked = Path(task.artifacts["folder"].get_local_copy() or "")
    assert (unpacked / "inner" / "b.txt").read_text() == "b"
    packed = task.artifacts["some"].get_local_copy(extract_archive=False)
    with zipfile.ZipFile(packed or "") as archive:
        assert archive.namelist() == ["a.txt"]
    assert "inner/b.txt - 1 bytes" in task.artifacts["folder"].preview


def test_what_is_said_of_an_artifact_is_read_back(task: Task) -> None:
    task.upload_artifact("x", {"a": 1}, metadata={"epoch": 3, "note": None}, preview="shown")
    read = task.artifacts["x"]
    assert (read.name, read.preview, read.mode, read.state) == ("x", "shown", "output", "pending")
    assert read.metadata == {"epoch": "3", "note": ""}
    assert read.timestamp.tzinfo is not None
    assert Path(read.url).is_file()


def test_own_functions_write_and_read(task: Task) -> None:
    assert task.upload_artifact(
        "x", Thing(5), serialization_function=lambda t: str(t.value).encode(), extension_name="num"
    )
    assert task.artifacts["x"].get(deserialization_function=lambda b: Thing(int(b))) == Thing(5)


def test_yaml_on_request(task: Task) -> None:
    pytest.importorskip("yaml")
    task.upload_artifact("x", {"b": 1, "a": [1]}, extension_name=".yaml", sort_keys=False)
    read = task.artifacts["x"]
    assert read.get() == {"b": 1, "a": [1]}
    assert read.preview.startswith("b:")


def test_a_later_one_takes_the_name_over(task: Task) -> None:
    task.upload_artifact("x", {"a": 1})
    task.upload_artifact("x", {"a": 2})
    assert task.artifacts["x"].get() == {"a": 2}
    assert len(task.artifacts) == 1


@pytest.mark.parametrize(
    ("name", "given", "options"),
    [
        ("lambda", lambda: 1, {}),
        ("missing", Path("/nowhere/at/all"), {}),
        ("plain", Thing(1), {"auto_pickle": False}),
        ("", {}, {}),
        (3, {}, {}),
        ("function", 1, {"serialization_function": lambda _: 1 / 0}),
    ],
)
def test_what_cannot_be_kept_is_told_and_leaves_nothing(
    task: Task, name: Any, given: Any, options: dict[str, Any]
) -> None:
    assert task.upload_artifact(name, given, **options) is False
    assert task._losses.counts() == {"artifact": 1}
    assert task.artifacts == {}
    spool = task.get_offline_mode_folder() / "spool"
    assert not spool.exists() or list(spool.iterdir()) == []


def test_an_unfit_extension_costs_no_artifact(task: Task, caplog: Any) -> None:
    import numpy as np
    from PIL import Image

    assert task.upload_artifact("a", np.eye(2), extension_name=".xls")
    assert task.upload_artifact("i", Image.new("L", (2, 2)), extension_name=".nope")
    assert task.artifacts["a"].get().tolist() == np.eye(2).tolist()
    assert task.artifacts["i"].get().size == (2, 2)
    assert task._losses.counts() == {"artifact-extension": 2}
    assert "kept as .npz instead" in caplog.text


def test_pickling_is_off_by_a_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPCHART_AUTO_PICKLE", "0")
    task = Task.init("p", "n", auto_connect_streams=False)
    assert not task.upload_artifact("x", Thing(1))
    assert task.upload_artifact("y", Thing(1), auto_pickle=True)


def test_waiting_ends_where_nobody_uploads(task: Task) -> None:
    assert task.upload_artifact("x", {}, wait_on_upload=True)


def test_deleted_artifacts_are_gone(task: Task) -> None:
    task.upload_artifact("x", {"a": 1})
    path = Path(task.artifacts["x"].url)
    assert task.delete_artifacts(["x"])
    assert task.artifacts == {}
    assert not path.exists()
    assert task.delete_artifacts("x", raise_on_errors=False) is False
    task.delete_artifacts("x")
    assert task._losses.counts() == {"artifact": 1}


def test_an_artifact_whose_file_is_gone_says_so(task: Task) -> None:
    task.upload_artifact("x", {"a": 1})
    read = task.artifacts["x"]
    Path(read.url).unlink()
    assert read.get_local_copy() is None
    with pytest.raises(FileNotFoundError, match="'x'"):
        read.get()


# -- watched tables --------------------------------------------------------------------------------------------


def test_a_registered_table_is_kept_again_when_it_has_changed(task: Task) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [1, 2]})
    task.register_artifact("t", frame, metadata={"m": 1})
    first = task.artifacts["t"].url
    task.flush()
    assert task.artifacts["t"].url == first
    frame.loc[2] = 2  # a row that is there already
    frame.loc[3] = 5
    task.flush()
    assert task.artifacts["t"].get()["x"].tolist() == [1, 2, 5]
    assert list(task.get_registered_artifacts()) == ["t"]
    frame.loc[4] = 7
    task.close()
    read = Task.get_task(task.id).artifacts["t"]
    assert read.get()["x"].tolist() == [1, 2, 5, 7]
    assert read.metadata == {"m": "1"}


def test_an_unregistered_table_is_left_alone(task: Task) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [1, 1]})
    task.register_artifact("t", frame, uniqueness_columns=False)
    task.unregister_artifact("t")
    frame.loc[2] = 9
    task.flush()
    assert task.artifacts["t"].get()["x"].tolist() == [1, 1]
    with pytest.raises(ValueError, match="DataFrame"):
        task.register_artifact("t", {"x": 1})


# -- destinations ----------------------------------------------------------------------------------------------


def test_a_destination_is_tested_when_it_is_set(home: Path, tmp_path: Path) -> None:
    task = Task.init("p", "n", auto_connect_streams=False, output_uri=str(tmp_path / "out"))
    assert task.output_uri == task.storage_uri == (tmp_path / "out").as_uri()
    assert (tmp_path / "out").is_dir()
    assert task.get_output_destination("x").endswith("/out/x")
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(ValueError, match="cannot write"):
        task.output_uri = str(blocker / "below")
    with pytest.raises(ValueError, match="unknown scheme"):
        task.storage_uri = "foo://x"
    task.output_uri = False
    assert task.output_uri == ""
    assert task.get_output_destination().endswith("artifacts")


def test_a_wrong_destination_fails_at_start(home: Path) -> None:
    with pytest.raises(ValueError, match="unknown scheme"):
        Task.init("p", "n", output_uri="foo://x")
    assert Task.current_task() is None


def test_true_is_the_destination_of_the_setting(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_ARTIFACT_DESTINATION", str(tmp_path / "there"))
    task = Task.init("p", "n", auto_connect_streams=False, output_uri=True)
    assert task.output_uri == (tmp_path / "there").as_uri()
    assert task.cache_dir == home / "cache"


# -- models ----------------------------------------------------------------------------------------------------


def test_the_recorder_takes_artifacts_to_their_destination(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPCHART_RECORDER", "1")
    task = Task.init("p", "n", auto_connect_streams=False, output_uri=str(tmp_path / "out"))
    assert task.upload_artifact("far", {"a": 1}, wait_on_upload=True)
    task.output_uri = False
    path = tmp_path / "x.bin"
    path.write_bytes(b"x")
    assert task.upload_artifact("near", path, wait_on_upload=True, delete_after_upload=True)
    far, near = task.artifacts["far"], task.artifacts["near"]
    assert (far.state, near.state) == ("stored", "stored")
    assert far.url.startswith((tmp_path / "out").as_uri())
    assert far.get() == {"a": 1}
    assert near.get().read_bytes() == b"x"
    assert near.get().is_relative_to(task.get_offline_mode_folder() / "artifacts")
    assert not path.exists()
    task.close()
