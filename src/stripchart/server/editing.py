"""Edit and delete tasks, one or many, and take it back for a while.

Each task is changed in one step or not at all, and the answer says of each what was done. What was before is kept
with the operation; undoing restores it where nobody has changed it again since. An operation can be undone once;
undoing is an operation like any other, so that it can be undone too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from stripchart.records import clean_text
from stripchart.server import finding, said, schema
from stripchart.server.errors import ApiError, BadRequestError, NotFoundError
from stripchart.server.running import Running
from stripchart.server.trash import KEPT_SEC
from stripchart.store.catalog_editing import Editable
from stripchart.store.catalog_page import new_operation_id
from stripchart.store.catalog_rows import TaskFilter

MOST_SELECTED = 100_000
LONGEST_NAME = 1000
LONGEST_TAG = 200
LONGEST_COMMENT = 1 << 20
UNDO_US = int(KEPT_SEC * 1e6)
_RUNNING = frozenset({"created", "queued", "in_progress"})

Before = dict[str, Any]


class Refused(Exception):
    """Say why one task is left as it is."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class _Done:
    """Gather what is done to tasks in one operation."""

    action: str
    operation: str = field(default_factory=new_operation_id)
    outcomes: list[schema.TaskOutcome] = field(default_factory=list)
    before: dict[str, Before] = field(default_factory=dict)
    writers: list[str] = field(default_factory=list)


def edit(running: Running, wish: schema.TaskEdit) -> schema.OperationResult:
    """Change what is said of tasks.

    Raises:
        BadRequestError: the wish makes no sense, or says nothing.
        ApiError: the query finds another number of tasks than was expected.
    """
    checked = _checked(wish)
    done = _Done("edit")

    def change(task: Editable) -> bool:
        changes = _changes(task, checked)
        return _say(running, done, task, changes)

    _each(running, done, selected(running, wish.select), change)
    return _result(running, done)


def delete(running: Running, wish: schema.TaskDelete) -> schema.OperationResult:
    """Delete tasks: they can be brought back for a while.

    Raises:
        ApiError: the query finds another number of tasks than was expected.
    """
    done = _Done("delete")

    def remove(task: Editable) -> bool:
        if task.status in _RUNNING and not wish.force:
            raise Refused("running", "the task is running; force deletes it all the same")
        running.trash.take(task.id, done.operation)
        done.before[task.id] = {"deleted": True}
        return True

    _each(running, done, selected(running, wish.select), remove)
    return _result(running, done)


def undo(running: Running, operation_id: str) -> schema.OperationResult:
    """Take an operation back.

    Raises:
        NotFoundError: there is none of this id that can still be undone.
    """
    pages = running.home.catalog.page
    operation = pages.take_operation(operation_id, _now_us() - UNDO_US)
    done = _Done("undo")
    # The trash itself knows what a deletion took: no other record of it is needed.
    if deleted := running.trash.tasks(operation_id):
        _bring_back(running, done, operation_id, deleted)
    elif operation is None or operation.action == "delete":
        raise NotFoundError(
            "there is nothing of this id that can still be undone", operation=operation_id[:100]
        )
    else:
        before = operation.before

        def restore(task: Editable) -> bool:
            return _restore(running, done, task, before[task.id])

        _each(running, done, list(before), restore)
    return _result(running, done)


def operations(running: Running) -> schema.OperationList:
    """Return what can still be undone, the latest first."""
    rows = running.home.catalog.page.operations(_now_us() - UNDO_US)
    return schema.OperationList(
        operations=[
            schema.Operation(
                id=row.id,
                action=row.action,
                time_us=row.time_us,
                undo_until_us=row.time_us + UNDO_US,
                tasks=row.tasks,
            )
            for row in rows
        ]
    )


def selected(running: Running, selection: schema.TaskSelection) -> list[str]:
    """Return the ids of a selection.

    Raises:
        BadRequestError: it is none, or too large.
        ApiError: the query finds another number of tasks than was expected.
    """
    if (selection.query is None) == (not selection.ids):
        raise BadRequestError("select tasks by ids, or by a query")
    if selection.query is None:
        ids = list(dict.fromkeys(selection.ids))
    else:
        ids = finding.ids(running.home.catalog, selection.query)
        if selection.expected is None:
            raise BadRequestError(
                "a selection by query says how many tasks it expects", found=len(ids)
            )
    if selection.expected not in (None, len(ids)):
        raise ApiError(
            HTTPStatus.CONFLICT,
            "other_count",
            f"there are {len(ids)} such tasks now, not {selection.expected}",
            expected=selection.expected,
            found=len(ids),
        )
    if len(ids) > MOST_SELECTED:
        raise BadRequestError(f"at most {MOST_SELECTED} tasks at once")
    return ids


# ---- one task after the other


def _each(
    running: Running, done: _Done, ids: Sequence[str], change: Callable[[Editable], bool]
) -> None:
    known = running.home.catalog.editable(ids)
    for task_id in ids:
        task = known.get(task_id)
        code, message, changed = "", "", False
        try:
            if task is None:
                raise Refused("not_found", "there is no such task")
            changed = change(task)
        except Refused as error:
            code, message = error.code, str(error)
        except OSError as error:
            code, message = "not_written", str(error)
        done.outcomes.append(
            schema.TaskOutcome(
                id=task_id[:100],
                name="" if task is None else task.name,
                changed=changed,
                code=code,
                message=message,
            )
        )


def _say(running: Running, done: _Done, task: Editable, changes: dict[str, Any]) -> bool:
    if not changes:
        return False
    done.writers.append(said.say(running.task_dir(task.id), task, changes))
    done.before[task.id] = _kept(task, changes)
    return True


