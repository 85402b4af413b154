import { useMemo, useRef, useState, type KeyboardEvent } from "react";

export interface Choice {
  key: string;
  label: string;
}

interface Props {
  label: string;
  /** Chosen ones are shown first, in their order. */
  chosen: readonly string[];
  choices: readonly Choice[];
  onChange(chosen: string[]): void;
}

const SHOWN = 100;

/** Choose some of many by name. */
export function Picker({ label, chosen, choices, onChange }: Props) {
  const [search, setSearch] = useState("");
  const menu = useRef<HTMLDetailsElement>(null);
  const names = useMemo(() => new Map(choices.map((choice) => [choice.key, choice.label])), [choices]);
  const wanted = search.trim().toLowerCase();
  const others = choices.filter((choice) => !chosen.includes(choice.key) && choice.label.toLowerCase().includes(wanted));
  const toggle = (key: string) => onChange(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key]);
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !menu.current?.open) return;
    menu.current.open = false;
    menu.current.querySelector("summary")?.focus();
    event.stopPropagation();
  };
  const row = (key: string, name: string, on: boolean) => (
    <label key={key}>
      <input type="checkbox" checked={on} onChange={() => toggle(key)} />
      <span className="clip" title={name}>
        {name}
      </span>
    </label>
  );
  return (
    <details ref={menu} className="menu" onKeyDown={escape}>
      <summary className="chart-toggle compare-summary">{label} ▾</summary>
      <div className="menu-body">
        <div className="menu-bar">
          <input className="search" type="search" placeholder="Search" aria-label={`search ${label}`} value={search} onChange={(event) => setSearch(event.target.value)} />
        </div>
        {chosen.length > 0 && <div className="menu-list menu-chosen">{chosen.map((key) => row(key, names.get(key) ?? key, true))}</div>}
        <div className="menu-list">{others.slice(0, SHOWN).map(({ key, label: name }) => row(key, name, false))}</div>
        {others.length > SHOWN && <p className="dim menu-note">{others.length - SHOWN} more: search to see them.</p>}
        {others.length === 0 && <p className="dim menu-note">{wanted ? "None fits." : "There are no others."}</p>}
      </div>
    </details>
  );
}
