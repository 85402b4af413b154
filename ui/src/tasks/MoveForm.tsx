import { useState } from "react";

import { getJson } from "../api/client";
import type { ColumnList } from "../api/types";
import { useResource } from "../state/resource";

const MOST_OFFERED = 50;

/** Choose a project, one that is there or a new one. */
export function MoveForm({ project, onMove }: { project: string; onMove(project: string): void }) {
  const [draft, setDraft] = useState("");
  const wanted = draft.trim();
  const query = { kind: "project", search: wanted, limit: MOST_OFFERED };
  const { data } = useResource(JSON.stringify(query), (signal) => getJson<ColumnList>("/columns", { query, signal }));
  const offered = (data?.columns ?? []).filter(({ name }) => name !== project);
  const isNew = data !== undefined && !data.columns.some(({ name }) => name === wanted);
  return (
    <>
      <form
        className="menu-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted) onMove(wanted);
        }}
      >
        <input
          className="search"
          autoFocus
          placeholder="Project, e.g. vision/segmentation"
          aria-label="project to move to"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
        <button className="button" disabled={!wanted || wanted === project}>
          {wanted && isNew ? "Make and move" : "Move"}
        </button>
      </form>
      <ul className="menu-list">
        {offered.map(({ name, tasks }) => (
          <li key={name}>
            <button onClick={() => onMove(name)}>
              <span className="clip">{name || <i className="dim">no name</i>}</span> <small className="dim num">{tasks}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
