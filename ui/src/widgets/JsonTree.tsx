// A JSON value to unfold where one wants to look. Text of others is text; no key is special.

import { useState } from "react";

import { formatCounted } from "../state/format";
import "./jsonTree.css";

/** Deeper than this, or longer, stays folded until it is opened. */
const OPEN_DEPTH = 2;
const OPEN_CHILDREN = 40;
/** More children than this come in parts. */
const PART = 200;

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
  const children = Object.entries(value);
  const [open, setOpen] = useState(depth < OPEN_DEPTH && children.length <= OPEN_CHILDREN);
  const [shown, setShown] = useState(PART);
  const list = Array.isArray(value);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span className="dim">
          {list ? "[" : "{"} {formatCounted(children.length, list ? "item" : "key")} {list ? "]" : "}"}
        </span>
      </summary>
      {open && (
        <div className="json-children">
          {children.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={key} value={child} depth={depth + 1} />
          ))}
          {children.length > shown && (
            <button className="link" onClick={() => setShown(shown + PART)}>
              {formatCounted(children.length - shown, "more", "more")}
            </button>
          )}
        </div>
      )}
    </details>
  );
}

function Name({ name }: { name: string | null }) {
  return name === null ? null : <span className="json-name">{name}: </span>;
}
