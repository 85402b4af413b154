// The menu of one column: how it sorts, what of it is shown, where it stands.

import { useState } from "react";

import { columnId, columnName, sortBy, statName, type ColumnKey } from "./column";
import { filterKinds, filterText, sameColumn, type ColumnFilter, type FilterKind } from "./columnFilter";
import { movedColumn, withoutColumn, type Placed } from "./layout";
import { ValueChoice } from "./ValueChoice";
import { groupKey, type SetTaskView, type TaskView } from "./view";

interface Props {
  column: ColumnKey;
  columns: readonly Placed[];
  onColumns(columns: readonly Placed[]): void;
  view: TaskView;
  setView: SetTaskView;
  close(): void;
}

export function ColumnMenu({ column, columns, onColumns, view, setView, close }: Props) {
  const id = columnId(column);
  const place = columns.findIndex(({ key }) => columnId(key) === id);
  const sort = (descending: boolean) => {
    const wanted = sortBy(column, descending);
    if (wanted) setView({ sort: [wanted] });
    close();
  };
  const does = (change: () => void) => () => (change(), close());
  return (
    <>
      <h2 className="menu-title clip">
        {columnName(column)} {column.kind === "metric" && <small className="dim">{statName(column.metric.stat)}</small>}
      </h2>
      {sortBy(column, true) && (
        <div className="menu-row">
          <button className="chip" onClick={() => sort(false)}>
            ↑ ascending
          </button>
          <button className="chip" onClick={() => sort(true)}>
            ↓ descending
          </button>
        </div>
      )}
      <ColumnFilterForm column={column} view={view} setView={setView} />
      <div className="menu-row menu-foot">
        {groupKey(id) && (
          <button
            className="chip"
            aria-pressed={view.by.includes(id)}
            onClick={does(() => setView({ by: view.by.includes(id) ? view.by.filter((other) => other !== id) : [...view.by, id] }))}
          >
            group by it
          </button>
        )}
        <button className="chip" disabled={place === 0} onClick={() => onColumns(movedColumn(columns, id, place - 1))}>
          ← move
        </button>
        <button className="chip" disabled={place === columns.length - 1} onClick={() => onColumns(movedColumn(columns, id, place + 1))}>
          move →
        </button>
        <button className="chip" disabled={columns.length === 1} onClick={does(() => onColumns(withoutColumn(columns, column)))}>
          hide
        </button>
      </div>
    </>
  );
}

const KIND_NAMES: Record<FilterKind, string> = { set: "values", text: "pattern", number: "range", time: "range", duration: "range" };

interface FormProps {
  column: ColumnKey;
  view: TaskView;
  setView: SetTaskView;
}

export function ColumnFilterForm({ column, view, setView }: FormProps) {
  const kinds = filterKinds(column);
  const now = view.only.find((filter) => sameColumn(filter.column, column));
  const [kind, setKind] = useState<FilterKind | undefined>(kinds.find((one) => kindOf(one) === now?.kind) ?? kinds[0]);
  const put = (filter: ColumnFilter | null) => {
    const others = view.only.filter((other) => !sameColumn(other.column, column));
    setView({ only: filter && filterText(filter) ? [...others, filter] : others });
  };
  if (!kind) return null;
  return (
    <div className="menu-filter">
      <div className="menu-row">
        <span className="dim">Show only</span>
        {kinds.length > 1 &&
          kinds.map((one) => (
            <button key={one} className="chip" aria-pressed={one === kind} onClick={() => setKind(one)}>
              {KIND_NAMES[one]}
            </button>
          ))}
        <span className="grow" />
        {now && (
          <button className="link" onClick={() => put(null)}>
            clear
          </button>
        )}
      </div>
      {kind === "text" && <PatternForm column={column} now={now} onPut={put} />}
      {kind === "set" && <ValueChoice column={column} view={view} now={now?.kind === "set" ? now.values : []} onPut={put} />}
      {kindOf(kind) === "range" && <RangeForm kind={kind} column={column} now={now} onPut={put} />}
    </div>
  );
}

function kindOf(kind: FilterKind): ColumnFilter["kind"] {
  return kind === "text" || kind === "set" ? kind : "range";
}

interface PartProps {
  column: ColumnKey;
  now: ColumnFilter | undefined;
  onPut(filter: ColumnFilter | null): void;
}

function PatternForm({ column, now, onPut }: PartProps) {
  const [draft, setDraft] = useState(now?.kind === "text" ? now.pattern : "");
  return (
    <form
      className="menu-row"
      onSubmit={(event) => {
        event.preventDefault();
        onPut({ column, kind: "text", pattern: draft });
      }}
    >
      <input
        className="search"
        autoFocus
        placeholder="regular expression, e.g. ^res.*net"
        aria-label="pattern"
        spellCheck={false}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <button className="button">Apply</button>
    </form>
  );
}

const HINTS: Partial<Record<FilterKind, [string, string]>> = {
  number: ["from, e.g. 0.1", "to, e.g. 1e3"],
  time: ["from: -7d, 2026-11-01", "to: -1h, today, now"],
  duration: ["from, e.g. 90s", "to, e.g. 1h30m"],
};
const SPANS = ["-1h", "-1d", "-7d", "-30d"];

function RangeForm({ kind, column, now, onPut }: PartProps & { kind: FilterKind }) {
  const [low, setLow] = useState(now?.kind === "range" ? now.low : "");
  const [high, setHigh] = useState(now?.kind === "range" ? now.high : "");
  const [lowHint, highHint] = HINTS[kind] ?? ["from", "to"];
  const put = (from: string, to: string) => onPut({ column, kind: "range", low: from.trim(), high: to.trim() });
  return (
    <>
      {kind === "time" && (
        <div className="menu-row">
          {SPANS.map((span) => (
            <button key={span} type="button" className="chip" onClick={() => (setLow(span), setHigh(""), put(span, ""))}>
              last {span.slice(1)}
            </button>
          ))}
        </div>
      )}
      <form
        className="menu-row"
        onSubmit={(event) => {
          event.preventDefault();
          put(low, high);
        }}
      >
        <input className="search" autoFocus placeholder={lowHint} aria-label="from" value={low} onChange={(event) => setLow(event.target.value)} />
        <input className="search" placeholder={highHint} aria-label="to" value={high} onChange={(event) => setHigh(event.target.value)} />
        <button className="button">Apply</button>
      </form>
    </>
  );
}
