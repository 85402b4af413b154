import { useState } from "react";

import { getJson } from "../api/client";
import type { ColumnList } from "../api/types";
import { useResource } from "../state/resource";

const MOST_OFFERED = 50;

interface Props {
  /** Tags that can be taken away. */
  present: readonly string[];
  onAdd(tag: string): void;
  onRemove(tag: string): void;
  /** What is named is taken away: of many tasks nobody knows which tags they share. */
  removing?: boolean;
}

/** Add tags and take them away; those in use elsewhere are offered. */
export function TagEditor({ present, onAdd, onRemove, removing = false }: Props) {
  const [draft, setDraft] = useState("");
  const wanted = draft.trim();
  const query = { kind: "tag", search: wanted, limit: MOST_OFFERED };
  const { data } = useResource(JSON.stringify(query), (signal) => getJson<ColumnList>("/columns", { query, signal }));
  const offered = (data?.columns ?? []).map(({ name }) => name).filter((tag) => !present.includes(tag));
  const add = (tag: string) => {
    if (!tag || present.includes(tag)) return;
    onAdd(tag);
    setDraft("");
  };
  const does = removing ? "Remove" : "Add";
  return (
    <>
      <form
        className="menu-row"
        onSubmit={(event) => {
          event.preventDefault();
          add(wanted);
        }}
      >
        <input
          className="search"
          autoFocus
          placeholder={`${does} a tag`}
          aria-label={`${does.toLowerCase()} a tag`}
          maxLength={200}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
        <button className="button" disabled={!wanted || present.includes(wanted)}>
          {does}
        </button>
      </form>
      {present.length > 0 && (
        <ul className="tag-list menu-chosen" aria-label="tags">
          {present.map((tag) => (
            <li key={tag} className="tag">
              <span className="clip">{tag}</span>
              <button onClick={() => onRemove(tag)} aria-label={`remove the tag ${tag}`}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <ul className="tag-list" aria-label="tags in use">
        {offered.map((tag) => (
          <li key={tag}>
            <button className="tag clip" onClick={() => add(tag)} title={`${does} ${tag}`}>
              {removing ? "−" : "+"} {tag}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
