// What stands where content is missing: nothing yet, nothing found, or something wrong.

import type { ReactNode } from "react";

import { ApiError } from "../api/client";

interface EmptyProps {
  title: string;
  /** It is the whole page: no heading stands above. */
  whole?: boolean;
  children?: ReactNode;
}

export function Empty({ title, whole = false, children }: EmptyProps) {
  const Heading = whole ? "h1" : "h2";
  return (
    <div className="empty">
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

/** The two lines that make a first task. */
export function FirstSteps() {
  return (
    <>
      <p>Two lines at the top of a training script record what it reports:</p>
      <pre className="snippet mono">
        {"from stripchart import Task\n\ntask = Task.init(project_name=\"examples\", task_name=\"first\")"}
      </pre>
      <p>Run it; the task appears here by itself.</p>
    </>
  );
}

/** What went wrong, in the server's words, and a way to ask again where there is one. */
export function Problem({ error, onRetry }: { error: Error; onRetry?(): void }) {
  const code = error instanceof ApiError ? error.code : error.name;
  return (
    <div className="problem" role="alert">
      <strong>{error.message || "Something went wrong."}</strong> <span className="dim mono">{code}</span>{" "}
      {onRetry && (
        <button className="link" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Grey bars where rows will be, so that nothing jumps when they come. */
export function Skeleton({ rows = 6, height = 14 }: { rows?: number; height?: number }) {
  return (
    <div className="skeleton" aria-busy="true" aria-label="loading">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} style={{ height, width: `${88 - ((i * 37) % 45)}%` }} />
      ))}
    </div>
  );
}
