import { useState, type CSSProperties, type ReactNode } from "react";

import { flow, type Titled } from "../state/flow";
import "./cards.css";

interface Props<T> {
  sections: readonly Titled<T>[];
  /** Titles of more cards than this have a heading. */
  few: number;
  /** So many cards until more are asked for. */
  atFirst: number;
  className: string;
  style?: CSSProperties | undefined;
  /** One card, with a key; `titled` where no heading says its title. */
  children(card: T, titled: boolean): ReactNode;
}

/** Cards of several titles in one grid. */
export function CardGrid<T>({ sections, few, atFirst, className, style, children }: Props<T>) {
  const [limit, setLimit] = useState(atFirst);
  const total = sections.reduce((sum, { cards }) => sum + cards.length, 0);
  return (
    <>
      <div className={`cards-grid ${className}`} style={style}>
        {flow(sections, few, limit).map((item) => {
          if (item.kind === "card") return children(item.card, item.titled);
          if (item.kind === "end") return <i key={`end ${item.title}`} className="cards-end" aria-hidden />;
          return (
            <h2 key={`title ${item.title}`} className="clip" title={item.title}>
              {item.title} <span className="dim">{item.count}</span>
            </h2>
          );
        })}
      </div>
      {total > limit && (
        <button className="button" onClick={() => setLimit(limit + atFirst)}>
          Show {Math.min(total - limit, atFirst)} more of {total}
        </button>
      )}
    </>
  );
}
