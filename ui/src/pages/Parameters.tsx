import { useMemo, useState } from "react";

import type { Parameter } from "../api/types";
import { byName } from "../charts/sections";
import { formatCount } from "../state/format";
import { Pair, Section } from "./OverviewTab";

/** Above this many, there is a box to search them. */
const MANY = 12;
const MOST_SHOWN = 500;

/** Those of which the name or the value has a text in it, whatever its case. */
export function holding(parameters: readonly Parameter[], search: string): readonly Parameter[] {
  const wanted = search.toLowerCase();
  return wanted ? parameters.filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted)) : parameters;
}

interface Props {
  parameters: readonly Parameter[];
  /** How many there are, where those are what a search on the page has found: then there is no box here. */
  of?: number;
  searched?: boolean;
}

/** Parameters by section (`section/name`); those without a section first. */
export function Parameters({ parameters, of = parameters.length, searched = false }: Props) {
  const [search, setSearch] = useState("");
  const found = useMemo(() => holding(parameters, search), [parameters, search]);
  const sections = useMemo(() => bySection(found.slice(0, MOST_SHOWN)), [found]);
  if (parameters.length === 0) return null;
  return (
    <Section title="Parameters" aside={parameters.length < of ? `${formatCount(parameters.length)} of ${formatCount(of)}` : formatCount(of)}>
      {!searched && parameters.length > MANY && (
        <input
          className="search"
          type="search"
          placeholder="Filter parameters"
          aria-label="filter parameters"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      {sections.map(([section, list]) => (
        <div key={section}>
          {section && <h3 className="clip">{section}</h3>}
          <dl className="pairs">
            {list.map((parameter) => (
              <Pair key={parameter.name} name={parameter.name.slice(section ? section.length + 1 : 0)}>
                <span className="mono value-text" title={parameter.type}>
                  {parameter.value}
                </span>
              </Pair>
            ))}
          </dl>
        </div>
      ))}
      {found.length > MOST_SHOWN && <p className="dim">{formatCount(found.length - MOST_SHOWN)} more: filter to see them.</p>}
      {found.length === 0 && <p className="dim">No parameter has “{search}”.</p>}
    </Section>
  );
}

function bySection(parameters: readonly Parameter[]): [string, Parameter[]][] {
  const sections = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    const slash = parameter.name.indexOf("/");
    const section = slash < 0 ? "" : parameter.name.slice(0, slash);
    sections.set(section, [...(sections.get(section) ?? []), parameter]);
  }
  for (const list of sections.values()) list.sort((a, b) => byName(a.name, b.name));
  return [...sections].sort(([a], [b]) => byName(a, b));
}
