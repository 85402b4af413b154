import { useEffect, useId, useRef, useState } from "react";

import { ApiError, postJson } from "../api/client";
import { useKeys } from "../state/keys";
import { readPreference, writePreference } from "../state/preferences";
import { Menu } from "../widgets/Menu";

const HISTORY = "tasks.filters";
const MOST_KEPT = 30;

const EXAMPLES: readonly [string, string][] = [
  ["status:failed started>-7d", "failed, and started in the last seven days"],
  ["tag:baseline not user:ann", "with a tag, and not of one user"],
  ["param.General/lr<0.01", "by a parameter, as a number"],
  ["param.lr:0.01,0.001", "any of these values, in whichever section"],
  ["metric.loss<0.5", "by the last value of a metric"],
  ["metric.loss.min<0.5 metric.accuracy.max>0.9", "by its lowest, by another's highest"],
  ['metric."train/loss"/valid.last<0.5', "names with a slash or a space in quotes"],
  ["name~^res.*50$ duration>2h", "by a regular expression, by how long"],
  ["(user:ann or user:bob) iteration>=1000", "or, and parentheses"],
  ["archived:true", "archived ones, which are left out else"],
];

export interface FilterMistake {
  filter: string;
  position: number;
  expected: string;
}

/** What the server found wrong with a filter; null for any other error. */
export function mistakeOf(error: unknown): FilterMistake | null {
  if (!(error instanceof ApiError) || error.code !== "bad_filter") return null;
  const { filter, position, expected } = error.detail;
  if (typeof filter !== "string" || typeof position !== "number") return null;
  return { filter, position, expected: typeof expected === "string" ? expected : error.message };
}

interface Props {
  value: string;
  onChange(value: string): void;
  /** What is wrong with the filter of the address. */
  error: Error | undefined;
}

/** The box of the filter language: asks for a filter only once it is right, and says where it is wrong. */
export function FilterBox({ value, onChange, error }: Props) {
  const [draft, setDraft] = useState(value);
  const [mistake, setMistake] = useState<FilterMistake | null>(null);
  const [history, setHistory] = useState(readHistory);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setDraft(value), [value]);
  useKeys("Tasks", [{ keys: ["f"], does: "filter", run: () => input.current?.focus() }]);
  const apply = async (text: string) => {
    const filter = text.trim();
    setDraft(text);
    const found = filter ? await checked(filter) : null;
    setMistake(found);
    if (found) return;
    if (filter) setHistory(remember(filter));
    onChange(filter);
  };
  const said = mistakeOf(error);
  const shown = mistake ?? (said?.filter === value && value !== "" ? said : null);
  return (
    <div className="filter-box">
      <input
        ref={input}
        className="search mono"
        value={draft}
        placeholder="Filter: status:failed param.lr<0.01 …  f"
        aria-label="filter of tasks"
        aria-invalid={shown !== null}
        aria-describedby={shown ? `${id}-wrong` : undefined}
        list={`${id}-history`}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => (setDraft(event.target.value), setMistake(null))}
        onBlur={() => draft === "" && value !== "" && void apply("")}
        onKeyDown={(event) => {
          if (event.key === "Enter") void apply(draft);
          if (event.key === "Escape") {
            void apply("");
            event.currentTarget.blur();
          }
        }}
      />
      <datalist id={`${id}-history`}>
        {history.map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
      <Menu label="?" title="Help with filters" className="plain">
        {(close) => <Help history={history} onTake={(text) => (close(), void apply(text))} />}
      </Menu>
      {shown && <Wrong id={`${id}-wrong`} mistake={shown} />}
    </div>
  );
}

function Wrong({ id, mistake: { filter, position, expected } }: { id: string; mistake: FilterMistake }) {
  // Positions count characters, as a reader does, not the halves that a text of JavaScript is made of.
  const characters = [...filter];
  const at = characters.slice(position).join("");
  const [, word = "", rest = ""] = /^(\s*\S*)(.*)$/s.exec(at) ?? [];
  return (
    <div id={id} className="filter-wrong" role="alert">
      <code>
        {characters.slice(0, position).join("")}
        <u>{word || "␣"}</u>
        {rest}
      </code>
      <span>expected {expected}</span>
    </div>
  );
}

function Help({ history, onTake }: { history: readonly string[]; onTake(text: string): void }) {
  return (
    <div className="filter-help">
      <p className="dim">
        Terms side by side must all fit; <code>and</code>, <code>or</code>, <code>not</code> and parentheses say it otherwise. A word
        alone is looked for in name, project, tags and id.
      </p>
      <ul className="menu-list">
        {EXAMPLES.map(([text, words]) => (
          <li key={text}>
            <button onClick={() => onTake(text)}>
              <code>{text}</code> <span className="dim">{words}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="dim">
        Fields: status name project tag user host type id comment parent · started updated ended · duration iteration attempts lost
        archived. Compare with <code>: == != ~ !~ &lt; &lt;= &gt; &gt;=</code>; commas part several values; <code>:*</code> means has
        any.
      </p>
      {history.length > 0 && (
        <>
          <h2 className="menu-title">Lately</h2>
          <ul className="menu-list">
            {history.slice(0, 8).map((text) => (
              <li key={text}>
                <button onClick={() => onTake(text)}>
                  <code className="clip">{text}</code>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Ask whether a filter is right, before anything on screen gives way to its answer. */
async function checked(filter: string): Promise<FilterMistake | null> {
  try {
    await postJson("/tasks/query", { filter, limit: 1 });
    return null;
  } catch (error) {
    return mistakeOf(error);
  }
}

function readHistory(): readonly string[] {
  const kept: unknown = readPreference(HISTORY, []);
  return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, MOST_KEPT) : [];
}

function remember(filter: string): readonly string[] {
  const next = [filter, ...readHistory().filter((other) => other !== filter)].slice(0, MOST_KEPT);
  writePreference(HISTORY, next);
  return next;
}
