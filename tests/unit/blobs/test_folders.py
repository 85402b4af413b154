"""A folder as a destination."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripchart.blobs import Destination, DestinationError, Unreachable, open_destination
from stripchart.settings import load


@pytest.fixture
def destination(tmp_path: Path) -> Destination:
    """Return a folder that is not there yet."""
    return open_destination(f"file://{tmp_path}/new/folder", load())


def _file(tmp_path: Path, content: bytes = b"content") -> Path:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path


def test_files_come_back(destination: Destination, tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        url = destination.put("a b/ü%/c#.txt", _file(tmp_path, content))
        assert destination.key_of(url) == "a b/ü%/c#.txt"
        destination.get("a b/ü%/c#.txt", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == content
    assert destination.list() == destination.list("a b") == ["a b/ü%/c#.txt"]
    destination.delete("a b/ü%/c#.txt")
    destination.delete("a b/ü%/c#.txt")
    assert destination.list() == []
    assert list((tmp_path / "new/folder").iterdir()) == []
    with pytest.raises(FileNotFoundError):
        destination.get("a b/ü%/c#.txt", tmp_path / "back")


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/etc/x", "a//b", "", ".", "a/./b", "a\0b"])
def test_no_key_leads_outside(destination: Destination, tmp_path: Path, key: str) -> None:
    with pytest.raises(DestinationError, match="is no key"):
        destination.put(key, _file(tmp_path))


def test_urls_of_elsewhere_have_no_key(destination: Destination, tmp_path: Path) -> None:
    assert destination.key_of(f"file://{tmp_path}/new/folders/x") is None
    assert destination.key_of("s3://b/x") is None


def test_check_makes_the_folder_and_leaves_nothing(
    destination: Destination, tmp_path: Path
) -> None:
    destination.check()
    assert list((tmp_path / "new/folder").iterdir()) == []


@pytest.mark.parametrize("uri", ["/dev/null/x", "/proc/x"])
def test_what_cannot_be_written_fails_with_the_reason(uri: str) -> None:
    with pytest.raises(DestinationError, match=f"cannot write in '{uri}': "):
        open_destination(uri, load()).check()


def test_a_folder_that_is_taken_away_is_unreachable(
    destination: Destination, tmp_path: Path
) -> None:
    (tmp_path / "new").write_text("in the way")
    with pytest.raises(Unreachable):
        destination.put("x", _file(tmp_path))


def test_a_missing_source_is_no_trouble_of_the_destination(
    destination: Destination, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        destination.put("x", tmp_path / "none")
    assert not (tmp_path / "new").exists()
