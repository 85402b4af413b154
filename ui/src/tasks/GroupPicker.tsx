import { useEffect, useState } from "react";

import { getJson } from "../api/client";
import type { ColumnList } from "../api/types";
import { useResource } from "../state/resource";
import { columnName, parseColumn } from "./column";
import { GROUP_FIELDS } from "./view";

const MOST_KEYS = 4;
const MOST_OFFERED = 100;

interface Props {
  project: string;
  by: readonly string[];
  onChange(by: readonly string[]): void;
}

/** What tasks are grouped by: up to four fields and parameters, in order. */
export function GroupPicker({ project, by, onChange }: Props) {
  const [search, setSearch] = useState("");
  const query = { kind: "parameter", project: project || null, search, limit: MOST_OFFERED };
  const { data } = useResource(JSON.stringify(query), (signal) => getJson<ColumnList>("/columns", { query, signal }));
  const [last, setLast] = useState<ColumnList>();
  useEffect(() => data && setLast(data), [data]);
  const parameters = ((data ?? last)?.columns ?? []).map(({ name }) => `param:${name}`);
  const fields = GROUP_FIELDS.filter((field) => field.includes(search.toLowerCase()));
  const offered = [...fields, ...parameters].filter((id) => !by.includes(id));
  const toggle = (id: string) => onChange(by.includes(id) ? by.filter((other) => other !== id) : [...by, id]);
  const item = (id: string, on: boolean) => (
    <li key={id}>
      <label>
        <input type="checkbox" checked={on} disabled={!on && by.length >= MOST_KEYS} onChange={() => toggle(id)} />
        <span className="clip" title={id}>
          {nameOf(id)}
        </span>
        {id.startsWith("param:") && <small className="dim">parameter</small>}
      </label>
    </li>
  );
  return (
    <>
      <div className="menu-row">
        <input
          className="search"
          type="search"
          autoFocus
          placeholder="Group by"
          aria-label="search fields and parameters"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {by.length > 0 && <ul className="menu-list menu-chosen">{by.map((id) => item(id, true))}</ul>}
      <ul className="menu-list">{offered.map((id) => item(id, false))}</ul>
      {offered.length === 0 && <p className="dim menu-note">Nothing to group by has “{search}” in its name.</p>}
    </>
  );
}

function nameOf(id: string): string {
  const column = parseColumn(id);
  return column ? columnName(column) : id;
}
