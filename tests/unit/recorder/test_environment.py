"""Real repositories, described without prompts, secrets or side effects."""

from __future__ import annotations

import os
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from stripchart.recorder.environment import (
    DIFF_BYTES,
    describe_git,
    installed_packages,
    without_credentials,
)


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    (folder / "train.py").write_text("print(1)\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_clean_repository(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://me:secret@example.org/a/b.git")
    assert describe_git(repository) == {
        "url": "https://example.org/a/b.git",
        "branch": "trunk",
        "commit": git(repository, "rev-parse", "HEAD"),
        "dirty": False,
        "diff": "",
    }


def test_a_dirty_one_on_a_detached_head_seen_from_a_folder_within(repository: Path) -> None:
    (repository / "train.py").write_text("print('schön')\n")
    (repository / "within").mkdir()
    git(repository, "checkout", "-q", "--detach")
    described = describe_git(repository / "within")
    assert described is not None
    assert described["dirty"]
    assert described["branch"] == described["url"] == ""
    assert "+print('schön')" in described["diff"]


def test_a_large_diff_is_cut_at_a_line_end(repository: Path) -> None:
    (repository / "train.py").write_text("x = 1\n" * (DIFF_BYTES // 3))
    described = describe_git(repository)
    assert described is not None
    assert described["diff_cut"]
    assert described["diff"].endswith("\n")
    assert len(described["diff"]) <= DIFF_BYTES


def test_nothing_that_the_repository_configures_is_run(repository: Path) -> None:
    trap = repository / "trap"
    script = repository / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "diff.x.textconv"):
        git(repository, "config", name, str(script))
    (repository / ".gitattributes").write_text("*.py diff=x\n")
    (repository / "train.py").write_text("print(2)\n")
    described = describe_git(repository)
    assert described is not None
    assert described["dirty"]
    assert not trap.exists()


def test_the_index_is_left_alone(repository: Path) -> None:
    os.utime(repository / "train.py", (1, 1))  # git looks at whole seconds
    before = (repository / ".git" / "index").read_bytes()
    describe_git(repository)
    assert (repository / ".git" / "index").read_bytes() == before
    assert not (repository / ".git" / "index.lock").exists()


def test_no_repository_no_git_and_no_folder_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert describe_git(tmp_path) is None
    assert describe_git(tmp_path / "gone") is None
    monkeypatch.setenv("PATH", "")
    assert describe_git(tmp_path) is None


def test_a_repository_named_by_the_environment_is_not_taken(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert describe_git(elsewhere) is None


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://token@example.org/a.git", "https://example.org/a.git"),
        ("https://me:p@ss@example.org:8443/a?x=1#y", "https://example.org:8443/a"),
        ("ssh://git@example.org/a", "ssh://example.org/a"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("/srv/git/a.git", "/srv/git/a.git"),
        ("", ""),
    ],
)
def test_credentials_are_taken_out(url: str, clean: str) -> None:
    assert without_credentials(url) == clean


def test_packages_are_those_that_can_be_imported() -> None:
    packages = installed_packages()
    for name in ("msgspec", "psutil", "pytest"):
        assert packages[name] == metadata.version(name)
