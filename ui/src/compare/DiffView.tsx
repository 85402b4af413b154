import { useMemo, useState } from "react";

import { readPreference, writePreference } from "../state/preferences";
import { formatCount, formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { keepScrollKeys } from "../tables/DataTable";
import { useHeldFocus } from "../widgets/useHeldFocus";
import type { FactValue } from "./details";
import "./textDiff.css";
import { countOf, differingPart, diffLines, folded, linesOf, sideBySide, type DiffLine, type DiffRow, type Run } from "./textDiff";

interface Side {
  name: string;
  text: FactValue;
}

interface Props {
  heading: string;
  left: Side;
  right: Side;
  onClose(): void;
}

const HOW = "diff";
/** More rows than this are shown only when asked for. */
const MOST_ROWS = 4000;

/** Two texts over the page, side by side or as one, with what differs marked. */
export function DiffView({ heading, left, right, onClose }: Props) {
  const [split, setSplit] = useState(() => readPreference<string>(HOW, "split") !== "unified");
  const [all, setAll] = useState(false);
  const [lines, a, b] = useMemo(() => {
    const [one, two] = [left.text, right.text].map((text) => (text === null || text === undefined ? [] : linesOf(text))) as [string[], string[]];
    return [diffLines(one, two), one, two] as const;
  }, [left.text, right.text]);
  const { added, removed } = countOf(lines);
  const choose = (next: boolean) => {
    setSplit(next);
    writePreference(HOW, next ? "split" : "unified");
  };
  useKeys("Difference", [
    { keys: ["Escape"], does: "close", run: onClose },
    { keys: ["u"], does: "side by side, or as one", run: () => choose(!split) },
  ]);
  const box = useHeldFocus<HTMLDivElement>();
  return (
    <div ref={box} className="text-diff" role="dialog" aria-modal="true" aria-label={heading} tabIndex={-1}>
      <header className="compare-bar">
        <h2 className="clip">{heading}</h2>
        <span className="dim">
          {added + removed === 0 ? "identical" : `${formatCounted(added, "line")} added, ${formatCount(removed)} removed`}
        </span>
        <span className="grow" />
        <button className="chart-toggle" aria-pressed={split} onClick={() => choose(true)}>
          side by side
        </button>
        <button className="chart-toggle" aria-pressed={!split} onClick={() => choose(false)}>
          unified
        </button>
        <button className="chart-toggle" aria-pressed={all} onClick={() => setAll(!all)}>
          all lines
        </button>
        <button className="button" onClick={onClose}>
          Close (Esc)
        </button>
      </header>
      <div className="text-diff-names">
        <span className="clip">
          <b aria-hidden>−</b> {left.name} {left.text === null && <i className="dim">has none</i>}
        </span>
        <span className="clip">
          <b aria-hidden>+</b> {right.name} {right.text === null && <i className="dim">has none</i>}
        </span>
      </div>
      <div className="text-diff-body mono" tabIndex={0} role="region" aria-label="lines" onKeyDown={keepScrollKeys}>
        {split ? <Split lines={lines} a={a} b={b} all={all} /> : <Unified lines={lines} a={a} b={b} all={all} />}
      </div>
    </div>
  );
}

interface LinesProps {
  lines: readonly DiffLine[];
  a: readonly string[];
  b: readonly string[];
  all: boolean;
}

function Split({ lines, a, b, all }: LinesProps) {
  const rows = useMemo(() => sideBySide(lines), [lines]);
  return (
    <Runs same={rows.map(({ same }) => same)} all={all}>
      {(i) => <SplitRow key={i} row={rows[i]!} a={a} b={b} />}
    </Runs>
  );
}

function SplitRow({ row: { left, right, same }, a, b }: { row: DiffRow; a: readonly string[]; b: readonly string[] }) {
  const one = left === null ? null : a[left]!;
  const two = right === null ? null : b[right]!;
  const part = !same && one !== null && two !== null ? differingPart(one, two) : null;
  return (
    <div className="text-diff-row text-diff-split">
      <Line number={left} text={one} kind={same ? "same" : "removed"} part={part} />
      <Line number={right} text={two} kind={same ? "same" : "added"} part={part} />
    </div>
  );
}

function Unified({ lines, a, b, all }: LinesProps) {
  return (
    <Runs same={lines.map(({ kind }) => kind === "same")} all={all}>
      {(i) => {
        const { kind, left, right } = lines[i]!;
        return (
          <div key={i} className="text-diff-row">
            <Line number={left ?? right} text={left === null ? b[right!]! : a[left]!} kind={kind} part={null} />
          </div>
        );
      }}
    </Runs>
  );
}

const SIGN = { same: " ", removed: "−", added: "+" };
const LONGEST = 5000;

interface LineProps {
  number: number | null;
  text: string | null;
  kind: DiffLine["kind"];
  part: { head: number; tail: number } | null;
}

function Line({ number, text, kind, part }: LineProps) {
  if (text === null) return <div className="text-diff-line text-diff-none" />;
  const shown = text.slice(0, LONGEST);
  const end = part ? Math.min(shown.length, text.length - part.tail) : 0;
  return (
    <div className={`text-diff-line text-diff-${kind}`}>
      <span className="text-diff-number dim">{(number ?? 0) + 1}</span>
      <span className="text-diff-sign">{SIGN[kind]}</span>
      <span className="text-diff-text">
        {part && end > part.head ? (
          <>
            {shown.slice(0, part.head)}
            <mark>{shown.slice(part.head, end)}</mark>
            {shown.slice(end)}
          </>
        ) : (
          shown
        )}
        {text.length > LONGEST && <span className="dim"> … {formatCount(text.length - LONGEST)} more characters</span>}
      </span>
    </div>
  );
}

function Runs({ same, all, children }: { same: readonly boolean[]; all: boolean; children(i: number): React.ReactNode }) {
  const [opened, setOpened] = useState<readonly number[]>([]);
  const [limit, setLimit] = useState(MOST_ROWS);
  const runs = useMemo<Run[]>(() => (all ? [{ begin: 0, end: same.length, shown: true }] : folded(same)), [same, all]);
  return (
    <>
      {runs.map(({ begin, end, shown }) =>
        begin >= limit ? null : shown || opened.includes(begin) ? (
          Array.from({ length: Math.min(end, limit) - begin }, (_, k) => children(begin + k))
        ) : (
          <button key={`fold ${begin}`} className="text-diff-fold" onClick={() => setOpened([...opened, begin])}>
            ⋯ {formatCounted(end - begin, "identical line")}
          </button>
        ),
      )}
      {same.length > limit && (
        <button className="button" onClick={() => setLimit(limit + MOST_ROWS)}>
          Show more of {formatCount(same.length)} lines
        </button>
      )}
    </>
  );
}
