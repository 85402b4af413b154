"""The page's files: types, caching, fallback, nothing outside the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from stripchart.server.page import find_page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html>")
    (built / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return built


def test_hashed_files_are_for_ever_and_the_index_is_fresh(folder: Path) -> None:
    script = find_page("/assets/app-1a2b.js", None, folder)
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    index = find_page("/", None, folder)
    assert index.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/projects", "/tasks/abc/scalars", "/p/a%20b/", "/x.y/"])
def test_addresses_of_the_page_give_the_index(path: str, folder: Path) -> None:
    found = find_page(path, None, folder)
    assert (found.status, found.body) == (200, b"<!doctype html>")


def test_a_known_file_is_not_sent_again(folder: Path) -> None:
    tag = find_page("/", None, folder).headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", W/{tag}'):
        again = find_page("/", known, folder)
        assert (again.status, again.body) == (304, b"")
    (folder / "index.html").write_text("<!doctype html><title>new</title>")
    assert find_page("/", tag, folder).status == 200


def test_a_missing_file_is_not_the_index(folder: Path) -> None:
    assert find_page("/assets/app-0000.js", None, folder).status == 404


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/assets/../../secret.txt", "//secret.txt", "/..\\secret.txt", "/a\0b"],
)
def test_nothing_outside_the_folder(path: str, folder: Path) -> None:
    assert b"secret" not in find_page(path, None, folder).body


def test_a_page_that_was_not_built_says_so(tmp_path: Path) -> None:
    found = find_page("/", None, tmp_path)
    assert found.status == 503
    assert b"scripts/build" in found.body
