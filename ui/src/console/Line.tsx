import { memo, useState, type CSSProperties } from "react";

import type { ConsoleLine } from "../api/types";
import { describeTime, formatClock, formatCount, formatOffset } from "../state/format";
import { cssOf, parseAnsi, type AnsiStyle } from "./ansi";
import { foldAt } from "./fold";
import { inUnits, markFound, placesOf, type Places } from "./search";
import type { Times } from "./view";

interface Props {
  line: ConsoleLine;
  times: Times;
  startUs: number;
  showRank: boolean;
  pattern: RegExp | null;
  /** Where the server found it, in characters; null where it was not asked. */
  found: Places | null;
  /** How many characters are shown until the reader asks for the rest. */
  limit: number;
  onNumber(line: ConsoleLine, extend: boolean): void;
}

export const Line = memo(function Line({ line, times, startUs, showRank, pattern, found, limit, onNumber }: Props) {
  const [whole, setWhole] = useState(false);
  const cut = whole ? null : foldAt(line.text, limit, pattern);
  const runs = parseAnsi(cut === null ? line.text : line.text.slice(0, cut));
  const text = runs.map((run) => run.text).join("");
  const spans = markFound(runs, found ? inUnits(text, found) : placesOf(text, pattern));
  return (
    <>
      <button className="line-number" tabIndex={-1} onClick={(event) => onNumber(line, event.shiftKey)} title={hint(line)}>
        {line.number + 1}
      </button>
      {times !== "none" && (
        <span className="line-time" title={describeTime(line.time_us)}>
          {times === "clock" ? formatClock(line.time_us) : formatOffset(line.time_us - startUs)}
        </span>
      )}
      {showRank && <span className="line-rank">r{line.rank}</span>}
      <span className="line-text" dir="auto">
        {spans.map((span, index) => (
          <span key={index} className={span.found ? "found" : undefined} style={styleOf(span.style)}>
            {span.text}
          </span>
        ))}
        {cut !== null && (
          <button className="link" onClick={() => setWhole(true)}>
            … show all, {formatCount(line.text.length - cut)} more characters
          </button>
        )}
      </span>
    </>
  );
});

function hint(line: ConsoleLine): string {
  return `${line.stream}, rank ${line.rank}, attempt ${line.attempt}\nClick to link to this line, Shift-click to the lines up to it`;
}

export function lineClass(line: ConsoleLine): string {
  if (line.level >= 40) return "line-error";
  if (line.level >= 30) return "line-warning";
  // `logging` writes to stderr whatever it has to say: its level tells more than the stream.
  if (line.level > 0) return "line-logged";
  return `stream-${line.stream}`;
}

function styleOf(style: AnsiStyle): CSSProperties | undefined {
  const css: CSSProperties = {};
  const [front, back] = style.inverse
    ? [style.background ?? "paper", style.colour ?? "text"]
    : [style.colour, style.background];
  if (front !== undefined) css.color = front === "paper" ? "var(--paper)" : cssOf(front);
  if (back !== undefined) css.background = back === "text" ? "var(--text)" : cssOf(back);
  if (style.bold) css.fontWeight = 650;
  if (style.dim) css.opacity = 0.65;
  if (style.italic) css.fontStyle = "italic";
  const decoration = [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ");
  if (decoration) css.textDecoration = decoration;
  return css;
}
