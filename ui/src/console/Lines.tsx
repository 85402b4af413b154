import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type CSSProperties, type Ref, type UIEvent } from "react";

import type { ConsoleLine } from "../api/types";
import type { RangeCache } from "../state/ranges";
import { foldLimit } from "./fold";
import { Line, lineClass } from "./Line";
import type { LineRange, Times } from "./view";
import { movedWindow, WINDOW_LINES, windowFor } from "./window";

const LINE_PX = 18;
const OVERSCAN = 30;
/** How near to its end the log must be scrolled to count as followed. */
const END_PX = 24;

export interface LinesHandle {
  /** Bring a line (its place in the list shown) into view. */
  show(index: number): void;
  /** The first line in view. */
  first(): number;
}

interface Props {
  ref?: Ref<LinesHandle>;
  lines: RangeCache<ConsoleLine>;
  times: Times;
  wrap: boolean;
  startUs: number;
  showRank: boolean;
  pattern: RegExp | null;
  follow: boolean;
  onFollow(follow: boolean): void;
  /** The numbers of the lines that the address names. */
  marked: LineRange | null;
  /** The match gone to. */
  current: ConsoleLine | null;
  /** The number of the first line since the moment of the page. */
  moment: number | null;
  onNumber(line: ConsoleLine, extend: boolean): void;
}

/** The lines in view of a log of any length. */
export function Lines(props: Props) {
  const { lines, wrap, follow, onFollow } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const total = lines.total ?? 0;
  const limit = foldLimit(window.innerWidth, wrap);
  const [base, setBase] = useState(0);
  const virtual = useVirtualizer({
    count: Math.min(WINDOW_LINES, Math.max(0, total - base)),
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    // A line's height is its own wherever the window begins.
    getItemKey: useCallback((index: number) => base + index, [base]),
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const first = base + (items[0]?.index ?? 0);
  const last = base + (items.at(-1)?.index ?? 60);
  const pending = useRef<number | null>(null);

  useEffect(() => {
    // Before anything is known, the end is the more likely wish of who follows.
    lines.look(first, last);
  }, [lines, first, last]);

  const show = useCallback(
    (index: number, align: "center" | "end" = "center") => {
      const next = index >= base && index < base + WINDOW_LINES ? base : windowFor(index, lines.total ?? 0);
      if (next !== base || lines.total === undefined) {
        pending.current = index;
        setBase(next);
      } else virtual.scrollToIndex(index - base, { align });
    },
    [base, lines, virtual],
  );
  useImperativeHandle(props.ref, () => ({ show, first: () => base + (virtual.range?.startIndex ?? 0) }), [show, base, virtual]);

  // What was to be shown before its window was laid out.
  useLayoutEffect(() => {
    const index = pending.current;
    if (index === null || total === 0) return;
    pending.current = null;
    show(Math.min(index, total - 1));
  }, [base, total, show]);

  useLayoutEffect(() => {
    if (follow && total > 0) show(total - 1, "end");
  }, [follow, total, wrap, show]);

  // On the reader's scrolling only: what is in view is not known yet when the window was set for a line to be shown.
  const moveWindow = ({ scrollTop, clientHeight }: HTMLElement) => {
    const place = (px: number) => base + (virtual.getVirtualItemForOffset(px)?.index ?? 0);
    const next = movedWindow(base, place(scrollTop), place(scrollTop + clientHeight), total);
    if (next === base || pending.current !== null) return;
    if (scroller.current) scroller.current.scrollTop -= (next - base) * LINE_PX;
    setBase(next);
  };

  const lastTop = useRef(0);
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    const up = scrollTop < lastTop.current - 1;
    lastTop.current = scrollTop;
    moveWindow(event.currentTarget);
    if (follow && up && scrollHeight - scrollTop - clientHeight > END_PX) onFollow(false);
  };

  // Line numbers are as wide as the last one of them, so that all text begins at one place.
  const digits = { "--number-digits": String((items.length && lines.at(last)?.number) || total).length } as CSSProperties;
  return (
    <div
      className={`console-lines mono${wrap ? " wrap" : ""}`}
      ref={scroller}
      style={digits}
      onScroll={onScroll}
      tabIndex={0}
      role="log"
      aria-live="off"
    >
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const line = lines.at(base + item.index);
          const found = line?.number === props.current?.number ? props.current?.found : line?.found;
          return (
            <div
              key={item.index}
              data-index={item.index}
              ref={wrap ? virtual.measureElement : undefined}
              className={line ? `line ${lineClass(line)}${marksOf(line, props)}` : "line line-missing"}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {line && (
                <Line
                  line={line}
                  times={props.times}
                  startUs={props.startUs}
                  showRank={props.showRank}
                  pattern={props.pattern}
                  found={found?.length ? found : null}
                  limit={limit}
                  onNumber={props.onNumber}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function marksOf({ number }: ConsoleLine, { marked, current, moment }: Pick<Props, "marked" | "current" | "moment">): string {
  const named = marked !== null && number >= marked[0] && number <= marked[1];
  return `${named || number === current?.number ? " line-marked" : ""}${number === moment ? " line-moment" : ""}`;
}
