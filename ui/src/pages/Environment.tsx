import { useMemo, useState } from "react";

import type { Attempt } from "../api/types";
import { formatBytes, formatCount } from "../state/format";
import { Copy } from "../widgets/Copy";
import { Pair, Section } from "./OverviewTab";

/** Known keys of the environment in the order of interest; others follow as they come. */
const ORDER = ["host", "user", "script", "argv", "cwd", "python", "executable", "os", "cpu_count", "memory_bytes", "gpus", "pid", "stripchart"];
const APART = new Set(["git", "packages"]);
const NAMES: Record<string, string> = { argv: "command", cpu_count: "CPUs", memory_bytes: "memory", gpus: "GPUs" };

/** Environment, git and packages of the latest attempt that said anything about them. */
export function EnvironmentSections({ attempts }: { attempts: readonly Attempt[] }) {
  const environment = useMemo(() => {
    const described = attempts.filter((attempt) => Object.keys(attempt.environment).length > 0);
    return described.at(-1)?.environment ?? {};
  }, [attempts]);
  const keys = [...ORDER.filter((key) => key in environment), ...Object.keys(environment).filter(isOther)];
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

function isOther(key: string): boolean {
  return !ORDER.includes(key) && !APART.has(key);
}

/** Whatever a task put there, as text. */
function describe(key: string, value: unknown): string {
  if (key === "memory_bytes" && typeof value === "number") return formatBytes(value);
  if (key === "argv" && Array.isArray(value)) return value.map(quoted).join(" ");
  if (Array.isArray(value)) return value.map((item) => describe("", item)).join("\n");
  if (isTable(value))
    return Object.entries(value)
      .map(([name, item]) => `${name}: ${describe(name, item)}`)
      .join(", ");
  return String(value);
}

function quoted(argument: unknown): string {
  const text = String(argument);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
      {diff && (
        <details>
          <summary>Diff, {formatCount(diff.split("\n").length)} lines</summary>
          <Diff text={diff} />
        </details>
      )}
    </Section>
  );
}

const DIFF_LINES = 3000;

function Diff({ text: diff }: { text: string }) {
  const lines = diff.split("\n");
  return (
    <pre className="diff mono">
      {lines.slice(0, DIFF_LINES).map((line, index) => (
        <span key={index} className={diffClass(line)}>
          {line}
          {"\n"}
        </span>
      ))}
      {lines.length > DIFF_LINES && <span className="dim">… {formatCount(lines.length - DIFF_LINES)} more lines</span>}
    </pre>
  );
}

function diffClass(line: string): string {
  if (/^(\+\+\+|---|diff |index )/.test(line)) return "diff-head";
  if (line.startsWith("@@")) return "diff-hunk";
  if (line.startsWith("+")) return "diff-added";
  return line.startsWith("-") ? "diff-removed" : "";
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
