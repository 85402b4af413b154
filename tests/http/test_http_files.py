"""Files of tasks: what is served, what is not, and that it cannot do anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from stripchart.server import fetching
from stripchart.server.guard import CONTENT_SECURITY_POLICY
from tests.http.test_http_endpoints import check_error
from tests.http.test_http_samples import reported, stored

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]

BYTES = bytes(range(256)) * 4096  # 1 MiB: several chunks
PICTURE = b"\x89PNG picture"


@pytest.fixture
def folder(home: Path, record: Start) -> Path:
    """A task's folder with files in it, and secrets around it."""
    task = record()
    task.end()
    folder = home / "tasks" / task.id
    for name, content in (
        ("media/a b#ü.png", PICTURE),
        ("media/big.bin", BYTES),
        ("media/deep/er/x.svg", b"<svg onload='alert(1)'/>"),
        ("media/empty.txt", b""),
        ("artifacts/model.html", b"<script>alert(1)</script>"),
        ("secret.txt", b"secret"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (home / "secret.txt").write_bytes(b"secret")
    return folder


def ask(client: TestClient[Any], folder: Path, path: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(f"/files/{folder.name}/{path}", headers=named)


def test_files_come_as_they_are(folder: Path, app_client: App) -> None:
    client = app_client()
    picture = ask(client, folder, "media/a%20b%23%C3%BC.png")
    assert (picture.content, picture.headers["content-type"]) == (PICTURE, "image/png")
    assert picture.headers["content-disposition"].startswith("inline")
    assert ask(client, folder, "media/empty.txt").content == b""
    big = ask(client, folder, "media/big.bin")
    assert big.content == BYTES
    assert big.headers["content-length"] == str(len(BYTES))


def test_files_cannot_do_anything(folder: Path, app_client: App) -> None:
    client = app_client()
    for path, kind in (
        ("media/deep/er/x.svg", "image/svg+xml"),
        ("artifacts/model.html", "text/html; charset=utf-8"),
        ("media/big.bin", "application/octet-stream"),
    ):
        response = ask(client, folder, path)
        policies = response.headers.get_list("content-security-policy")
        assert len(policies) == 1
        assert "sandbox;" in policies[0]
        assert "default-src 'none'" in policies[0]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
        assert response.headers["content-type"] == kind
    assert response.headers["content-disposition"].startswith("attachment")
    page = client.get("/api/v1/server").headers.get_list("content-security-policy")
    assert page == [CONTENT_SECURITY_POLICY]


def test_only_pages_that_are_samples_run_scripts(folder: Path, app_client: App) -> None:
    (folder / "media" / "page.html").write_bytes(b"<script>1</script>")
    client = app_client()
    policy = ask(client, folder, "media/page.html").headers["content-security-policy"]
    assert "sandbox allow-scripts;" in policy
    assert "default-src 'none'" in policy
    assert "allow-same-origin" not in policy
    assert "http" not in policy
    assert "'self'" not in policy.replace("frame-ancestors 'self'", "")
    for path in ("artifacts/model.html", "media/deep/er/x.svg"):
        assert "allow-scripts" not in str(ask(client, folder, path).headers)


@pytest.mark.parametrize(
    "path",
    [
        "secret.txt",
        "media",
        "media/",
        "media/none.png",
        "media/deep",
        "media//a.png",
        "journal",
        "spool/x",
        "recorder.log",
        "../../secret.txt",
        "media/../secret.txt",
        "media/../../../secret.txt",
        "media/%2e%2e/secret.txt",
        "media/..%2fsecret.txt",
        "media%2f..%2fsecret.txt",
        "media/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt",
        "media/..%5csecret.txt",
        "media/%00.png",
        "media/" + "a" * 5000,
        "/etc/passwd",
        "media//etc/passwd",
        "media/%2fetc/passwd",
        "%2fetc%2fpasswd",
    ],
)
def test_what_is_not_theirs_to_see(path: str, folder: Path, app_client: App) -> None:
    client = app_client()
    for method in ("GET", "HEAD"):
        # A path of its own, because the client would tidy up the dots of a string.
        raw = f"/files/{folder.name}/{path}".encode()
        url = client.base_url.copy_with(raw_path=raw)
        response = client.request(method, url)
        assert response.status_code in (404, 503), response.text  # 503: the page, not built
        assert response.content != b"secret"


@pytest.mark.parametrize("place", ["file", "folder", "media", "inside", "pipe"])
def test_links_and_pipes_are_not_followed(place: str, folder: Path, app_client: App) -> None:
    path = "media/x/secret.txt"
    (folder / "media" / "x").mkdir()
    if place == "file":
        (folder / path).symlink_to(folder.parents[1] / "secret.txt")
    elif place == "inside":
        (folder / path).symlink_to(folder / "media" / "empty.txt")
    elif place == "pipe":
        os.mkfifo(folder / path)
    elif place == "folder":
        (folder / "media" / "x").rmdir()
        (folder / "media" / "x").symlink_to(folder)
    else:
        (folder / "media").rename(folder / "away")
        (folder / "x").mkdir()
        (folder / "x" / "secret.txt").write_bytes(b"secret")
        (folder / "media").symlink_to(folder)
    check_error(ask(app_client(), folder, path), 404, "not_found")


def test_a_task_that_lies_elsewhere_is_served(
    folder: Path, tmp_path: Path, app_client: App
) -> None:
    """The user may have moved a task's folder to another disk and left a link."""
    client = app_client()
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    assert ask(client, folder, "media/big.bin").content == BYTES


@pytest.mark.parametrize("task", ["f" * 32, "..", "%2e%2e", "%2fetc", "tasks"])
def test_an_unknown_task_has_no_files(task: str, folder: Path, app_client: App) -> None:
    client = app_client()
    url = client.base_url.copy_with(raw_path=f"/files/{task}/media/big.bin".encode())
    assert client.get(url).status_code in (404, 503)
    assert b"secret" not in client.get(url).content


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, len(BYTES)),
        ("bytes=-7", len(BYTES) - 7, len(BYTES)),
        ("bytes=300000-600000", 300_000, 600_001),
        ("bytes=10-99999999999", 10, len(BYTES)),
        ("bytes=-99999999999", 0, len(BYTES)),
    ],
)
def test_ranges(asked: str, begin: int, end: int, folder: Path, app_client: App) -> None:
    response = ask(app_client(), folder, "media/big.bin", range=asked)
    assert (response.status_code, response.content) == (206, BYTES[begin:end])
    assert response.headers["content-length"] == str(end - begin)
    assert response.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(BYTES)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "bytes=-", "lines=1-2"])
