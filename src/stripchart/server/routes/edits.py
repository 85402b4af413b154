"""Edit and delete tasks, and take it back."""

from __future__ import annotations

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from stripchart.server import editing
from stripchart.server.responses import ERRORS
from stripchart.server.running import Running
from stripchart.server.schema import OperationList, OperationResult, TaskDelete, TaskEdit


@post(
    "/tasks/edit",
    operation_id="edit_tasks",
    tags=["edits"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def edit_tasks(running: NamedDependency[Running], data: JSONBody[TaskEdit]) -> OperationResult:
    """Rename, tag, comment, move, archive, restore or publish tasks; each is changed whole or not at all."""
    return editing.edit(running, data)


@post(
    "/tasks/delete",
    operation_id="delete_tasks",
    tags=["edits"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def delete_tasks(running: NamedDependency[Running], data: JSONBody[TaskDelete]) -> OperationResult:
    """Delete tasks with all that they recorded; they can be brought back for an hour."""
    return editing.delete(running, data)


@post(
    "/undo/{operation_id:str}",
    operation_id="undo",
    tags=["edits"],
    status_code=200,
    responses=ERRORS,
    sync_to_thread=True,
)
def undo_operation(
    running: NamedDependency[Running], operation_id: FromPath[str]
) -> OperationResult:
    """Take an edit or a deletion back, where nobody has changed the same again since."""
    return editing.undo(running, operation_id)


@get("/operations", operation_id="list_operations", tags=["edits"], sync_to_thread=True)
def list_operations(running: NamedDependency[Running]) -> OperationList:
    """List what can still be undone, the latest first."""
    return editing.operations(running)
