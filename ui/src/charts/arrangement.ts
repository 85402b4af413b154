// What the reader makes of the usual order of panels: pinned first, put away, moved within their sections. Of moves it is not
// the order that is kept but what differs from the usual one: pairs of a panel and the one that it stands before, so that
// panels which come later find their places, and a link stays short.

import type { PanelModel, Section } from "./sections";
import type { ChartView } from "./view";

/** The section that pinned panels stand in; no title of a task makes a prefix that begins like this. */
export const PINNED = "\tpinned";

/** Put pinned panels first, in the order in which they were pinned, and leave out those that were put away. */
export function arrange(usual: readonly Section[], { pins, away, order }: Pick<ChartView, "pins" | "away" | "order">): Section[] {
  const placed = placedOf(order);
  const sections = usual.map((section) => inPlaces(section, placed));
  if (pins.length === 0 && away.length === 0) return sections;
  const byId = new Map(sections.flatMap(({ panels }) => panels.map((panel) => [panel.id, panel])));
  const pinned = [...new Set(pins)].filter((id) => !away.includes(id));
  // Away from its section a panel is called in full.
  const first = pinned.flatMap((id) => (byId.has(id) ? [{ ...byId.get(id)!, heading: id }] : []));
  const elsewhere = new Set([...first.map(({ id }) => id), ...away]);
  const rest = sections
    .map((section) => ({ ...section, panels: section.panels.filter(({ id }) => !elsewhere.has(id)) }))
    .filter(({ panels }) => panels.length > 0);
  return first.length > 0 ? [{ id: PINNED, heading: "Pinned", panels: first }, ...rest] : rest;
}

/** A panel, and before which other one of its section it stands; empty for the end. */
export type Placed = readonly [panel: string, before: string];

/** Pairs from the flat list of the address. */
export function placedOf(flat: readonly string[]): Placed[] {
  const pairs: Placed[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!]);
  return pairs;
}

/** A section with its panels where they were put. Pairs that name what is not here change nothing. */
export function inPlaces(section: Section, placed: readonly Placed[]): Section {
  const usual = new Map(section.panels.map((panel, place) => [panel.id, place]));
  const moved = new Map(placed.filter(([id]) => usual.has(id)));
  if (moved.size === 0) return section;
  const panels = section.panels.filter(({ id }) => !moved.has(id));
  for (const [id, before] of moved) {
    const at = before === "" ? panels.length : panels.findIndex((panel) => panel.id === before);
    const place = usual.get(id)!;
    // The one that it stood before is not here: it stands where it usually does.
    const follows = (panel: PanelModel) => !moved.has(panel.id) && usual.get(panel.id)! < place;
    panels.splice(at >= 0 ? at : panels.findLastIndex(follows) + 1, 0, section.panels[place]!);
  }
  return { ...section, panels };
}

/** The fewest pairs that make one order of another, each before one that stands already. */
export function placesOf(usual: readonly string[], wanted: readonly string[]): Placed[] {
  const place = new Map(usual.map((id, at) => [id, at]));
  const stays = new Set(rising(wanted.map((id) => place.get(id) ?? -1)).map((at) => wanted[at]!));
  const pairs: Placed[] = [];
  for (let i = wanted.length - 1; i >= 0; i--) if (!stays.has(wanted[i]!)) pairs.push([wanted[i]!, wanted[i + 1] ?? ""]);
  return pairs;
}

/** The places of a longest rising subsequence (patience sorting). */
function rising(values: readonly number[]): number[] {
  const tops: number[] = [];
  const before: number[] = [];
  values.forEach((value, at) => {
    let low = 0;
    for (let high = tops.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (values[tops[middle]!]! < value) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? tops[low - 1]! : -1;
    tops[low] = at;
  });
  const found: number[] = [];
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at]!) found.push(at);
  return found.reverse();
}

type Arranged = Pick<ChartView, "pins" | "order">;

/**
 * What changes in the view when a panel is put before another one of a section, or at its end (null); null where it cannot stand
 * there: beside its own section only among the pinned ones. `usual` are the sections as they are without the reader.
 */
export function put(
  panel: string,
  to: Place,
  { usual, shown, view }: { usual: readonly Section[]; shown: readonly Section[]; view: Arranged },
): Partial<ChartView> | null {
  if (to.before === panel) return null;
  const target = shown.find(({ id }) => id === to.section);
  const home = usual.find(({ panels }) => panels.some(({ id }) => id === panel));
  if (!target || !home) return null;
  const wanted = inserted(target.panels.map(({ id }) => id), panel, to.before);
  if (to.section === PINNED) {
    // Pins of what is not here now stay.
    return { pins: [...wanted, ...view.pins.filter((id) => !wanted.includes(id))] };
  }
  if (home.id !== to.section) return null;
  // Of what is not to be seen now (filtered, pinned) the places stay as they are.
  const among = new Set(wanted);
  const others = placedOf(view.order).filter(([id]) => !among.has(id));
  const own = placesOf(home.panels.map(({ id }) => id).filter((id) => among.has(id)), wanted);
  const pinned = view.pins.includes(panel);
  return { order: [...others, ...own].flat(), ...(pinned ? { pins: view.pins.filter((id) => id !== panel) } : {}) };
}

export interface Place {
  section: string;
  /** The panel that it stands before; null for the end. */
  before: string | null;
}

/** Where a panel comes to stand so many steps on (or back, below zero); null where it stands there already. */
export function stepped(shown: readonly Section[], panel: string, steps: number): Place | null {
  for (const { id: section, panels } of shown) {
    const at = panels.findIndex(({ id }) => id === panel);
    if (at < 0) continue;
    const to = Math.min(panels.length - 1, Math.max(0, at + steps));
    return to === at ? null : { section, before: panels[to < at ? to : to + 1]?.id ?? null };
  }
  return null;
}

function inserted(ids: readonly string[], id: string, before: string | null): string[] {
  const rest = ids.filter((other) => other !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  return rest.toSpliced(at < 0 ? rest.length : at, 0, id);
}
