// Something with more under it, to unfold where one wants to look.

import { useState, type ReactNode } from "react";

import { formatCounted } from "../state/format";
import "./fold.css";

/** Deeper than this, or longer, stays folded until it is opened. */
const OPEN_DEPTH = 2;
const OPEN_ITEMS = 40;
/** More items than this come in parts. */
const PART = 200;

interface Props<T> {
  head: ReactNode;
  depth: number;
  items: readonly T[];
  render(item: T, place: number): ReactNode;
}

export function Fold<T>({ head, depth, items, render }: Props<T>) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH && items.length <= OPEN_ITEMS);
  return (
    <details className="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{head}</summary>
      {open && (
        <div className="fold-items">
          <InParts items={items} render={render} />
        </div>
      )}
    </details>
  );
}

/** A list of which very much is shown only when asked for. */
export function InParts<T>({ items, render }: Pick<Props<T>, "items" | "render">) {
  const [shown, setShown] = useState(PART);
  return (
    <>
      {items.slice(0, shown).map(render)}
      {items.length > shown && (
        <button className="link" onClick={() => setShown(shown + PART)}>
          {formatCounted(items.length - shown, "more", "more")}
        </button>
      )}
    </>
  );
}