def test_what_is_no_single_range_means_the_whole(asked: str, folder: Path, app_client: App) -> None:
    response = ask(app_client(), folder, "media/big.bin", range=asked)
    assert (response.status_code, response.content) == (200, BYTES)


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=-0"])
def test_a_range_that_is_not_there(asked: str, folder: Path, app_client: App) -> None:
    response = ask(app_client(), folder, "media/big.bin", range=asked)
    check_error(response, 416)
    assert response.headers["content-range"] == f"bytes */{len(BYTES)}"


def test_tags(folder: Path, app_client: App) -> None:
    client = app_client()
    tag = ask(client, folder, "media/big.bin").headers["etag"]
    same = ask(client, folder, "media/big.bin", if_none_match=f'"x", {tag}')
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    part = ask(client, folder, "media/big.bin", range="bytes=0-1", if_range=tag)
    assert part.status_code == 206
    head = client.head(f"/files/{folder.name}/media/big.bin")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(BYTES))
    (folder / "media" / "big.bin").write_bytes(b"other")
    assert ask(client, folder, "media/big.bin", if_none_match=tag).content == b"other"
    whole = ask(client, folder, "media/big.bin", range="bytes=0-1", if_range=tag)
    assert (whole.status_code, whole.content) == (200, b"other")


def test_files_are_for_our_own_page(folder: Path, app_client: App) -> None:
    client = app_client()
    path = "media/big.bin"
    assert ask(client, folder, path, sec_fetch_site="same-origin").status_code == 200
    check_error(ask(client, folder, path, sec_fetch_site="cross-site"), 403, "forbidden")
    check_error(ask(client, folder, path, origin="null"), 403, "forbidden")
    assert client.post(f"/files/{folder.name}/{path}").status_code in (403, 405)


