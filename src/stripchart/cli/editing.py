"""``edit``, ``delete``, ``undo`` and ``gc``."""

from __future__ import annotations

import argparse

from stripchart import settings
from stripchart.api import Client
from stripchart.cli.asking import asking, find_task
from stripchart.cli.failure import DONE, PROBLEM, WRONG_USE, Failure
from stripchart.cli.printing import printable
from stripchart.server import schema


def edit(arguments: argparse.Namespace) -> int:
    """Change what is said of tasks."""
    with asking(arguments) as client:
        wish = schema.TaskEdit(
            select=_selection(client, arguments),
            name=arguments.name,
            project=arguments.project,
            comment=arguments.comment,
            archived=_either(arguments.archive, arguments.restore),
            published=_either(arguments.publish, arguments.unpublish),
            tags_added=arguments.tag,
            tags_removed=arguments.untag,
        )
        return _told("changed", client.edit(wish))


def delete(arguments: argparse.Namespace) -> int:
    """Delete tasks."""
    with asking(arguments) as client:
        select = _selection(client, arguments)
        wish = schema.TaskDelete(select=select, force=arguments.force)
        return _told("deleted", client.delete(wish))


def undo(arguments: argparse.Namespace) -> int:
    """Take an edit or a deletion back."""
    with asking(arguments) as client:
        operation = arguments.operation
        if operation is None:
            latest = client.operations().operations[:1]
            if not latest:
                raise Failure("there is nothing to undo")
            operation = latest[0].id
        return _told("changed back", client.undo(operation))


def gc(arguments: argparse.Namespace) -> int:
    """Empty the trash."""
    from stripchart.server.trash import Trash

    emptied = Trash(settings.load(home=arguments.home)).empty(
        older_than_sec=arguments.older_than * 60
    )
    freed = f"{emptied.size_bytes / 1e6:.1f} MB"
    elsewhere = f", and {emptied.remote_files} files elsewhere" if emptied.remote_files else ""
    print(f"{_tasks(emptied.tasks)} removed for good: {freed}{elsewhere}")
    for failure in emptied.failures:
        print(printable(f"left: {failure}"))
    return PROBLEM if emptied.failures else DONE


def _either(yes: bool, no: bool) -> bool | None:
    return yes if yes or no else None


def _selection(client: Client, arguments: argparse.Namespace) -> schema.TaskSelection:
    if bool(arguments.task) == (arguments.filter is not None):
        raise Failure("name the tasks, or give a --filter", WRONG_USE)
    if arguments.task:
        ids = [find_task(client, word).id for word in arguments.task]
        return schema.TaskSelection(ids=ids, expected=arguments.expect)
    query = schema.TaskQuery(filter=arguments.filter, limit=0)
    if arguments.expect is None:
        count = client.tasks(query).total
        raise Failure(f"{_tasks(count)} found; with --expect {count} it is done", WRONG_USE)
    return schema.TaskSelection(query=query, expected=arguments.expect)


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _told(done: str, result: schema.OperationResult) -> int:
    for task in result.tasks:
        if task.code:
            print(printable(f"{task.id} {task.name}: {task.message}"))
    same = len(result.tasks) - result.changed - result.failed
    print(f"{_tasks(result.changed)} {done}" + (f", {same} were so already" if same else ""))
    if result.undo is not None:
        print(f"stripchart undo {result.undo} takes it back, within an hour")
    return PROBLEM if result.failed else DONE
