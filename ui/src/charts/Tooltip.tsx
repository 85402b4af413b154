// What is under the mouse, nearest line first; Ctrl-C takes it along.

import { useEffect, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";

import { useStore } from "../state/store";
import { tooltipText, type TooltipRow } from "./hits";
import type { ChartPage } from "./page";

const AWAY = 16;

export function Tooltip({ page }: { page: ChartPage }) {
  const shown = useStore(page.tooltip);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (shown && box.current) place(box.current, shown.clientX, shown.clientY);
  }, [shown]);
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      const tooltip = page.tooltip.get();
      if (!tooltip || !document.getSelection()?.isCollapsed) return;
      event.clipboardData?.setData("text/plain", tooltipText(tooltip.heading, tooltip.model));
      event.preventDefault();
    };
    document.addEventListener("copy", copy);
    return () => document.removeEventListener("copy", copy);
  }, [page]);
  if (!shown) return null;
  const { model } = shown;
  const extra = {
    smoothed: model.rows.some((row) => row.smoothed !== null),
    where: model.rows.some((row) => row.where),
    mark: model.rows.some((row) => row.mark),
  };
  return createPortal(
    <div ref={box} className="tooltip" role="tooltip">
      <div className="tooltip-head">{model.header}</div>
      <table>
        {extra.smoothed && (
          <thead>
            <tr>
              <th colSpan={2} />
              <th>smoothed</th>
              <th>raw</th>
            </tr>
          </thead>
        )}
        <tbody>
          {model.rows.map((row) => (
            <Row key={row.key} row={row} {...extra} />
          ))}
        </tbody>
      </table>
      {model.more > 0 && <div className="dim">and {model.more} more lines</div>}
      {model.note && <div className="tooltip-note">{model.note}</div>}
    </div>,
    document.body,
  );
}

function Row({ row, smoothed, where, mark }: { row: TooltipRow; smoothed: boolean; where: boolean; mark: boolean }) {
  return (
    <tr>
      <td>
        <span className="tooltip-dot" style={{ background: row.colour }} />
      </td>
      <td className="clip">{row.name}</td>
      {smoothed && <td className="num">{row.smoothed}</td>}
      <td className={smoothed ? "num dim" : "num"}>{row.raw}</td>
      {where && <td className="dim">{row.where}</td>}
      {mark && <td className="tooltip-mark">{row.mark}</td>}
    </tr>
  );
}

/** Beside the mouse, on the side where there is room. */
function place(box: HTMLElement, x: number, y: number): void {
  const { width, height } = box.getBoundingClientRect();
  const left = x + AWAY + width < innerWidth ? x + AWAY : x - AWAY - width;
  const top = Math.min(Math.max(4, y - height / 2), innerHeight - height - 4);
  box.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(Math.max(4, top))}px)`;
}
