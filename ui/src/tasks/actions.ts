// What can be done to tasks: each is one request, says what it did, and offers to take it back.

import { ApiError, sendJson } from "../api/client";
import type { OperationResult, TaskEdit, TaskSelection } from "../api/types";
import { formatCounted } from "../state/format";
import { createStore } from "../state/store";
import { showProblem, showToast } from "../state/toasts";

/** Counts what this page did to tasks: what shows them asks again. */
export const edited = createStore(0);

const LISTED_PROBLEMS = 5;

/** `done` says what was done, in the past: `Archived`. Answers whether anything was. */
export async function editTasks(select: TaskSelection, change: Omit<TaskEdit, "select">, done: string): Promise<boolean> {
  return await tell(done, () => sendJson<OperationResult>("POST", "/tasks/edit", { select, ...change }));
}

export async function deleteTasks(select: TaskSelection, force: boolean): Promise<boolean> {
  return await tell("Deleted", () => sendJson<OperationResult>("POST", "/tasks/delete", { select, force }));
}

export async function undoOperation(operation: string): Promise<boolean> {
  return await tell("Taken back:", () => sendJson<OperationResult>("POST", `/undo/${encodeURIComponent(operation)}`));
}

async function tell(done: string, act: () => Promise<OperationResult>): Promise<boolean> {
  try {
    const result = await act();
    edited.set(edited.get() + 1);
    report(done, result);
    return result.changed > 0;
  } catch (error) {
    const moved = error instanceof ApiError && error.code === "other_count";
    showProblem(moved ? "Nothing was done: other tasks fit by now. Look again, then repeat it." : "Nothing was done.", error);
    return false;
  }
}

function report(done: string, result: OperationResult): void {
  const { undo } = result;
  const refused = result.tasks.filter(({ code }) => code !== "");
  const problems = refused.slice(0, LISTED_PROBLEMS).map(({ name, id, message }) => `${name || id.slice(0, 8)}: ${message}`);
  if (refused.length > LISTED_PROBLEMS) problems.push(`and ${refused.length - LISTED_PROBLEMS} more`);
  const text = result.changed > 0 ? `${done} ${formatCounted(result.changed, "task")}.` : "Nothing to change.";
  showToast(result.failed > 0 && result.changed === 0 ? "Nothing was done." : text, {
    problems,
    bad: result.failed > 0,
    undo: undo === null ? undefined : () => void undoOperation(undo),
  });
}
