// plotly.js on use: the strict build, which makes no code from text, so that the page's content-security policy holds.

import type { Json } from "./figure";

export interface Plotly {
  react(host: HTMLElement, figure: { data: Json[]; layout: Json; frames?: unknown[]; config: Json }): Promise<unknown>;
  purge(host: HTMLElement): void;
  relayout(host: HTMLElement, change: Json): Promise<unknown>;
  Plots: { resize(host: HTMLElement): Promise<unknown> };
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

/** Whether there is a drawing to fit to its place: drawn, in the page, and shown. A card that is scrolled away is none of
 *  these between the moment the page drops it and the moment its observer is told. */
export function canResize(host: Pick<HTMLElement, "isConnected" | "clientWidth" | "querySelector">): boolean {
  return host.isConnected && host.clientWidth > 0 && host.querySelector(".main-svg") !== null;
}
