// The statuses of a task: how each is called and coloured.

export const STATUSES = [
  "in_progress",
  "completed",
  "failed",
  "stopped",
  "created",
  "queued",
  "published",
  "publishing",
  "closed",
  "unknown",
] as const;

const NAMES: Record<string, string> = { in_progress: "running" };

const COLOURS: Record<string, string> = {
  in_progress: "--live",
  completed: "--good",
  published: "--good",
  publishing: "--good",
  failed: "--bad",
  stopped: "--warn",
};

export function statusName(status: string): string {
  return NAMES[status] ?? status;
}

/** Why a task ended, in words where the recorder has the name of a signal: `SIGKILL` is `killed (SIGKILL)`. */
export function reasonName(reason: string): string {
  return reason.replace(/^SIG[A-Z0-9+-]+/, (signal) => `killed (${signal})`);
}

/** The CSS variable of a status' colour. */
export function statusColour(status: string): string {
  return COLOURS[status] ?? "--quiet";
}
