// Dark, light, or what the system says; kept in the browser, applied as `data-theme` on the root element.

import { createStore, useStore } from "./store";
import { readPreference, writePreference } from "./preferences";

export type ThemeChoice = "system" | "dark" | "light";
export type Theme = "dark" | "light";

const KEY = "theme";
const CHOICES: readonly ThemeChoice[] = ["system", "dark", "light"];

const stored = readPreference<ThemeChoice>(KEY, "system");
const choice = createStore<ThemeChoice>(CHOICES.includes(stored) ? stored : "system");
const theme = createStore<Theme>("dark");

function apply(): void {
  const light = window.matchMedia("(prefers-color-scheme: light)").matches;
  const next = choice.get() === "system" ? (light ? "light" : "dark") : (choice.get() as Theme);
  document.documentElement.dataset["theme"] = next;
  theme.set(next);
}

/** Apply the chosen theme and follow the system's; once, before the first render. */
export function startTheme(): void {
  window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", apply);
  choice.subscribe(apply);
  apply();
}

export function setThemeChoice(next: ThemeChoice): void {
  writePreference(KEY, next);
  choice.set(next);
}

export const useThemeChoice = (): ThemeChoice => useStore(choice);

/** The theme in force; what draws on a canvas re-reads its colours when this changes. */
export const useTheme = (): Theme => useStore(theme);

/** The value of a CSS custom property, for what draws on a canvas: `cssColour("--line")`. */
export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
