// Where the page stands: alone in a window, in a frame of another page (`?embed=1`), or as one file without a server.

import { API } from "../api/client";

/** What a file without a server holds. */
export interface FileNote {
  /** The path of the task's page. */
  start: string;
  madeUs: number;
  version: string;
  /** Width at which its curves are exact. */
  columns: number;
  /** Points of its curves, and those of the task. */
  pointsHeld: number;
  pointsOf: number;
  /** What did not fit, a sentence each. */
  leftOut: readonly string[];
}

/** In a file the address cannot have another path: the page's own stands in the query string. */
const PATH_KEY = "page";
const EMBED_KEY = "embed";

let note: FileNote | null = null;

export function liveInFile(of: FileNote): void {
  note = of;
}

export const fileNote = (): FileNote | null => note;

/** Whether another page shows this one: then nothing that changes something is offered, and no way out of the task. */
export const isFramed = (search = location.search): boolean => new URLSearchParams(search).get(EMBED_KEY) === "1";

/** In a frame of one panel, have it alone: the address says `panel`, the page of charts `full`. */
export function startFrame(): void {
  const params = new URLSearchParams(location.search);
  const panel = params.get("panel");
  if (!isFramed() || panel === null) return;
  document.documentElement.dataset["alone"] = "";
  if (!params.has("full")) params.set("full", panel);
  history.replaceState(null, "", `${location.pathname}?${params}${location.hash}`);
}

/** Whether what is shown can be changed from here. */
export const isReadOnly = (): boolean => note !== null || isFramed();

export function currentPath(): string {
  if (note === null) return location.pathname;
  return new URLSearchParams(location.search).get(PATH_KEY) ?? note.start;
}

/** The address to go to for a path of the page, with its query string and hash: what a frame or file needs besides. */
export function placed(to: string): string {
  if (note === null) return isFramed() ? withKey(to, EMBED_KEY, "1") : to;
  const { path, search, hash } = apart(to);
  return path === location.pathname ? to : withKey(`${location.pathname}${search}${hash}`, PATH_KEY, path);
}

/** The address of a link: as `placed`, but what opens in a window of its own has its frame back. */
export const linked = (to: string): string => (note === null ? to : placed(to));

function withKey(to: string, key: string, value: string): string {
  const { path, search, hash } = apart(to);
  const params = new URLSearchParams(search);
  params.set(key, value);
  return `${path}?${params}${hash}`;
}

function apart(to: string): { path: string; search: string; hash: string } {
  const [, path = "", search = "", hash = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(to) ?? [];
  return { path, search, hash };
}

/** A piece of HTML that shows an address of this page in another one, without what stands around it. */
export function embedCode(address: string, height = 320): string {
  const url = new URL(address, location.href);
  url.searchParams.set(EMBED_KEY, "1");
  const full = url.searchParams.get("full");
  if (full !== null) {
    url.searchParams.delete("full");
    url.searchParams.set("panel", full);
  }
  const source = url.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<iframe src="${source}" width="100%" height="${height}" style="border: 0" title="Stripchart"></iframe>`;
}

/** Where a task's export as one file is. */
export const exportAddress = (task: string): string => `${API}/tasks/${encodeURIComponent(task)}/export.html`;
