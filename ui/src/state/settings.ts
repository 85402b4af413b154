// How the reader likes the page; theirs, not the view's, so it is kept in this browser and not in the address.

import { setZone } from "./format";
import { readPreference, writePreference } from "./preferences";
import { createStore, useStore } from "./store";

export const DENSITIES = ["normal", "compact"] as const;
export const ZONES = ["local", "utc"] as const;
export const TIMES = ["ago", "full"] as const;

export interface Settings {
  density: (typeof DENSITIES)[number];
  zone: (typeof ZONES)[number];
  /** Ages (`3 min ago`) or moments (`2026-11-23 14:03:22`). */
  times: (typeof TIMES)[number];
  /** As the address of a page of charts says them; empty: the page's own. */
  axis: string;
  smoothing: string;
}

const DEFAULTS: Settings = { density: "normal", zone: "local", times: "ago", axis: "", smoothing: "" };
const KEY = "settings";

export const settings = createStore<Settings>(read());

function read(): Settings {
  const kept: unknown = readPreference(KEY, {});
  const { density, zone, times, axis, smoothing } = { ...DEFAULTS, ...(typeof kept === "object" ? kept : {}) } as Settings;
  return {
    density: DENSITIES.find((one) => one === density) ?? DEFAULTS.density,
    zone: ZONES.find((one) => one === zone) ?? DEFAULTS.zone,
    times: TIMES.find((one) => one === times) ?? DEFAULTS.times,
    axis: typeof axis === "string" ? axis : "",
    smoothing: typeof smoothing === "string" ? smoothing : "",
  };
}

export function changeSettings(change: Partial<Settings>): void {
  const next = { ...settings.get(), ...change };
  writePreference(KEY, next);
  settings.set(next);
}

export const useSettings = (): Settings => useStore(settings);

/** Put it in force for what is styled and written by it; once, before the first render. */
export function startSettings(): void {
  const apply = () => {
    document.documentElement.dataset["density"] = settings.get().density;
    setZone(settings.get().zone);
  };
  settings.subscribe(apply);
  apply();
}

/** Height of a row of a table, in CSS pixels: `--row` of the theme. */
export function useRowPx(): number {
  return useSettings().density === "compact" ? 24 : 30;
}
