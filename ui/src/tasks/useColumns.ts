import { useCallback, useEffect, useMemo, useState } from "react";

import { getJson, sendJson } from "../api/client";
import type { Layout } from "../api/types";
import { throttle } from "../state/throttle";
import { showProblem, showToast } from "../state/toasts";
import { columnId } from "./column";
import { COLUMNS, DEFAULT_COLUMNS, parseColumns, type Placed } from "./layout";
import type { SetTaskView, TaskView } from "./view";

const VERSION = 1;
const SAVE_MS = 1000;

const keyOf = (project: string) => `tasks:${project}`;

interface Kept {
  project: string;
  columns: readonly Placed[];
}

export interface Columns {
  /** Undefined until it is known which. */
  columns: readonly Placed[] | undefined;
  setColumns(columns: readonly Placed[]): void;
  /** Forget what was chosen for the project. */
  reset(): void;
  /** Make the columns in force the default of projects for which none were chosen. */
  makeDefault(): void;
}

/** The columns of a view: those of the address, else those kept for the project, else the default. */
export function useColumns(view: TaskView, setView: SetTaskView): Columns {
  const { project } = view;
  const [kept, setKept] = useState<Kept | null>(null);
  const known = kept?.project === project ? kept.columns : undefined;
  const needed = view.columns === null && known === undefined;
  useEffect(() => {
    if (!needed) return;
    let left = false;
    void readKept(project).then((columns) => !left && setKept({ project, columns }));
    return () => {
      left = true;
    };
  }, [project, needed]);
  const save = useMemo(() => saver(project), [project]);
  const setColumns = useCallback(
    (columns: readonly Placed[]) => {
      setView({ columns });
      setKept({ project, columns });
      save(columns);
    },
    [project, save, setView],
  );
  const columns = view.columns ?? known;
  return {
    // The same columns are the same object: what is drawn from them is not drawn anew at every change of the address.
    columns: useMemo(() => columns, [columns?.map(({ key, widthPx }) => `${widthPx} ${columnId(key)}`).join("\n")]),
    setColumns,
    reset: () => {
      void keep(project, null).then(() => setKept(null));
      setView({ columns: null });
    },
    makeDefault: () => {
      if (columns) void keep("", columns).then((done) => done && showToast("These columns are the default now."));
    },
  };
}

/** Those of the project, else of all, else ours. A server that cannot say keeps nobody from the table. */
async function readKept(project: string): Promise<readonly Placed[]> {
  for (const place of project ? [project, ""] : [""]) {
    try {
      const { document } = await getJson<Layout>("/layouts", { query: { key: keyOf(place), version: VERSION } });
      const columns = parseDocument(document);
      if (columns) return columns;
    } catch {
      return DEFAULT_COLUMNS;
    }
  }
  return DEFAULT_COLUMNS;
}

function parseDocument(document: unknown): readonly Placed[] | null {
  const columns = (document as { columns?: unknown } | null)?.columns;
  return Array.isArray(columns) ? parseColumns(columns) : null;
}

function saver(project: string): (columns: readonly Placed[]) => void {
  let latest: readonly Placed[] = [];
  const save = throttle(() => void keep(project, latest), SAVE_MS);
  return (columns) => {
    latest = columns;
    save();
  };
}

/** Keep columns for a project, for all with "", or forget them. */
export async function keep(project: string, columns: readonly Placed[] | null): Promise<boolean> {
  const document = columns && { columns: COLUMNS.format(columns) };
  const query = `?key=${encodeURIComponent(keyOf(project))}`;
  try {
    await sendJson<Layout>("PUT", `/layouts${query}`, { version: VERSION, document });
    return true;
  } catch (error) {
    showProblem("The columns could not be kept; the address has them.", error);
    return false;
  }
}
