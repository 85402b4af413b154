// plotly.js on use: the strict build, which makes no code from text, so that the page's content-security policy holds.

import type { Json } from "./figure";

export interface Plotly {
  react(host: HTMLElement, figure: { data: Json[]; layout: Json; frames?: unknown[]; config: Json }): Promise<unknown>;
  purge(host: HTMLElement): void;
  Plots: { resize(host: HTMLElement): void };
}

let loading: Promise<Plotly> | null = null;

/** Load plotly once. A load that failed, because the server was away, is tried again at the next use. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= import("plotly.js-strict-dist-min").then(
    (module) => module.default as unknown as Plotly,
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}