def _kept(task: Editable, changes: dict[str, Any]) -> Before:
    """Return of what is changed how it was and how it will be."""
    kept: Before = {}
    for name, value in changes.items():
        if name in ("tags", "tags_added", "tags_removed"):
            kept["tags"] = [task.tags, _tags_after(task.tags, changes)]
        elif name == "status":
            before = [task.status, task.status_reason, task.status_message]
            kept["status"] = [before, list(value)]
        else:
            kept[name] = [getattr(task, name), value]
    return kept


def _tags_after(tags: list[str], changes: dict[str, Any]) -> list[str]:
    if "tags" in changes:
        return list(changes["tags"])
    removed, added = changes.get("tags_removed", ()), changes.get("tags_added", ())
    return [tag for tag in tags if tag not in removed] + list(added)


def _changes(task: Editable, wish: schema.TaskEdit) -> dict[str, Any]:
    """Return what differs from how the task is."""
    changes: dict[str, Any] = {
        name: value
        for name in ("name", "project", "comment", "archived")
        if (value := getattr(wish, name)) is not None and value != getattr(task, name)
    }
    if added := [tag for tag in wish.tags_added if tag not in task.tags]:
        changes["tags_added"] = added
    if removed := [tag for tag in wish.tags_removed if tag in task.tags]:
        changes["tags_removed"] = removed
    if wish.published is not None and wish.published != (task.status == "published"):
        if not task.ended:
            raise Refused("running", "only a task that has ended can be published")
        status = "published" if wish.published else "completed"
        changes["status"] = (status, task.status_reason, task.status_message)
    return changes


# ---- and back


def _restore(running: Running, done: _Done, task: Editable, before: Before) -> bool:
    changes: dict[str, Any] = {}
    since = []
    for name, (was, became) in before.items():
        if getattr(task, name) != (became[0] if name == "status" else became):
            since.append(name)
        else:
            changes[name] = was
    changed = _say(running, done, task, changes)
    if since:
        raise Refused("changed_since", f"changed again since, so left as it is: {', '.join(since)}")
    return changed


def _bring_back(running: Running, done: _Done, operation_id: str, ids: Sequence[str]) -> None:
    for task_id in ids:
        code, message = "", ""
        try:
            running.trash.give_back(task_id, operation_id)
        except FileNotFoundError:
            code, message = "gone", "the task has been removed for good"
        except OSError as error:
            code, message = "not_written", str(error)
        done.outcomes.append(
            schema.TaskOutcome(id=task_id, name="", changed=not code, code=code, message=message)
        )


def _result(running: Running, done: _Done) -> schema.OperationResult:
    """Keep the operation, have the index take it in, and answer."""
    _take_in(running, done)
    changed = sum(outcome.changed for outcome in done.outcomes)
    pages = running.home.catalog.page
    undo_until_us = None
    if done.before:
        pages.forget_operations(_now_us() - UNDO_US)
        made = pages.add_operation(
            done.action, len(done.before), done.before, operation_id=done.operation
        )
        undo_until_us = made.time_us + UNDO_US
    return schema.OperationResult(
        undo=done.operation if done.before else None,
        undo_until_us=undo_until_us,
        changed=changed,
        failed=sum(bool(outcome.code) for outcome in done.outcomes),
        tasks=done.outcomes,
    )


def _take_in(running: Running, done: _Done) -> None:
    catalog = running.home.catalog
    changed = [outcome.id for outcome in done.outcomes if outcome.changed]
    if not changed and not done.writers:
        return
    if done.writers:
        running.following.take_in(
            list(done.before), lambda: len(catalog.taken_in(done.writers)) == len(done.writers)
        )
        return
    is_here = done.action == "undo"
    wanted = TaskFilter(ids=changed, limit=len(changed))
    running.following.take_in(
        changed, lambda: len(catalog.ids(wanted)) == (len(changed) if is_here else 0)
    )


# ---- what may be said


def _checked(wish: schema.TaskEdit) -> schema.TaskEdit:
    added = [_tag(tag) for tag in wish.tags_added]
    removed = [clean_text(tag) for tag in wish.tags_removed]
    if set(added) & set(removed):
        raise BadRequestError("a tag cannot be added and removed at once")
    if wish.comment is not None and len(wish.comment) > LONGEST_COMMENT:
        raise BadRequestError(f"a comment has at most {LONGEST_COMMENT} characters")
    checked = schema.TaskEdit(
        select=wish.select,
        name=None if wish.name is None else _line("name", wish.name),
        project=None if wish.project is None else _project(wish.project),
        comment=None if wish.comment is None else clean_text(wish.comment),
        archived=wish.archived,
        published=wish.published,
        tags_added=list(dict.fromkeys(added)),
        tags_removed=list(dict.fromkeys(removed)),
    )
    if checked == schema.TaskEdit(select=wish.select):
        raise BadRequestError("the edit says nothing")
    return checked


def _line(what: str, text: str, longest: int = LONGEST_NAME) -> str:
    text = clean_text(text).strip()
    if not text or len(text) > longest or any(ord(c) < 32 for c in text):
        raise BadRequestError(f"a {what} is one line of 1 to {longest} characters")
    return text


def _tag(text: str) -> str:
    return _line("tag", text, LONGEST_TAG)


def _project(text: str) -> str:
    return "/".join(part.strip() for part in _line("project", text).split("/") if part.strip()) or (
        _line("project", "")
    )


def _now_us() -> int:
    return time.time_ns() // 1000
