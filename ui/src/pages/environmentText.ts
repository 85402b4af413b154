// What a task says of the machine and the command that it ran with: which keys, in which order, and as which text.

import type { Attempt } from "../api/types";
import { formatBytes } from "../state/format";

export type Environment = Readonly<Record<string, unknown>>;

/** Known keys of the environment in the order of interest; others follow as they come. */
const ORDER = ["host", "user", "script", "argv", "cwd", "python", "executable", "os", "cpu_count", "memory_bytes", "gpus", "pid", "stripchart"];
const APART = new Set(["git", "packages"]);
export const NAMES: Record<string, string> = { argv: "command", cpu_count: "CPUs", memory_bytes: "memory", gpus: "GPUs" };

/** That of the latest attempt that said anything about it. */
export function environmentOf(attempts: readonly Attempt[]): Environment {
  const described = attempts.filter((attempt) => Object.keys(attempt.environment).length > 0);
  return described.at(-1)?.environment ?? {};
}

/** The keys to show one under the other; git and packages stand apart. */
export function keysOf(environment: Environment): string[] {
  return [...ORDER.filter((key) => key in environment), ...Object.keys(environment).filter(isOther)];
}

function isOther(key: string): boolean {
  return !ORDER.includes(key) && !APART.has(key);
}

/** Whatever a task put there, as text. */
export function describe(key: string, value: unknown): string {
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

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
