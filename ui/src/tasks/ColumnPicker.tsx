// A menu that adds columns to the table and takes them away. What there is, is searched on the server: a project may
// have ten thousand metrics.

import { useEffect, useState } from "react";

import { getJson } from "../api/client";
import type { ColumnList, MetricRef, Stat } from "../api/types";
import { formatCount } from "../state/format";
import { STATS } from "../state/metricColumn";
import { useResource } from "../state/resource";
import { Problem, Skeleton } from "../widgets/Feedback";
import { columnId, columnName, FIELDS, statName, type ColumnKey } from "./column";
import { hasColumn, movedColumn, withColumn, withoutColumn, type Placed } from "./layout";

const KINDS = ["metric", "parameter", "field"] as const;
type Kind = (typeof KINDS)[number];
const KIND_NAMES: Record<Kind, string> = { metric: "Metrics", parameter: "Parameters", field: "Fields" };
const PAGE = 100;
const REST_MS = 150;

interface Props {
  project: string;
  columns: readonly Placed[];
  onColumns(columns: readonly Placed[]): void;
  onReset(): void;
  onForAll(): void;
}

export function ColumnPicker({ project, columns, onColumns, onReset, onForAll }: Props) {
  const [kind, setKind] = useState<Kind>("metric");
  const [stat, setStat] = useState<Stat>("last");
  const [search, setSearch] = useState("");
  const wanted = useRested(search);
  const toggle = (key: ColumnKey) => onColumns(hasColumn(columns, key) ? withoutColumn(columns, key) : withColumn(columns, key));
  return (
    <div className="picker">
      <Shown columns={columns} onColumns={onColumns} />
      <div className="menu-row" role="group" aria-label="kind of column">
        {KINDS.map((one) => (
          <button key={one} className="chip" aria-pressed={one === kind} onClick={() => (setKind(one), setSearch(""))}>
            {KIND_NAMES[one]}
          </button>
        ))}
      </div>
      <div className="menu-row">
        <input
          className="search"
          type="search"
          placeholder={`Search ${KIND_NAMES[kind].toLowerCase()}`}
          aria-label={`search ${KIND_NAMES[kind].toLowerCase()}`}
          autoFocus
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        {kind === "metric" && (
          <select value={stat} onChange={(event) => setStat(event.target.value as Stat)} aria-label="which value">
            {STATS.map((name) => (
              <option key={name} value={name}>
                {statName(name)}
              </option>
            ))}
          </select>
        )}
      </div>
      {kind === "field" ? (
        <Fields search={search} columns={columns} onToggle={toggle} />
      ) : (
        <Found key={kind} {...{ kind, stat, project, columns }} search={wanted} onToggle={toggle} />
      )}
      <div className="menu-row menu-foot">
        <button className="link" onClick={onReset}>
          Back to the default
        </button>
        <span className="grow" />
        <button className="link" onClick={onForAll} title="For projects whose columns nobody has chosen">
          Make these the default
        </button>
      </div>
    </div>
  );
}

/** The columns in force, in order. */
function Shown({ columns, onColumns }: Pick<Props, "columns" | "onColumns">) {
  return (
    <ol className="picker-shown" aria-label="columns shown">
      {columns.map(({ key }, place) => {
        const id = columnId(key);
        return (
          <li key={id}>
            <span className="clip" title={columnName(key)}>
              {columnName(key)}
            </span>
            {key.kind === "metric" && <small className="dim">{statName(key.metric.stat)}</small>}
            <span className="grow" />
            <button
              className="step"
              disabled={place === 0}
              onClick={() => onColumns(movedColumn(columns, id, place - 1))}
              aria-label={`${columnName(key)}: to the left`}
            >
              ↑
            </button>
            <button
              className="step"
              disabled={place === columns.length - 1}
              onClick={() => onColumns(movedColumn(columns, id, place + 1))}
              aria-label={`${columnName(key)}: to the right`}
            >
              ↓
            </button>
            <button
              className="step"
              disabled={columns.length === 1}
              onClick={() => onColumns(withoutColumn(columns, key))}
              aria-label={`hide ${columnName(key)}`}
            >
              ×
            </button>
          </li>
        );
      })}
    </ol>
  );
}

interface ChoiceProps {
  columns: readonly Placed[];
  search: string;
  onToggle(key: ColumnKey): void;
}

function Fields({ columns, search, onToggle }: ChoiceProps) {
  const wanted = search.toLowerCase();
  const keys = FIELDS.map((field): ColumnKey => ({ kind: "field", field }));
  const found = keys.filter((key) => columnName(key).toLowerCase().includes(wanted));
  return (
    <ul className="menu-list">
      {found.map((key) => (
        <Choice key={columnId(key)} column={key} on={hasColumn(columns, key)} onToggle={onToggle} />
      ))}
    </ul>
  );
}

function Found({ kind, stat, project, columns, search, onToggle }: ChoiceProps & { kind: Kind; stat: Stat; project: string }) {
  const [limit, setLimit] = useState(PAGE);
  useEffect(() => setLimit(PAGE), [search]);
  const query = { kind, project: project || null, search, limit };
  const { data, error } = useResource(JSON.stringify(query), (signal) => getJson<ColumnList>("/columns", { query, signal }));
  const [last, setLast] = useState<ColumnList>();
  useEffect(() => data && setLast(data), [data]);
  // What was found before stays until the next answer: the list must not blink at every letter.
  const list = data ?? last;
  if (error) return <Problem error={error} />;
  if (!list) return <Skeleton rows={6} />;
  if (list.columns.length === 0)
    return <p className="dim menu-note">{search ? `No ${kind} has “${search}” in its name.` : `No task has a ${kind} yet.`}</p>;
  return (
    <>
      <ul className="menu-list" aria-busy={!data}>
        {list.columns.map(({ name, series, tasks }) => {
          const key: ColumnKey =
            kind === "parameter" ? { kind, name } : { kind: "metric", metric: { title: name, series, stat } satisfies MetricRef };
          return <Choice key={columnId(key)} column={key} on={hasColumn(columns, key)} onToggle={onToggle} tasks={tasks} />;
        })}
      </ul>
      {list.total > list.columns.length && (
        <p className="menu-note dim">
          {formatCount(list.total - list.columns.length)} more: search, or{" "}
          <button className="link" onClick={() => setLimit(Math.min(1000, limit + 3 * PAGE))} disabled={limit >= 1000}>
            show more
          </button>
        </p>
      )}
    </>
  );
}

interface OneProps {
  column: ColumnKey;
  on: boolean;
  tasks?: number;
  onToggle(key: ColumnKey): void;
}

function Choice({ column, on, tasks, onToggle }: OneProps) {
  return (
    <li>
      <label>
        <input type="checkbox" checked={on} onChange={() => onToggle(column)} />
        <span className="clip" title={columnName(column)}>
          {columnName(column)}
        </span>
        {tasks !== undefined && (
          <small className="dim num" title={`${tasks} tasks have it`}>
            {formatCount(tasks)}
          </small>
        )}
      </label>
    </li>
  );
}

/** The value once it has not changed for a moment. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
