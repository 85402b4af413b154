"""What a URI of a destination may be, and what is said of one that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripchart.blobs import DestinationError, open_destination
from stripchart.blobs.location import locate
from stripchart.settings import load


@pytest.mark.parametrize(
    ("uri", "normal", "host", "bucket", "prefix"),
    [
        ("s3://b", "s3://b", "", "b", ""),
        ("s3://b/a//c/", "s3://b/a/c", "", "b", "a/c"),
        ("S3://b/x", "s3://b/x", "", "b", "x"),
        ("s3://h:9000/b/x", "s3://h:9000/b/x", "h:9000", "b", "x"),
        ("s3://h:443/b", "s3://h:443/b", "h:443", "b", ""),
        ("gs://b/x y/ü", "gs://b/x y/ü", "", "b", "x y/ü"),
        (
            "azure://acc.blob.core.windows.net/c/x",
            "azure://acc.blob.core.windows.net/c/x",
            "acc.blob.core.windows.net",
            "c",
            "x",
        ),
    ],
)
def test_buckets(uri: str, normal: str, host: str, bucket: str, prefix: str) -> None:
    location = locate(uri)
    assert location.uri == normal
    assert (location.host, location.bucket, location.prefix) == (host, bucket, prefix)


@pytest.mark.parametrize(
    ("uri", "normal", "prefix"),
    [
        ("http://H:8265", "http://h:8265/files", ""),
        ("http://h:8265/files/", "http://h:8265/files", ""),
        ("https://h/files/a//b c", "https://h/files/a/b c", "a/b c"),
        ("http://[::1]:8265/files/uploads/a", "http://[::1]:8265/files/a", "a"),
    ],
)
def test_servers(uri: str, normal: str, prefix: str) -> None:
    location = locate(uri)
    assert (location.uri, location.prefix) == (normal, prefix)


@pytest.mark.parametrize("uri", ["{}", "file://{}", "file://localhost{}"])
def test_folders(uri: str, tmp_path: Path) -> None:
    assert locate(uri.format(tmp_path)).folder == tmp_path


def test_a_relative_folder_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert locate("a/b").folder == tmp_path / "a" / "b"
    assert locate("file:///a%20b").folder == Path("/a b")


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("", "an upload destination is"),
        ("a\0b", "an upload destination is"),
        ("foo://x", "unknown scheme 'foo'"),
        ("file://folder/x", "three slashes"),
        ("s3://", "names no bucket"),
        ("s3://h:9000", "names no bucket"),
        ("s3://h:port/b", "is no URI"),
        ("gs:///x", "names no bucket"),
        ("azure://acc.blob.core.windows.net", "<account>.blob.core.windows.net/<container>"),
        ("s3://b/../x", "no meaning"),
        ("s3://b/x?versionId=3", "no meaning"),
        ("https://example.org/other", "is written https://host:port/files"),
        ("http://", "is written http://host:port/files"),
        ("http://me:hush@h/files", "must not hold credentials"),
        ("http://h/files?x=1", "have no meaning"),
        ("http://h/files/../x", "have no meaning"),
    ],
)
def test_wrong_ones_fail_with_the_reason(uri: str, reason: str) -> None:
    with pytest.raises(DestinationError, match=reason):
        locate(uri)


@pytest.mark.parametrize(
    "uri", ["s3://KEY:hunter2@bucket/x", "foo://user:hunter2@x", "https://u:hunter2@x/?sig=hunter2"]
)
def test_a_password_in_a_uri_is_refused_and_not_shown(uri: str) -> None:
    with pytest.raises(DestinationError) as caught:
        open_destination(uri, load())
    assert "hunter2" not in str(caught.value)


def test_without_the_client_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "obstore", None)
    with pytest.raises(DestinationError, match=r"pip install 'stripchart\[cloud\]'"):
        open_destination("s3://bucket", load())
