"""Edit, delete and undo over HTTP: what is done, what is refused, and who sees it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from stripchart import Task, records, settings
from stripchart.sdk import lookup
from stripchart.sdk.chronicle import describe
from stripchart.sdk.searching import Wanted, search
from stripchart.server import schema, trash
from stripchart.server.reindexing import reindex_home

Start = Callable[..., Any]
App = Callable[[], TestClient[Any]]


def rows(client: TestClient[Any], **query: Any) -> dict[str, schema.TaskRow]:
    answer = client.post("/api/v1/tasks/query", json=query)
    assert answer.status_code == 200, answer.text
    return {t.id: t for t in msgspec.json.decode(answer.content, type=schema.TaskPage).tasks}


def act(client: TestClient[Any], path: str, **body: Any) -> schema.OperationResult:
    answer = client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=schema.OperationResult)


def test_an_edit_is_seen_by_all_and_survives_a_reindex(
    record: Start, app_client: App, home: Path
) -> None:
    task = record(name="old")
    task.scalars("loss", "train", [3, 2, 1])
    task.end()
    client = app_client()
    before = rows(client)[task.id]
    done = act(
        client, "/tasks/edit", select={"ids": [task.id]}, name=" new\u202e ", project="/a//b/", archived=True,
        comment="# Note\n<script>", tags_added=["x", "x", "t"], tags_removed=["gone"],
    )  # fmt: skip
    assert [(t.changed, t.code) for t in done.tasks] == [(True, "")]
    row = rows(client)[task.id]
    expected = ("new\u202e", "a/b", ["t", "x"], True)
    assert (row.name, row.project, row.tags, row.archived) == expected
    # It is no sign of life, and changes neither end nor attempts.
    for field in ("started_us", "updated_us", "ended_us", "attempts", "status", "iteration"):
        assert getattr(row, field) == getattr(before, field), field
    detail = client.get(f"/api/v1/tasks/{task.id}").json()
    assert detail["comment"] == "# Note\n<script>"
    assert len(detail["attempts"]) == 1
    told = describe(home / "tasks" / task.id)
    assert (told.name, told.project, told.tags, told.archived) == expected
    client.__exit__(None, None, None)
    assert reindex_home(settings.load(home=home)) == 1
    [row] = rows(app_client()).values()
    assert (row.name, row.project, row.tags, row.archived) == expected


def test_of_each_field_the_later_word_holds(record: Start, app_client: App) -> None:
    task = record(name="script")
    ahead_us = time.time_ns() // 1000 + 3600_000_000  # the clock of the training machine is ahead
    task.writer.append(records.TaskDescribed(time_us=ahead_us, name="script", tags_added=["mine"]))
    client = app_client()
    act(client, "/tasks/edit", select={"ids": [task.id]}, name="people", tags_removed=["mine"])
    row = rows(client)[task.id]
    assert (row.name, row.tags, row.status) == ("people", ["t"], "in_progress")
    task.writer.append(records.TaskDescribed(time_us=ahead_us + 9_000_000, name="script again"))
    client.app.state.running.home.ingest.catch_up()
    assert rows(client)[task.id].name == "script again"


def test_a_running_script_hears_what_is_said_of_its_task(
    app_client: App,
) -> None:
    task = Task.init("demo", "mine", tags=["own"], auto_connect_streams=False)
    try:
        client = app_client()
        only = {"ids": [task.id]}
        act(client, "/tasks/edit", select=only, name="theirs", comment="look", tags_added=["seen"])
        assert (task.name, task.comment, task.project) == ("theirs", "look", "demo")
        assert task.get_tags() == ["own", "seen"]
        # Again, within the same tick of the file system's clock.
        moved = act(client, "/tasks/edit", select=only, project="a/b", archived=True)
        assert (task.project, task.get_project_name(), task.get_archived()) == ("a/b", "a/b", True)
        assert task.get_system_tags() == ["archived"]
        act(client, f"/undo/{moved.undo}")
        assert (task.project, task.get_archived(), task.name) == ("demo", False, "theirs")
        # The script still means its own task by the name that it gave it, and people theirs by the new one.
        assert Task.init("demo", "mine") is task
        assert Task.init("demo", "theirs") is task
        with pytest.raises(RuntimeError, match="does not match"):
            Task.init("demo", "another")
        # So does a process that it starts.
        code = "from stripchart import Task; t = Task.init('demo', 'mine'); print(t.id, t.name)"
        child = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert child.stdout.split() == [task.id, "theirs"]
        # The script's later word holds, and is not drowned by what was heard before.
        task.set_name("mine again")
        assert (task.name, task.comment) == ("mine again", "look")
        assert Task.get_task(task.id).name == "mine again"
    finally:
        task.close()


def test_an_edit_of_many_tasks_is_seen_whole_when_it_is_answered(
    record: Start, app_client: App
) -> None:
    tasks = [record(name=f"run {i}") for i in range(130)]  # more than ingest follows at a time
    for task in tasks[::2]:
        task.end()
    client = app_client()
    everything = {"ids": [task.id for task in tasks]}
    for tag in ("a", "b"):  # at once, and again while the first edit has just been taken in
        done = act(client, "/tasks/edit", select=everything, tags_added=[tag])
        assert (done.changed, done.failed) == (130, 0)
        found = rows(client, limit=200)
        assert {row.id for row in found.values() if tag in row.tags} == set(everything["ids"])
    act(client, f"/undo/{done.undo}")
    assert {tuple(row.tags) for row in rows(client, limit=200).values()} == {("t", "a")}


def test_undo_restores_what_nobody_changed_since(record: Start, app_client: App) -> None:
    first, second = record(name="one"), record(name="two")
    client = app_client()
    both = {"ids": [first.id, second.id]}
    done = act(client, "/tasks/edit", select=both, name="same", tags_added=["z"])
    act(client, "/tasks/edit", select={"ids": [second.id]}, name="other")
    undone = act(client, f"/undo/{done.undo}")
    assert [(t.id, t.code) for t in undone.tasks] == [(first.id, ""), (second.id, "changed_since")]
    found = rows(client)
    assert (found[first.id].name, found[first.id].tags) == ("one", ["t"])
    assert (found[second.id].name, found[second.id].tags) == ("other", ["t"])
    again = client.post(f"/api/v1/undo/{done.undo}")
    assert (again.status_code, again.json()["error"]["code"]) == (404, "not_found")
    act(client, f"/undo/{undone.undo}")  # undoing can be undone
    assert rows(client)[first.id].name == "same"
    listed = client.get("/api/v1/operations").json()["operations"]
    assert done.undo not in {o["id"] for o in listed}
    assert len(listed) == 2


def test_publish_leaves_the_end_where_it_was(record: Start, app_client: App, home: Path) -> None:
    task, running = record(), record()
    now_us = time.time_ns() // 1000
    task.writer.append(
        records.StatusChanged(time_us=now_us, attempt=0, status="failed", reason="r", message="m")
    )
    task.writer.close()
    client = app_client()
    before = rows(client)[task.id]
    done = act(client, "/tasks/edit", select={"ids": [task.id, running.id]}, published=True)
    assert [t.code for t in done.tasks] == ["", "running"]
    row = rows(client)[task.id]
    assert (row.status, row.ended_us) == ("published", before.ended_us)
    assert describe(home / "tasks" / task.id).status == "published"
    act(client, f"/undo/{done.undo}")
    assert rows(client)[task.id] == before


def test_a_deletion_takes_all_and_gives_it_back(record: Start, app_client: App, home: Path) -> None:
    task, running = record(), record()
    task.scalars("loss", "train", [3, 2, 1])
    task.end()
    (home / "tasks" / task.id / "media").mkdir()
    (home / "tasks" / task.id / "media" / "a.png").write_bytes(b"x")
    client = app_client()
    before = rows(client)
    done = act(client, "/tasks/delete", select={"ids": [task.id, running.id, "f" * 32, "../x"]})
    assert [t.code for t in done.tasks] == ["", "running", "not_found", "not_found"]
    assert set(rows(client)) == {running.id}
    assert not (home / "tasks" / task.id).exists()
    for path in ("", "/series", "/console"):
        gone = client.get(f"/api/v1/tasks/{task.id}{path}")
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "gone")
    assert gone.json()["error"]["detail"]["undo"] == done.undo
    assert act(client, f"/undo/{done.undo}").changed == 1
    assert rows(client) == before
    assert client.get(f"/api/v1/tasks/{task.id}/series").json()["total"] == 1
    assert (home / "tasks" / task.id / "media" / "a.png").exists()
    act(client, "/tasks/delete", select={"ids": [running.id]}, force=True)
    assert set(rows(client)) == {task.id}


def test_the_trash_is_emptied_of_what_is_old(record: Start, app_client: App, home: Path) -> None:
    elsewhere = home.parent / "bucket"
    task = record(project="p", name="n")
    folder = elsewhere / "p" / f"n.{task.id}" / "metrics"
    folder.mkdir(parents=True)
    ours, theirs = folder / "a.png", elsewhere / "keep.png"
    for file in (ours, theirs):
        file.write_bytes(b"x")
    for name, file in (("ours", ours), ("theirs", theirs)):
        reported = {"time_us": 1, "sample": name, "title": "t", "series": "s", "media": "image"}
        task.writer.append(records.SampleReported(**reported, destination=elsewhere.as_uri()))  # type: ignore[arg-type]
        stored_by_recorder(home, task.id, records.SampleStored(**reported, url=file.as_uri()))  # type: ignore[arg-type]
    task.end()
    client = app_client()
    act(client, "/tasks/delete", select={"ids": [task.id]})
    bin_ = trash.Trash(settings.load(home=home))
    assert bin_.empty().tasks == 0  # not old enough
    emptied = bin_.empty(older_than_sec=0)
    assert (emptied.tasks, emptied.remote_files, len(emptied.failures)) == (1, 1, 1)
    assert (ours.exists(), theirs.exists()) == (False, True)
    assert not (home / "trash").exists()
    assert client.get(f"/api/v1/tasks/{task.id}").json()["error"]["code"] == "not_found"


def stored_by_recorder(home: Path, task: str, record: records.Record) -> None:
    from stripchart.journal.writer import JournalWriter, new_writer_name

    name = new_writer_name()
    identity = records.WriterIdentity(
        task_id=task, writer=name, host="here", pid=1, started_us=1, role="recorder"
    )
    journal = JournalWriter(home / "tasks" / task / "journal" / name, identity)
    journal.append(record)
    journal.close()


def test_a_selection_by_query_must_find_what_was_expected(record: Start, app_client: App) -> None:
    tasks = [record(name=f"run {i}") for i in range(5)]
    client = app_client()
    query = {"filter": 'name~"run [1-3]"', "limit": 1}
    for expected, status in ((None, 400), (2, 409)):
        body = {"select": {"query": query, "expected": expected}, "archived": True}
        assert client.post("/api/v1/tasks/edit", json=body).status_code == status
    done = act(client, "/tasks/edit", select={"query": query, "expected": 3}, archived=True)
    assert done.changed == 3
    assert {t.id for t in tasks[1:4]} == set(rows(client, archived=True))
    assert {tasks[0].id, tasks[4].id} == set(rows(client, archived=False))
    assert {t.id for t in tasks[1:4]} == set(rows(client, filter="archived:yes", archived=False))
    done = act(client, "/tasks/edit", select={"ids": [t.id for t in tasks]}, archived=True)
    assert (done.changed, [t.changed for t in done.tasks].count(False)) == (2, 3)


@pytest.mark.parametrize(
    "edit",
    [
        {}, {"name": ""}, {"name": "a\nb"}, {"name": "x" * 2000}, {"project": " / "}, {"tags_added": [""]},
        {"tags_added": ["a"], "tags_removed": ["a"]}, {"comment": "x" * (2 << 20)},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_whole(
    edit: dict[str, Any], record: Start, app_client: App, home: Path
) -> None:
    task = record()
    client = app_client()
    answer = client.post("/api/v1/tasks/edit", json={"select": {"ids": [task.id]}, **edit})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    assert len(list((home / "tasks" / task.id / "journal").iterdir())) == 1


def test_a_task_that_cannot_be_written_is_told_and_the_others_go_on(
    record: Start, app_client: App, home: Path
) -> None:
    lost, good = record(), record()
    client = app_client()
    shutil.rmtree(home / "tasks" / lost.id)
    done = act(client, "/tasks/edit", select={"ids": [lost.id, good.id]}, name="n")
    assert [t.code for t in done.tasks] == ["not_written", ""]
    assert rows(client)[good.id].name == "n"


def test_an_edit_makes_no_task_the_last_one(record: Start, app_client: App, home: Path) -> None:
    old = record(name="same")
    old.end()
    new = record(name="same")
    new.end()
    act(app_client(), "/tasks/edit", select={"ids": [old.id]}, tags_added=["x"])
    loaded = settings.load(home=home)
    assert lookup.task_ids(loaded)[0] == new.id
    for indexed in (True, False):
        if not indexed:
            (home / "catalog.sqlite").unlink()
        found = search(loaded, Wanted(names=["same"], exact=True))
        assert [row.id for row in found] == [new.id, old.id]
        assert found[1].tags == ["t", "x"]


def test_edits_at_once_are_all_kept(record: Start, app_client: App) -> None:
    task = record()
    client = app_client()
    select = {"ids": [task.id]}
    threads = [
        threading.Thread(
            target=act, args=(client, "/tasks/edit"), kwargs={"select": select, "tags_added": [tag]}
        )
        for tag in "abcdef"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rows(client)[task.id].tags) == ["a", "b", "c", "d", "e", "f", "t"]


def test_every_tab_hears_of_edits_and_deletions(
    record: Start, serve: Start, wait_for: Start
) -> None:
    task = record()
    task.end()
    server = serve()
    wait_for(lambda: server.http.post("/api/v1/tasks/query", json={}).json()["total"] == 1)
    events = server.events(task.id)
    body = {"select": {"ids": [task.id]}, "name": "new"}
    assert server.http.post("/api/v1/tasks/edit", json=body).json()["changed"] == 1
    assert server.http.get(f"/api/v1/tasks/{task.id}").json()["task"]["name"] == "new"
    assert any(e["id"] == task.id and e["detail"] for e in events)
    server.http.post("/api/v1/tasks/delete", json={"select": {"ids": [task.id]}})
    assert any(e["deleted"] for e in events)
