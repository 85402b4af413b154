import { useState } from "react";

import { postBytes } from "../api/client";
import type { TaskQuery } from "../api/types";
import { formatCount, formatCounted } from "../state/format";
import { useStore } from "../state/store";
import { showProblem } from "../state/toasts";
import { fileName, saveBlob } from "../tables/download";
import { countOf, questionOf, selection } from "./selection";

const TYPES = { csv: "text/csv", parquet: "application/vnd.apache.parquet" } as const;

interface Props {
  /** Order and columns of what is shown. */
  query: TaskQuery;
  total: number | undefined;
  name: string;
}

/** The tasks of the view, or the selected ones, with its columns, as a file. */
export function Download({ query, total, name }: Props) {
  const chosen = useStore(selection);
  const selected = countOf(chosen);
  const question = selected > 0 ? questionOf(chosen) : null;
  const [picked, setPicked] = useState(question !== null);
  const [busy, setBusy] = useState(false);
  const save = async (format: keyof typeof TYPES) => {
    const { sort, then, metrics, parameters } = query;
    const asked = picked && question ? { ...question, sort, then, metrics, parameters } : query;
    setBusy(true);
    try {
      const bytes = await postBytes("/tasks/export", { query: asked, format });
      saveBlob(fileName(name, format), new Blob([bytes as BlobPart], { type: TYPES[format] }));
    } catch (error) {
      showProblem("The file could not be made.", error);
    }
    setBusy(false);
  };
  return (
    <>
      <div className="menu-row" role="group" aria-label="which tasks">
        <button className="chip" aria-pressed={!picked} onClick={() => setPicked(false)}>
          All that match{total !== undefined && ` (${formatCount(total)})`}
        </button>
        <button className="chip" aria-pressed={picked} disabled={question === null} onClick={() => setPicked(true)}>
          Selected ({selected})
        </button>
      </div>
      <p className="dim menu-note">
        With the columns that are shown, values in full. Times are in UTC.
        {picked && ` ${formatCounted(selected, "task")}.`}
      </p>
      <div className="menu-row">
        <button className="button" disabled={busy} onClick={() => void save("csv")}>
          CSV
        </button>
        <button className="button" disabled={busy} onClick={() => void save("parquet")}>
          Parquet
        </button>
        {busy && <span className="dim">making it…</span>}
      </div>
    </>
  );
}
