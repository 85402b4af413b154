// The state of the page is in its address. A parameter is a typed value under a key of the query string; its
// default is left out, so that a plain view has a plain address.

import { useMemo, useSyncExternalStore } from "react";

import { currentPath, placed } from "../embed/frame";

export interface Param<T> {
  key: string;
  /** Read the raw values of the key (none: the default). Never throws: nonsense reads as the default. */
  parse(raw: readonly string[]): T;
  /** The raw values to write; none for the default. */
  format(value: T): string[];
}

export const param = {
  text: (key: string, fallback = ""): Param<string> => ({
    key,
    parse: (raw) => raw[0] ?? fallback,
    format: (value) => (value === fallback ? [] : [value]),
  }),
  int: <F extends number | null>(key: string, fallback: F): Param<number | F> => ({
    key,
    parse: (raw) => (raw[0] !== undefined && /^-?\d{1,15}$/.test(raw[0]) ? Number(raw[0]) : fallback),
    format: (value) => (value === fallback || value === null ? [] : [String(value)]),
  }),
  flag: (key: string, fallback = false): Param<boolean> => ({
    key,
    parse: (raw) => (raw[0] === "1" ? true : raw[0] === "0" ? false : fallback),
    format: (value) => (value === fallback ? [] : [value ? "1" : "0"]),
  }),
  choice: <T extends string>(key: string, choices: readonly T[], fallback: T): Param<T> => ({
    key,
    parse: (raw) => choices.find((choice) => choice === raw[0]) ?? fallback,
    format: (value) => (value === fallback ? [] : [value]),
  }),
  /** Texts, each under the same key again; order is kept. */
  list: (key: string): Param<readonly string[]> => ({ key, parse: (raw) => raw, format: (value) => [...value] }),
};

/** The query string with one parameter set to a value, other keys untouched. */
export function withParam<T>(search: string, of: Param<T>, value: T): string {
  const params = new URLSearchParams(search);
  params.delete(of.key);
  for (const raw of of.format(value)) params.append(of.key, raw);
  const text = params.toString();
  return text ? `?${text}` : "";
}

export function readParam<T>(search: string, of: Param<T>): T {
  return of.parse(new URLSearchParams(search).getAll(of.key));
}

/** Our own event: `pushState` and `replaceState` fire none. */
const MOVED = "stripchart:moved";

function listen(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener("hashchange", listener);
  window.addEventListener(MOVED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener("hashchange", listener);
    window.removeEventListener(MOVED, listener);
  };
}

/** Go to an address of this page. `replace` for steps that "back" should not stop at. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, "", placed(to));
  else history.pushState(null, "", placed(to));
  window.dispatchEvent(new Event(MOVED));
}

export function usePath(): string {
  return useSyncExternalStore(listen, currentPath);
}

export function useSearch(): string {
  return useSyncExternalStore(listen, () => location.search);
}

export function useHash(): string {
  return useSyncExternalStore(listen, () => location.hash);
}

export type SetParam<T> = (value: T, how?: { push?: boolean }) => void;

/** A parameter of the address and how to set it; setting replaces the entry of the history unless told to push. */
export function useParam<T>(of: Param<T>): [T, SetParam<T>] {
  const search = useSearch();
  const raw = JSON.stringify(new URLSearchParams(search).getAll(of.key));
  const value = useMemo(() => of.parse(JSON.parse(raw) as string[]), [of, raw]);
  const set = useMemo<SetParam<T>>(
    () => (next, how) =>
      navigate(location.pathname + withParam(location.search, of, next) + location.hash, { replace: !how?.push }),
    [of],
  );
  return [value, set];
}

/** More tasks than this are neither told apart nor asked for. */
export const MOST_COMPARED = 200;

/** Addresses of the pages. */
export const address = {
  projects: () => "/",
  tasks: (project: string | null = null) =>
    project === null ? "/tasks" : `/tasks?project=${encodeURIComponent(project)}`,
  task: (id: string, tab = "") => `/task/${encodeURIComponent(id)}${tab ? `/${tab}` : ""}`,
  compare: (ids: readonly string[], tab = "") =>
    `/compare${tab ? `/${tab}` : ""}?tasks=${ids.map(encodeURIComponent).join(",")}`,
  settings: () => "/settings",
};
