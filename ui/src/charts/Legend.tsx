// The lines of a panel: swatch, name, and the value at the page's cursor, or the last one. As high for fifty lines
// as for one; it scrolls. Click hides a line, Alt-click shows it alone, hovering brings it forward.

import { memo, useEffect, useMemo, useRef, useState, type MouseEvent } from "react";

import { formatNumber } from "../state/format";
import { slotVariable } from "../state/colours";
import { pageCursor } from "./cursor";
import { indexAt } from "./hits";
import type { ChartPage } from "./page";
import type { Line } from "./points";
import type { PanelLine, PanelModel } from "./sections";
import type { ChartView, SetView } from "./view";

interface Props {
  panel: PanelModel;
  lines: readonly PanelLine[];
  page: ChartPage;
  view: ChartView;
  setView: SetView;
  /** Changes with the points. */
  version: number;
  onFocus(key: string | null): void;
  tall: boolean;
}

const ROW = 22;

const ROW_WIDTH = 330;

/** One row where the lines fit into the narrowest panel, else two, for fifty lines as for five. */
export function legendHeight(panel: PanelModel): number {
  const width = panel.lines.slice(0, 8).reduce((sum, { name }) => sum + 90 + Math.min(40, name.length) * 6, 0);
  return panel.lines.length > 1 && width > ROW_WIDTH ? 2 * ROW : ROW;
}

/** Lines from which on the tall legend can be searched and sorted. */
const MANY = 8;

export const Legend = memo(function Legend(props: Props) {
  const { panel, lines, page, view, setView, version, onFocus, tall } = props;
  const list = useRef<HTMLUListElement>(null);
  const [search, setSearch] = useState("");
  const [byValue, setByValue] = useState(false);
  const found = useMemo(() => withText(lines, search), [lines, search]);
  useEffect(() => {
    const show = () => showValues(list.current, found, page, view, byValue);
    show();
    const stops = [pageCursor, page.fixed].map((store) => store.subscribe(show));
    return () => stops.forEach((stop) => stop());
  }, [found, page, view, version, byValue]);
  useEffect(() => page.nearest.subscribe(() => showNearest(list.current, found, page)), [page, found]);
  const toggle = (event: MouseEvent, key: string) =>
    setView({ hidden: event.altKey ? solo(view.hidden, panel, key) : flip(view.hidden, key) });
  const rows = (
    <ul
      ref={list}
      className={tall ? "legend legend-tall" : "legend"}
      style={tall ? undefined : { height: legendHeight(panel) }}
      onMouseLeave={() => onFocus(null)}
    >
      {found.map(({ key, name, look, faded }) => (
        <li key={key}>
          <button
            className={faded ? "legend-line legend-faded" : "legend-line"}
            aria-pressed={!view.hidden.includes(key)}
            title={`${name}\nclick hides, Alt-click shows it alone`}
            onClick={(event) => toggle(event, key)}
            onMouseEnter={() => onFocus(key)}
            onFocus={() => onFocus(key)}
            onBlur={() => onFocus(null)}
          >
            <Swatch page={page} name={look ?? name} />
            <span className="clip">{name}</span>
            <span className="legend-value num" />
          </button>
        </li>
      ))}
    </ul>
  );
  if (!tall || lines.length < MANY) return rows;
  return (
    <div className="legend-side">
      <div className="legend-bar">
        <input
          type="search"
          value={search}
          placeholder={`Find among ${lines.length} lines`}
          aria-label="find a line"
          onChange={(event) => setSearch(event.target.value)}
        />
        <button
          className="chart-toggle"
          aria-pressed={byValue}
          title="Highest value at the cursor first; at the end where there is none"
          onClick={() => setByValue(!byValue)}
        >
          by value
        </button>
      </div>
      {found.length === 0 && <p className="dim">No line has this in its name.</p>}
      {rows}
    </div>
  );
});

function withText(lines: readonly PanelLine[], search: string): readonly PanelLine[] {
  const text = search.toLowerCase();
  return text ? lines.filter(({ name }) => name.toLowerCase().includes(text)) : lines;
}

function Swatch({ page, name }: { page: ChartPage; name: string }) {
  const { slot, dash } = page.looks.of(name);
  return (
    <svg className="swatch" width="14" height="8" aria-hidden>
      <line x1="0" x2="14" y1="4" y2="4" stroke={`var(${slotVariable(slot)})`} strokeDasharray={dash.join(" ")} />
    </svg>
  );
}

// Past React: this runs with every move of the mouse, in every panel on the screen.
function showValues(
  list: HTMLElement | null,
  lines: readonly PanelLine[],
  page: ChartPage,
  view: ChartView,
  byValue: boolean,
): void {
  if (!list) return;
  const cells = list.querySelectorAll(".legend-value");
  const values = lines.map((line) => valueOf(line, page, view));
  values.forEach(({ text }, i) => {
    const cell = cells[i];
    if (cell && cell.textContent !== text) cell.textContent = text;
  });
  const order = byValue ? orderOf(values.map(({ value }) => value)) : null;
  for (const [i, row] of [...list.children].entries()) (row as HTMLElement).style.order = order ? String(order[i]) : "";
}

/** What a line says at the cursor, at the fixed iteration, or at its end. */
function valueOf(source: PanelLine, page: ChartPage, view: ChartView): { value: number; text: string } {
  const line = page.shown(source)?.line;
  if (!line) return { value: NaN, text: "" };
  const cursor = pageCursor.get();
  const fixed = page.fixed.get();
  const x = cursor
    ? page.placeOfCursor(cursor, view.axis)
    : fixed
      ? page.placeOfFixed(fixed, view.axis, [{ task: source.task, line }])
      : NaN;
  const index = Number.isNaN(x) ? latestOf(line, view) : indexAt(line, x);
  if (index < 0) return { value: NaN, text: line.marks.length > 0 ? "NaN" : "" };
  return { value: line.value[index]!, text: formatNumber(line.value[index]!) };
}

/** Over another series the last in x is not the latest. */
function latestOf(line: Line, { against }: ChartView): number {
  if (against === null) return line.length - 1;
  let latest = -1;
  for (let i = 0; i < line.length; i++) if (latest < 0 || line.iteration[i]! >= line.iteration[latest]!) latest = i;
  return latest;
}

/** The place of each value, highest first; what is no number comes last. */
export function orderOf(values: readonly number[]): number[] {
  const size = (value: number) => (Number.isNaN(value) ? -Infinity : value);
  const sorted = values.map((_, i) => i).sort((a, b) => {
    const [left, right] = [size(values[a]!), size(values[b]!)];
    return left > right ? -1 : left < right ? 1 : a - b;
  });
  const order = new Array<number>(values.length).fill(0);
  sorted.forEach((i, place) => (order[i] = place));
  return order;
}

function showNearest(list: HTMLElement | null, lines: readonly PanelLine[], page: ChartPage): void {
  if (!list) return;
  const at = lines.findIndex(({ key }) => key === page.nearest.get());
  list.querySelector("[data-near]")?.removeAttribute("data-near");
  const row = list.children[at];
  row?.setAttribute("data-near", "");
}

export function flip(hidden: readonly string[], key: string): string[] {
  return hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key];
}

/** Hide all lines of a panel but one; where it is alone already, show all again. */
export function solo(hidden: readonly string[], panel: PanelModel, key: string): string[] {
  const others = panel.lines.map((line) => line.key).filter((other) => other !== key);
  const elsewhere = hidden.filter((other) => other !== key && !others.includes(other));
  const alone = others.every((other) => hidden.includes(other)) && !hidden.includes(key);
  return alone ? elsewhere : [...elsewhere, ...others];
}
