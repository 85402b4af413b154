// A JSON value to unfold where one wants to look. Text of others is text; no key is special.

import { formatCounted } from "../state/format";
import { Fold } from "./Fold";
import "./jsonTree.css";

export function JsonTree({ value }: { value: unknown }) {
  return (
    <div className="json-tree mono">
      <Node name={null} value={value} depth={0} />
    </div>
  );
}

/** The value of a text that is an object or a list in JSON; undefined of any other. */
export function parseTree(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text, whole) as unknown;
  } catch {
    return undefined;
  }
}

/** Whole numbers that a double would round keep their digits, where the browser tells them. */
function whole(_key: string, value: unknown, context?: { source?: string }): unknown {
  const rounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return rounded && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context!.source!) : value;
}

interface NodeProps {
  name: string | null;
  value: unknown;
  depth: number;
}

function Node({ name, value, depth }: NodeProps) {
  if (typeof value !== "object" || value === null)
    return (
      <div className="json-leaf">
        <Name name={name} />
        <span className={`json-${value === null ? "null" : typeof value}`}>{typeof value === "bigint" ? String(value) : JSON.stringify(value)}</span>
      </div>
    );
  return <Branch name={name} value={value} depth={depth} />;
}

function Branch({ name, value, depth }: NodeProps & { value: object }) {
  const children = Object.entries(value) as [string, unknown][];
  const list = Array.isArray(value);
  const head = (
    <>
      <Name name={name} />
      <span className="dim">
        {list ? "[" : "{"} {formatCounted(children.length, list ? "item" : "key")} {list ? "]" : "}"}
      </span>
    </>
  );
  return <Fold head={head} depth={depth} items={children} render={([key, child]) => <Node key={key} name={key} value={child} depth={depth + 1} />} />;
}

function Name({ name }: { name: string | null }) {
  return name === null ? null : <span className="json-name">{name}: </span>;
}
