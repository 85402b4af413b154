// Keeping one's place in a list that changes while one reads it.

/**
 * By how many places the items seen before have moved: what most of those that are still found moved by. 0 where
 * fewer than half moved together (the list was put in another order, not pushed down).
 */
export function shiftOf(before: ReadonlyMap<number, string>, placeOf: (id: string) => number | undefined): number {
  const votes = new Map<number, number>();
  for (const [index, id] of before) {
    const place = placeOf(id);
    if (place !== undefined) votes.set(place - index, (votes.get(place - index) ?? 0) + 1);
  }
  const [shift, count] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return count * 2 > before.size ? shift : 0;
}
