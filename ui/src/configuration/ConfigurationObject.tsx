// One configuration object: as the text it is, folded, or the lines that a search found.

import { useMemo, useState } from "react";

import type { Configuration } from "../api/types";
import { describeTime, formatCounted } from "../state/format";
import { downloadText, fileName } from "../tables/download";
import { Copy } from "../widgets/Copy";
import { Fold, InParts } from "../widgets/Fold";
import { JsonTree, parseTree } from "../widgets/JsonTree";
import { findLines, foldsOf, linesOf, type FoldLine, type FoundLine } from "./folds";

/** Longer ones are folded from the first, where they can be. */
const LONG = 60;
const MOST_FOUND = 500;

/** Files of a kind that editors know keep its extension. */
const EXTENSION: Record<string, string> = { json: "json", yaml: "yaml", yml: "yaml", toml: "toml", ini: "ini", hocon: "conf", dict: "json", dictionary: "json" };

interface Props {
  one: Configuration;
  /** What is looked for in it; empty for nothing. */
  search: string;
}

export function ConfigurationObject({ one, search }: Props) {
  const { name, text, type, description, time_us } = one;
  const lines = useMemo(() => linesOf(text).length, [text]);
  const tree = useMemo(() => parseTree(text), [text]);
  const folds = useMemo(() => (tree === undefined ? foldsOf(text) : null), [text, tree]);
  const found = useMemo(() => (search ? findLines(text, search, MOST_FOUND) : null), [text, search]);
  const [folding, setFolding] = useState(lines > LONG);
  const save = () => downloadText(fileName(name, EXTENSION[type.toLowerCase()] ?? "txt"), text, "text/plain");
  const canFold = tree !== undefined || folds !== null;
  return (
    <section className="section">
      <header className="configuration-head">
        <h2 className="clip" title={`${name}\n${describeTime(time_us)}`}>
          {name} <span className="dim">{[type, formatCounted(lines, "line")].filter(Boolean).join(", ")}</span>
        </h2>
        {found && found.count > 0 && <span className="dim">{formatCounted(found.count, "line")} found</span>}
        {canFold && !found?.count && (
          <button className="chip" aria-pressed={folding} onClick={() => setFolding(!folding)} title="To fold, or as the text it is">
            fold
          </button>
        )}
        <Copy text={text} shown="Copy" label={name} />
        <button className="link" onClick={save}>
          Download
        </button>
      </header>
      {description && <p className="dim prose">{description}</p>}
      {found && found.count > 0 ? (
        <div className="configuration-text mono" tabIndex={0} role="region" aria-label={`found in ${name}`}>
          <InParts items={found.lines} render={(line) => <Found key={line.number} line={line} />} />
          {found.count > MOST_FOUND && <p className="dim">The first {formatCounted(MOST_FOUND, "line")} of {formatCounted(found.count, "line")}.</p>}
        </div>
      ) : folding && canFold ? (
        <div className="configuration-text">
          {folds === null ? (
            <JsonTree value={tree} />
          ) : (
            <div className="mono configuration-folds">
              <InParts items={folds} render={(line, place) => <Line key={place} line={line} depth={0} />} />
            </div>
          )}
        </div>
      ) : (
        <pre className="configuration-text mono" tabIndex={0}>
          {text}
        </pre>
      )}
    </section>
  );
}

function Line({ line: { text, under }, depth }: { line: FoldLine; depth: number }) {
  const own = text.trim();
  if (under.length === 0) return <div className="configuration-leaf">{own || "\u00a0"}</div>;
  return <Fold head={own} depth={depth} items={under} render={(child, place) => <Line key={place} line={child} depth={depth + 1} />} />;
}

/** So much of a very long line is shown, around what was found in it. */
const MOST_LETTERS = 400;
const LETTERS_BEFORE = 80;

function Found({ line: { number, text, places } }: { line: FoundLine }) {
  const begin = text.length > MOST_LETTERS ? Math.max(0, (places[0]?.[0] ?? 0) - LETTERS_BEFORE) : 0;
  const end = Math.min(text.length, begin + MOST_LETTERS);
  const parts: React.ReactNode[] = [];
  let at = begin;
  for (const [from, to] of places) {
    if (to > end) break;
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  return (
    <div className={places.length > 0 ? "configuration-found" : "configuration-found dim"}>
      <span className="dim num">{number}</span>
      <span>
        {begin > 0 && "…"}
        {parts}
        {text.slice(at, end)}
        {end < text.length && "…"}
      </span>
    </div>
  );
}
