// The arrangement of a page of charts that is kept for a project: what is pinned, moved, put away or folded, sizes, smoothing,
// axes. An address that says any of it is a view and is left as it is; a plain one gets what is kept.

import { useCallback, useEffect, useRef, useState } from "react";

import { getJson, isAbort, sendJson } from "../api/client";
import type { Layout } from "../api/types";
import { navigate } from "../state/address";
import { showProblem } from "../state/toasts";
import type { ChartView, SetView, ViewParams } from "./view";

/** The form of what is kept: raw values of the address by its keys. */
const VERSION = 1;

export const KEPT = [
  "axis", "logX", "logY", "smoothing", "ignoreOutliers", "columns", "height", "folded", "pins", "away", "order",
] as const satisfies readonly (keyof ChartView)[]; // prettier-ignore

type Values = Readonly<Record<string, readonly string[]>>;

/** What the server takes as the key of a layout. */
const LONGEST_NAME = 200;

/** What the arrangement of a kind of page is kept under, for a project. */
export function layoutName(page: string, project: string): string {
  return `${page} ${project}`.slice(0, LONGEST_NAME);
}

export interface KeptLayout {
  /** What is kept has been asked for, and the address is as it should be. */
  ready: boolean;
  /** Why something that is kept was left aside. */
  note: string;
  /** Remember what of a change belongs to the arrangement. */
  keep(change: Partial<ChartView>): void;
  reset(): void;
}

/** Whether an address says anything about the arrangement. */
export function saysLayout(search: string, params: ViewParams): boolean {
  const given = new URLSearchParams(search);
  return KEPT.some((name) => given.has(params[name].key));
}

/** An address with what is kept; what no parameter knows is left out. */
export function withLayout(search: string, params: ViewParams, values: Values): string {
  const next = new URLSearchParams(search);
  for (const name of KEPT) {
    const { key } = params[name];
    for (const raw of Object.hasOwn(values, key) ? values[key]! : []) next.append(key, raw);
  }
  const text = next.toString();
  return text ? `?${text}` : "";
}

/** What to keep after a change: an empty list where it goes back to what is usual. */
export function withChange(values: Values, params: ViewParams, change: Partial<ChartView>): Values {
  const next: Record<string, readonly string[]> = { ...values };
  for (const name of KEPT) {
    if (!(name in change)) continue;
    const { key, format } = params[name];
    next[key] = format(change[name] as never);
  }
  return next;
}

/** The values of a document that somebody else may have written. */
export function valuesOf(document: unknown): Values {
  if (typeof document !== "object" || document === null) return {};
  const lists = Object.entries(document).filter(
    ([, raw]) => Array.isArray(raw) && raw.every((text) => typeof text === "string"),
  );
  return Object.fromEntries(lists) as Values;
}

/** `name` is what the arrangement is kept under; null keeps none. */
export function useLayout(name: string | null, params: ViewParams): KeptLayout {
  const [state, setState] = useState({ name: null as string | null, note: "" });
  const values = useRef<Values>({});
  const sending = useRef<Sending | null>(null);
  /** Whose arrangement is known, and what was changed before it was. */
  const known = useRef<string | null>(null);
  const early = useRef<Partial<ChartView>[]>([]);

  const send = useCallback((name: string, document: Values) => {
    values.current = document;
    // One after the other, so that the latest is what stays; of those that wait only the last is sent.
    const wish = { name, document };
    if (sending.current) sending.current.next = wish;
    else void sendAll(wish, sending);
  }, []);

  useEffect(() => {
    if (name === null) return;
    const abort = new AbortController();
    early.current = [];
    const take = ({ document, note }: Pick<Layout, "document" | "note">) => {
      const changes = early.current;
      known.current = name;
      values.current = valuesOf(document);
      if (!saysLayout(location.search, params))
        navigate(location.pathname + withLayout(location.search, params, values.current) + location.hash, { replace: true });
      setState({ name, note });
      if (changes.length > 0) send(name, changes.reduce((kept, change) => withChange(kept, params, change), values.current));
    };
    getJson<Layout>("/layouts", { query: { key: name, version: VERSION }, signal: abort.signal }).then(take, (error: unknown) => {
      if (!isAbort(error)) take({ document: null, note: "the kept layout could not be read" });
    });
    return () => abort.abort();
  }, [name, params, send]);

  // While another is asked for, the page stands as it is.
  const keep = useCallback(
    (change: Partial<ChartView>) => {
      if (name === null || !KEPT.some((one) => one in change)) return;
      if (known.current === name) send(name, withChange(values.current, params, change));
      else early.current.push(change);
    },
    [name, send, params],
  );
  const reset = useCallback(() => {
    const search = new URLSearchParams(location.search);
    for (const one of KEPT) search.delete(params[one].key);
    navigate(`${location.pathname}?${search}${location.hash}`.replace("?#", "#").replace(/\?$/, ""), { replace: true });
    setState((old) => ({ ...old, note: "" }));
    if (name !== null && known.current === name) send(name, {});
  }, [name, send, params]);
  return { ready: name === null || state.name !== null, note: state.note, keep, reset };
}

interface Sending {
  /** What is to be sent once the request under way is answered. */
  next: Wish | null;
}

interface Wish {
  name: string;
  document: Values;
}

async function sendAll(first: Wish, sending: { current: Sending | null }): Promise<void> {
  const mine: Sending = { next: first };
  sending.current = mine;
  while (mine.next) {
    const { name, document } = mine.next;
    const path = `/layouts?key=${encodeURIComponent(name)}`;
    mine.next = null;
    try {
      await sendJson<Layout>("PUT", path, { version: VERSION, document });
    } catch (error) {
      showProblem("The layout was not kept.", error);
    }
  }
  sending.current = null;
}

/** Set a view and remember what of it is arrangement. */
export function useKeeping(setView: SetView, { keep }: KeptLayout): SetView {
  return useCallback<SetView>(
    (change, how) => {
      setView(change, how);
      keep(change);
    },
    [setView, keep],
  );
}
