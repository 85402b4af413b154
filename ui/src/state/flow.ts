// Cards of several titles in one grid: titles of many cards get a heading, the others follow one another without.

export interface Titled<T> {
  title: string;
  cards: readonly T[];
}

export type Flow<T> =
  | { kind: "heading"; title: string; count: number }
  /** Ends the row: what follows does not belong to the heading above. */
  | { kind: "end"; title: string }
  | { kind: "card"; card: T; /** Whether no heading says the title. */ titled: boolean };

/** In order; titles of at most `few` cards go without a heading. At most `limit` cards. */
export function flow<T>(sections: readonly Titled<T>[], few: number, limit: number): Flow<T>[] {
  const items: Flow<T>[] = [];
  let left = limit;
  for (const { title, cards } of sections) {
    if (left <= 0) break;
    const headed = cards.length > few;
    if (headed) items.push({ kind: "heading", title, count: cards.length });
    for (const card of cards.slice(0, left)) items.push({ kind: "card", card, titled: !headed });
    if (headed) items.push({ kind: "end", title });
    left -= cards.length;
  }
  return items;
}
