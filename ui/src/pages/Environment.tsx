import { useMemo, useState } from "react";

import type { Attempt } from "../api/types";
import { formatCount, formatCounted } from "../state/format";
import { downloadText } from "../tables/download";
import { Copy } from "../widgets/Copy";
import { Diff } from "./Diff";
import { describe, environmentOf, isTable, keysOf, NAMES } from "./environmentText";
import { Pair, Section } from "./OverviewTab";

/** Environment, git and packages of the latest attempt that said anything about them. */
export function EnvironmentSections({ attempts }: { attempts: readonly Attempt[] }) {
  const environment = useMemo(() => environmentOf(attempts), [attempts]);
  const keys = keysOf(environment);
  return (
    <>
      {keys.length > 0 && (
        <Section title="Environment">
          <dl className="pairs">
            {keys.map((key) => (
              <Pair key={key} name={NAMES[key] ?? key}>
                <span className="mono value-text">{describe(key, environment[key])}</span>
              </Pair>
            ))}
          </dl>
        </Section>
      )}
      <Git git={environment["git"]} />
      <Packages packages={environment["packages"]} />
    </>
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function Git({ git }: { git: unknown }) {
  if (!isTable(git) || Object.keys(git).length === 0) return null;
  const commit = text(git["commit"]);
  const diff = text(git["diff"]);
  return (
    <Section title="Git" aside={git["dirty"] ? <span className="warn">uncommitted changes</span> : null}>
      <dl className="pairs">
        {text(git["url"]) && (
          <Pair name="repository">
            <span className="mono value-text">{text(git["url"])}</span>
          </Pair>
        )}
        {text(git["branch"]) && (
          <Pair name="branch">
            <span className="mono value-text">{text(git["branch"])}</span>
          </Pair>
        )}
        {commit && (
          <Pair name="commit">
            <Copy text={commit} shown={commit.slice(0, 12)} label="Commit" />
          </Pair>
        )}
      </dl>
      {diff && <Diff text={diff} />}
    </Section>
  );
}

function Packages({ packages }: { packages: unknown }) {
  const [search, setSearch] = useState("");
  if (!isTable(packages)) return null;
  const all = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b));
  if (all.length === 0) return null;
  const found = all.filter(([name]) => name.toLowerCase().includes(search.toLowerCase()));
  return (
    <Section title="Packages" aside={formatCount(all.length)}>
      <details>
        <summary>Show</summary>
        <p className="diff-bar">
          <Copy text={requirementsOf(found)} shown={`Copy ${formatCounted(found.length, "requirement")}`} label="requirements" />
          <button className="link" onClick={() => downloadText("requirements.txt", requirementsOf(found), "text/plain")}>
            Download
          </button>
        </p>
        <input
          className="search"
          type="search"
          placeholder="Filter packages"
          aria-label="filter packages"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <dl className="pairs packages">
          {found.map(([name, version]) => (
            <Pair key={name} name={name}>
              <span className="mono">{String(version)}</span>
            </Pair>
          ))}
        </dl>
      </details>
    </Section>
  );
}

/** As pip reads them: what is shown, each at its version. */
function requirementsOf(packages: readonly [string, unknown][]): string {
  return packages.map(([name, version]) => `${name}==${String(version)}\n`).join("");
}
