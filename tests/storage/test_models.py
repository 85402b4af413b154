"""Models in buckets: taken there, taken there again, fetched anew, removed; and the same for files without a task."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripchart import Model, OutputModel, StorageManager, Task
from stripchart.blobs import open_destination
from stripchart.settings import load
from tests.storage.conftest import Emulator

pytestmark = pytest.mark.heavy


@pytest.fixture
def configured(home: Path, cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return an emulator whose credentials the home's configuration holds."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(cloud.config())
    monkeypatch.setenv("STRIPCHART_RECORDER", "1")
    return cloud


def test_weights_go_to_a_bucket_and_come_back_as_they_are_last(
    configured: Emulator, tmp_path: Path
) -> None:
    task = Task.init("project", "n", auto_connect_streams=False, output_uri=configured.uri)
    path = tmp_path / "net.pt"
    model = OutputModel(task, name="net")
    for content in (b"first", b"second"):
        path.write_bytes(content)
        told = model.update_weights(path, auto_delete_file=False, async_enable=False)
        task._model_saved(path, "pytorch")
        assert task.flush(wait_for_uploads=True)
        assert told == model.url
        assert told.endswith(f"/project/n.{task.id}/models/{model.id}/net.pt")
        path.unlink()
        for kept in task.models.output:
            assert Path(kept.get_local_copy(raise_on_error=True) or "").read_bytes() == content
    assert Model.remove(model)
    keys = open_destination(configured.uri, load()).list(f"project/n.{task.id}/models")
    assert [model.id in key for key in keys] == [False]
    task.close()


def test_files_are_stored_and_fetched(configured: Emulator, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    url = StorageManager.upload_file(tmp_path / "a.txt", f"{configured.uri}/files/a.txt")
    assert StorageManager.list(f"{configured.uri}/files") == ["a.txt"]
    assert Path(StorageManager.get_local_copy(url) or "").read_text() == "a"
    assert StorageManager.get_file_size_bytes(url) == 1
    target = StorageManager.download_folder(f"{configured.uri}/files/", tmp_path / "to")
    assert (Path(target or "") / "a.txt").read_text() == "a"
