// Choosing among many things by name: some of them, or one.

import { useEffect, useId, useMemo, useState, type KeyboardEvent } from "react";

import { formatCount } from "../state/format";
import { Menu } from "../widgets/Menu";

export interface Choice {
  key: string;
  label: string;
  /** What kind of thing it is. */
  note: string;
}

export interface Offered {
  choices: readonly Choice[];
  /** How many more there are, which come with a search. */
  more: number;
  /** Tells what is looked for. */
  onSearch(text: string): void;
}

interface Props extends Offered {
  label: string;
  /** Chosen ones are shown first, in their order. */
  chosen: readonly string[];
  name(key: string): string;
  onChange(chosen: string[]): void;
  /** Back to what is chosen without the reader; null where that is what is chosen. */
  onReset: (() => void) | null;
}

const SHOWN = 100;
const REST_MS = 200;

/** Choose some of many. */
export function Picker({ label, chosen, name, onChange, onReset, ...offered }: Props) {
  return (
    <Menu label={`${label} (${chosen.length})`} title={`choose ${label.toLowerCase()}`} className="chart-toggle">
      {() => <Several label={label} chosen={chosen} name={name} onChange={onChange} onReset={onReset} {...offered} />}
    </Menu>
  );
}

function Several({ label, chosen, name, onChange, onReset, ...offered }: Props) {
  const [search, setSearch, found] = useSearch(offered);
  const notes = useMemo(() => new Map(offered.choices.map(({ key, note }) => [key, note])), [offered.choices]);
  const others = found.filter(({ key }) => !chosen.includes(key));
  const toggle = (key: string) => onChange(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key]);
  const row = (key: string, said: string, note: string, on: boolean) => (
    <li key={key}>
      <label>
        <input type="checkbox" checked={on} onChange={() => toggle(key)} />
        <span className="clip" title={said}>
          {said}
        </span>
        <small className="dim">{note}</small>
      </label>
    </li>
  );
  return (
    <div className="compare-choices">
      <div className="menu-row">
        <input
          className="search"
          type="search"
          autoFocus
          placeholder="Search"
          aria-label={`search ${label.toLowerCase()}`}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {chosen.length > 0 && <ul className="menu-list menu-chosen">{chosen.map((key) => row(key, name(key), notes.get(key) ?? "", true))}</ul>}
      <ul className="menu-list">{others.slice(0, SHOWN).map(({ key, label: said, note }) => row(key, said, note, false))}</ul>
      <Rest found={others.length} search={search} {...offered} />
      {onReset && (
        <div className="menu-row menu-foot">
          <button className="link" onClick={onReset}>
            Back to the first choice
          </button>
        </div>
      )}
    </div>
  );
}

interface OneProps extends Offered {
  label: string;
  value: string;
  name(key: string): string;
  /** What stands for no choice; there must be one where this is left out. */
  none?: string;
  onChange(key: string): void;
}

/** Choose one of many. */
export function PickOne({ label, value, name, none, onChange, ...offered }: OneProps) {
  const shown = value === "" ? (none ?? "") : name(value);
  return (
    <span className="compare-select">
      <span className="dim" aria-hidden>
        {label}
      </span>
      <Menu label={<span className="clip">{shown || "choose"} ▾</span>} title={`${label}: ${shown}`} className="chart-toggle compare-one-of">
        {(close) => (
          <One
            label={label}
            value={value}
            none={none}
            onChange={(key) => {
              close();
              onChange(key);
            }}
            {...offered}
          />
        )}
      </Menu>
    </span>
  );
}

function One({ label, value, none, onChange, ...offered }: Omit<OneProps, "name" | "none"> & { none: string | undefined }) {
  const id = useId();
  const [search, setSearch, found] = useSearch(offered);
  const all = none !== undefined && search.trim() === "" ? [{ key: "", label: none, note: "" }, ...found] : found;
  const shown = all.slice(0, SHOWN);
  const [at, setAt] = useState(() => Math.max(0, shown.findIndex(({ key }) => key === value)));
  const place = Math.min(at, shown.length - 1);
  useEffect(() => {
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [id, place]);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(shown.length - 1, place + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, place - 1));
    else if (event.key === "Enter" && shown[place]) onChange(shown[place].key);
    else return;
    event.preventDefault();
  };
  return (
    <div className="compare-choices">
      <div className="menu-row">
        <input
          className="search"
          type="search"
          role="combobox"
          autoFocus
          placeholder="Search"
          aria-label={`search ${label}`}
          aria-expanded
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={shown[place] ? `${id}-${place}` : undefined}
          value={search}
          onKeyDown={keys}
          onChange={(event) => {
            setSearch(event.target.value);
            setAt(0);
          }}
        />
      </div>
      <ul id={id} className="menu-list compare-options" role="listbox" aria-label={label}>
        {shown.map(({ key, label: said, note }, i) => (
          <li key={key} id={`${id}-${i}`} role="option" aria-selected={i === place} data-on={key === value || undefined} onClick={() => onChange(key)}>
            <span className="clip" title={said}>
              {said}
            </span>
            <small className="dim">{note}</small>
          </li>
        ))}
      </ul>
      <Rest found={all.length} search={search} {...offered} />
    </div>
  );
}

function useSearch({ choices, onSearch }: Offered): [string, (text: string) => void, readonly Choice[]] {
  const [search, setSearch] = useState("");
  const words = plain(search).split(/\s+/).filter(Boolean);
  const wanted = words.join(" ");
  const found = useMemo(() => choices.filter(({ label }) => wanted.split(" ").every((word) => plain(label).includes(word))), [choices, wanted]);
  // The server looks for one piece of the name; what else is said is looked for here, in what it finds.
  const longest = words.reduce((a, b) => (b.length > a.length ? b : a), "");
  useEffect(() => {
    const timer = setTimeout(() => onSearch(longest), REST_MS);
    return () => clearTimeout(timer);
  }, [longest, onSearch]);
  return [search, setSearch, found];
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(" / ", "/");
}

function Rest({ found, search, more }: Offered & { found: number; search: string }) {
  const left = Math.max(0, found - SHOWN) + (search.trim() === "" ? more : 0);
  if (left > 0) return <p className="dim menu-note">{formatCount(left)} more: search to see them.</p>;
  if (found > 0) return null;
  return <p className="dim menu-note">{search ? `None has “${search}” in its name.` : "There are no others."}</p>;
}
