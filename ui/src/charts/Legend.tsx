// The lines of a panel: swatch, name, and the value at the page's cursor, or the last one. As high for fifty lines
// as for one; it scrolls. Click hides a line, Alt-click shows it alone, hovering brings it forward.

import { memo, useEffect, useRef, type MouseEvent } from "react";

import { formatNumber } from "../state/format";
import { slotVariable } from "../state/colours";
import { pageCursor } from "./cursor";
import { indexAt } from "./hits";
import type { ChartPage } from "./page";
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

export const Legend = memo(function Legend({ panel, lines, page, view, setView, version, onFocus, tall }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const show = () => showValues(list.current, lines, page, view);
    show();
    return pageCursor.subscribe(show);
  }, [lines, page, view, version]);
  const toggle = (event: MouseEvent, key: string) =>
    setView({ hidden: event.altKey ? solo(view.hidden, panel, key) : flip(view.hidden, key) });
  return (
    <ul
      ref={list}
      className={tall ? "legend legend-tall" : "legend"}
      style={tall ? undefined : { height: legendHeight(panel) }}
      onMouseLeave={() => onFocus(null)}
    >
      {lines.map(({ key, name, look }) => (
        <li key={key}>
          <button
            className="legend-line"
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
});

function Swatch({ page, name }: { page: ChartPage; name: string }) {
  const { slot, dash } = page.looks.of(name);
  return (
    <svg className="swatch" width="14" height="8" aria-hidden>
      <line x1="0" x2="14" y1="4" y2="4" stroke={`var(${slotVariable(slot)})`} strokeDasharray={dash.join(" ")} />
    </svg>
  );
}

// Past React: this runs with every move of the mouse, in every panel on the screen.
function showValues(list: HTMLElement | null, lines: readonly PanelLine[], page: ChartPage, view: ChartView): void {
  if (!list) return;
  const cursor = pageCursor.get();
  const cells = list.querySelectorAll(".legend-value");
  lines.forEach((source, i) => {
    const line = source.members ? page.groups.line(source.key)?.line : page.feed.line(source);
    const cell = cells[i];
    if (!cell) return;
    const index = !line ? -1 : cursor ? indexAt(line, page.placeOfCursor(cursor, view.axis)) : line.length - 1;
    const text = line && index >= 0 ? formatNumber(line.value[index]!) : line && line.marks.length > 0 ? "NaN" : "";
    if (cell.textContent !== text) cell.textContent = text;
  });
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
