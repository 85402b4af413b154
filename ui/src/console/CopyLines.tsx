import { useState } from "react";

import { navigate } from "../state/address";
import { formatCounted } from "../state/format";
import { parseAnsi } from "./ansi";
import { readLines, type Filter } from "./useConsole";
import { hashOfLines, type LineRange } from "./view";

interface Props {
  task: string;
  listed: Filter;
  marked: LineRange;
}

/** As many lines as the server gives at once. */
const MOST_LINES = 50_000;

/** The lines that the address names: their text to copy, and to let go of them. Only those that are listed count. */
export function CopyLines({ task, listed, marked }: Props) {
  const [said, setSaid] = useState("");
  const [first, last] = marked;
  const copy = async () => {
    const limit = Math.min(MOST_LINES, last - first + 1);
    const page = await readLines(task, { ...listed, from_line: first, offset: 0, limit }, new AbortController().signal);
    const lines = page.lines.filter(({ number }) => number <= last).map(plainLine);
    await navigator.clipboard.writeText(lines.join("\n"));
    setSaid(`${formatCounted(lines.length, "line")} copied`);
  };
  return (
    <span className="chips" role="group" aria-label="lines of the address">
      <button className="chip" title="Copy the text of these lines" onClick={() => copy().catch(() => setSaid("could not copy"))}>
        copy {hashOfLines(marked).slice(1)}
      </button>
      <button
        className="chip"
        aria-label="let go of the lines"
        title="Let go of these lines"
        onClick={() => navigate(location.pathname + location.search, { replace: true })}
      >
        ×
      </button>
      <span className="dim" role="status">
        {said}
      </span>
    </span>
  );
}

function plainLine({ text }: { text: string }): string {
  return parseAnsi(text)
    .map((span) => span.text)
    .join("");
}
