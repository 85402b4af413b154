"""The contract of a destination, on every kind of bucket."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stripchart import Task
from stripchart.blobs import Destination, DestinationError, open_destination
from stripchart.settings import load
from tests.storage.conftest import SECRET, Emulator, free_port

pytestmark = pytest.mark.heavy

KEY = "project ü%2F/name.id/metrics/a.slash.b0x3ac/s #1/title_00000003.png"


@pytest.fixture
def destination(cloud: Emulator) -> Destination:
    """Return an empty prefix of a bucket."""
    return open_destination(cloud.uri, load(storage=cloud.storage))


def test_files_come_back(destination: Destination, tmp_path: Path) -> None:
    source, back = tmp_path / "source", tmp_path / "back"
    # The GCS emulator knows no uploads in parts, and falls over an empty one.
    sizes = (1000, 4 << 20) if destination.uri.startswith("gs") else (0, 1000, 20 << 20)
    for size in sizes:
        source.write_bytes(os.urandom(size))
        url = destination.put(KEY, source)
        assert url == f"{destination.uri}/{KEY}"
        assert destination.key_of(url) == KEY
        destination.get(KEY, back)
        assert back.read_bytes() == source.read_bytes()
    assert destination.list() == destination.list("project ü%2F") == [KEY]
    destination.delete(KEY)
    destination.delete(KEY)
    assert destination.list() == []
    with pytest.raises(FileNotFoundError):
        destination.get(KEY, back)


def test_a_destination_is_tried_when_it_is_set(
    cloud: Emulator, home: Path, destination: Destination
) -> None:
    home.mkdir()
    (home / "config.toml").write_text(cloud.config())
    task = Task.init("project", "name", auto_connect_streams=False)
    try:
        logger = task.get_logger()
        assert logger.set_default_upload_destination(cloud.uri) is True
        assert logger.get_default_upload_destination() == cloud.uri
        assert destination.list() == []  # the test file is gone
        wrong = cloud.uri.replace("/bucket", "/nosuchbucket").replace("/container", "/nosuch")
        with pytest.raises(DestinationError, match="cannot write to"):
            logger.set_default_upload_destination(wrong)
        assert logger.get_default_upload_destination() == cloud.uri
    finally:
        task.close()


def test_a_dead_host_fails_soon_and_with_its_name() -> None:
    storage = {"s3": {"key": "AK", "secret": SECRET, "secure": False}}
    uri = f"s3://127.0.0.1:{free_port()}/bucket"
    with pytest.raises(DestinationError, match=f"cannot write to {uri}: "):
        open_destination(uri, load(storage=storage)).check()


def test_a_wrong_key_fails_with_the_reason(azure: Emulator) -> None:
    table = azure.storage["azure"] | {
        "account_key": "AAAA" + azure.storage["azure"]["account_key"][4:]
    }
    with pytest.raises(DestinationError, match="AuthorizationFailure") as caught:
        open_destination(azure.uri, load(storage={"azure": table})).check()
    assert table["account_key"] not in str(caught.value)
