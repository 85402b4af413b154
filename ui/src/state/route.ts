// Which page a path names.

import { address } from "./address";

export const TAB_IDS = ["overview", "scalars", "plots", "samples", "console", "system", "configuration", "artifacts"] as const;
export type TabId = (typeof TAB_IDS)[number];

export type Route =
  | { page: "projects" | "tasks" | "settings" | "none" }
  /** `tab` is empty for the first one; which there are is the page's to say. */
  | { page: "compare"; tab: string }
  | { page: "task"; id: string; tab: TabId }
  /** The page has another path; what stands behind the path is kept. */
  | { page: "elsewhere"; to: string };

export function routeOf(path: string): Route {
  const [first, id, tab = "", ...more] = path.split("/").filter(Boolean).map(decode);
  if (first === undefined) return { page: "projects" };
  if (first === "tasks" && id === undefined) return { page: "tasks" };
  if (first === "settings" && id === undefined) return { page: "settings" };
  if (first === "compare" && !tab) return { page: "compare", tab: id ?? "" };
  const known = TAB_IDS.find((one) => one === (tab || "overview"));
  if (id === undefined || !known || more.length > 0) return { page: "none" };
  if (first === "task") return { page: "task", id, tab: known };
  // What the server's own interface calls it; typed by hand, and found in links.
  if (first === "tasks") return { page: "elsewhere", to: address.task(id, tab) };
  return { page: "none" };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
