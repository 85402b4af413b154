// The browser's tab says what the page shows: its name, and for a task its status, as a coloured icon.

import { useEffect } from "react";

import { useTheme, cssColour } from "./theme";
import { statusColour } from "./status";

const NAME = "Stripchart";

function icon(colour: string): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${colour}"/>` +
    `<path d="M4 20h5l3-11 5 16 4-10 2 5h5" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export function useTitle(text: string, status = ""): void {
  const theme = useTheme();
  useEffect(() => {
    document.title = text ? `${text} · ${NAME}` : NAME;
    const colour = cssColour(status ? statusColour(status) : "--ink");
    document.getElementById("favicon")?.setAttribute("href", icon(colour));
  }, [text, status, theme]);
}
