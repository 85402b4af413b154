"""Finding tasks: by name, tag, status and project, from journals alone and with an index beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stripchart import Task
from stripchart.sdk import chronicle

Names = Callable[..., list[str]]


@pytest.fixture
def some(home: Path) -> dict[str, Task]:
    """Return five finished tasks by name, the first made first."""
    made = {}
    for project, name, tags, task_type in [
        ("vision", "resnet 18", ["old"], "training"),
        ("vision/small", "resnet 50", ["good", "old"], "training"),
        ("vision", "vit", ["good"], "testing"),
        ("text", "bert", [], "training"),
        ("text", "resnet of words", ["good", "new"], "inference"),
    ]:
        task = Task.init(project, name, task_type=task_type, tags=tags, auto_connect_streams=False)
        task.connect({"lr": len(name)})
        task.close()
        made[name] = task
    return made


def names(**wanted: Any) -> list[str]:
    return sorted(task.name for task in Task.get_tasks(**wanted))


@pytest.mark.parametrize("indexed", [False, True])
def test_tasks_are_found(some: dict[str, Task], home: Path, indexed: bool) -> None:
    if indexed:
        build_index(home)
    assert len(Task.get_tasks()) == 5
    assert names(task_name="resnet") == ["resnet 18", "resnet 50", "resnet of words"]
    assert names(task_name="^resnet \\d+$") == ["resnet 18", "resnet 50"]
    assert names(project_name="vision") == ["resnet 18", "resnet 50", "vit"]
    assert names(project_name=["small", "text"], task_name="resnet") == [
        "resnet 50",
        "resnet of words",
    ]
    assert names(tags=["good"]) == ["resnet 50", "resnet of words", "vit"]
    assert names(tags=["old", "new"]) == ["resnet 18", "resnet 50", "resnet of words"]
    assert names(tags=["good", "-old"]) == ["resnet of words", "vit"]
    assert names(tags=["__$all", "good", "old"]) == ["resnet 50"]
    assert names(task_ids=[some["vit"].id, "0" * 32]) == ["vit"]
    assert names(task_filter={"type": ["testing", "inference"]}) == ["resnet of words", "vit"]
    assert names(task_filter={"status": ["failed"]}) == []
    assert names(task_filter={"search_text": "BERT".lower()}) == ["bert"]
    by_name = Task.get_tasks(task_filter={"order_by": ["-name"], "page": 1, "page_size": 2})
    assert [task.name for task in by_name] == ["resnet 50", "resnet 18"]


@pytest.mark.parametrize("indexed", [False, True])
def test_what_changed_since_is_seen(some: dict[str, Task], home: Path, indexed: bool) -> None:
    if indexed:
        build_index(home)
    changed = Task.get_task(some["bert"].id)
    changed.set_name("roberta")
    changed.set_archived(True)
    changed.add_tags("good")
    assert names(task_name="bert") == ["roberta"]
    assert names(task_name="^bert") == []
    assert "roberta" in names(tags=["good"])
    assert "roberta" not in names(allow_archived=False)
    assert names(task_filter={"system_tags": ["archived"]}) == ["roberta"]
    assert Task.get_by_name("roberta").id == changed.id
    with pytest.raises(ValueError, match="no task 'bert'"):
        Task.get_by_name("bert")


def test_the_index_is_asked_where_it_knows_every_journal(
    some: dict[str, Task], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(home)
    Task.get_task(some["vit"].id).set_comment("later")
    read: list[str] = []
    describe = chronicle.describe

    def noted(task_dir: Path) -> Any:
        read.append(task_dir.name)
        return describe(task_dir)

    monkeypatch.setattr(chronicle, "describe", noted)
    assert len(Task.query_tasks()) == 5
    assert read == [some["vit"].id]


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_an_index_that_cannot_be_read_is_passed_over(
    some: dict[str, Task], home: Path, content: bytes | None
) -> None:
    path = home / "catalog.sqlite"
    if content is None:
        with sqlite3.connect(path) as index:
            index.execute("CREATE TABLE tasks (id TEXT)")
    else:
        path.write_bytes(content)
    assert len(Task.query_tasks()) == 5


def test_queries_return_ids_or_fields(some: dict[str, Task]) -> None:
    assert Task.query_tasks(task_name="^vit$") == [some["vit"].id]
    fields = [
        "name",
        "hyperparams.General.lr",
        "status",
        "hyperparams.General.nope",
        "hyperparams.General",
    ]
    [told] = Task.query_tasks(task_name="^vit$", additional_return_fields=fields)
    assert told.pop("hyperparams.General")["lr"]["type"] == "int"
    assert told == {
        "id": some["vit"].id,
        "name": "vit",
        "hyperparams.General.lr": "3",
        "status": "completed",
        "hyperparams.General.nope": None,
    }
    with pytest.raises(ValueError, match="no field 'nope"):
        Task.query_tasks(task_name="^none$", additional_return_fields=["nope.nothing"])


def test_queries_return_what_was_reported(home: Path) -> None:
    task = Task.init("a/b", "n", auto_connect_streams=False)
    task.logger.report_scalar("t", "s", 2.5, 7)
    fields = ["last_iteration", "last_metrics.t.s.last", "project.name", "user", "last_worker"]
    [told] = Task.query_tasks(additional_return_fields=fields)
    assert told.pop("user")
    assert told.pop("last_worker")
    assert told == {
        "id": task.id,
        "last_iteration": 7,
        "last_metrics.t.s.last": 2.5,
        "project.name": "a/b",
    }


def test_projects(some: dict[str, Task]) -> None:
    assert [(p.name, p.tasks) for p in Task.get_projects()] == [
        ("text", 2),
        ("vision", 2),
        ("vision/small", 1),
    ]
    assert [p.id for p in Task.get_projects(name="vis.*/")] == ["vision/small"]
    assert Task.get_project_id("vision") == "vision"
    assert Task.get_project_id("vis") is None


@pytest.mark.parametrize(
    "wanted",
    [
        {"task_name": "("},
        {"task_filter": {"nope": 1}},
        {"task_filter": {"order_by": ["size"]}},
    ],
)
def test_wrong_wishes_fail(home: Path, wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"regular expression|does not know|cannot order"):
        Task.get_tasks(**wanted)


def test_names_are_exact_for_one_task(some: dict[str, Task]) -> None:
    assert Task.get_task(project_name="vision", task_name="vit").id == some["vit"].id
    with pytest.raises(ValueError, match="no task"):
        Task.get_task(project_name="vision", task_name="vi.")


def test_an_empty_home_has_no_tasks(home: Path) -> None:
    assert Task.get_tasks() == []
    assert Task.get_projects() == []


def build_index(home: Path) -> None:
    """Have the ingest take in what the journals hold."""
    from stripchart import settings
    from stripchart.server.reindexing import reindex_home

    assert reindex_home(settings.load()) == len(list((home / "tasks").iterdir()))
    assert (home / "catalog.sqlite").exists()