def test_a_sample_that_waits_is_shown_if_it_is_encoded(
    home: Path, record: Start, app_client: App
) -> None:
    task = record()
    folder = home / "tasks" / task.id
    (folder / "spool").mkdir()
    for sample in ("encoded", "raw", "unknown"):
        (folder / "spool" / sample).write_bytes(PICTURE)
    reported(task, "encoded", extension=".png")
    reported(task, "raw", shape=[1], dtype="uint8")
    reported(task, "astray", path="spool/../secret")
    client = app_client()
    shown = ask(client, folder, "spool/encoded")
    assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/png")
    for sample in ("raw", "unknown", "astray"):
        check_error(ask(client, folder, f"spool/{sample}"), 404)


@pytest.fixture
def remote(home: Path, tmp_path: Path, record: Start) -> tuple[Path, Path]:
    """A task with samples at a destination of its own; returns its folder and the destination's."""
    task = record()
    destination = tmp_path / "bucket"
    place = destination / f"demo/run.{task.id}/metrics/t/s"
    place.mkdir(parents=True)
    (place / "x.png").write_bytes(PICTURE)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    for sample, url in (
        ("there", (place / "x.png").as_uri()),
        ("gone", (place / "gone.png").as_uri()),
        ("above", (tmp_path / "secret.txt").as_uri() + f"?{task.id}"),
        ("astray", place.as_uri() + "/../../../../../../secret.txt"),
        ("other", "file:///etc/passwd"),
        ("odd", f"ftp://{task.id}/x"),
    ):
        reported(task, sample, destination=destination.as_uri())
        stored(task, sample, url=url)
    reported(task, "own", destination="")
    stored(task, "own", url="media/x.png")
    return home / "tasks" / task.id, destination


def test_what_lies_elsewhere_is_fetched_and_kept(
    remote: tuple[Path, Path], app_client: App
) -> None:
    folder, destination = remote
    client = app_client()
    shown = ask(client, folder, "stored/there", range="bytes=1-3")
    assert (shown.status_code, shown.content) == (206, PICTURE[1:4])
    assert shown.headers["content-type"] == "image/png"
    assert "sandbox" in shown.headers["content-security-policy"]
    next(destination.rglob("x.png")).unlink()
    assert ask(client, folder, "stored/there").content == PICTURE


@pytest.mark.parametrize("sample", ["gone", "above", "other", "odd", "own", "unknown"])
def test_only_what_the_task_stored_is_fetched(
    sample: str, remote: tuple[Path, Path], app_client: App
) -> None:
    check_error(ask(app_client(), remote[0], f"stored/{sample}"), 404, "not_found")


def test_a_key_that_leaves_the_destination_is_refused(
    remote: tuple[Path, Path], app_client: App
) -> None:
    check_error(ask(app_client(), remote[0], "stored/astray"), 502, "destination")


def test_a_destination_that_is_none_is_said(home: Path, record: Start, app_client: App) -> None:
    task = record()
    reported(task, "x", destination=f"ftp://{task.id}")
    stored(task, "x", url=f"ftp://{task.id}/x.png")
    check_error(ask(app_client(), home / "tasks" / task.id, "stored/x"), 502, "destination")


def test_the_cache_is_bounded(
    remote: tuple[Path, Path], app_client: App, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_CACHED_BYTES", 3 * len(PICTURE))
    cache = home / "cache"
    cache.mkdir()
    for i in range(5):
        (cache / f"old{i}").write_bytes(PICTURE)
        os.utime(cache / f"old{i}", (i, i))
    assert ask(app_client(), remote[0], "stored/there").content == PICTURE
    assert {path.name for path in cache.iterdir()} > {"old3", "old4"}
    assert len(list(cache.iterdir())) == 3
