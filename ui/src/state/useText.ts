// The beginning of a text file.

import { useEffect, useState } from "react";

import { errorOf } from "../api/client";

export interface ReadText {
  /** Undefined until it is here. */
  text?: string;
  /** Whether the file goes on. */
  cut: boolean;
  problem?: string;
}

/** Read at most so many bytes of a file, of a compressed one (`.gz`) so many of its content; nothing of null. */
export function useText(url: string | null, mostBytes: number): ReadText {
  const [state, setState] = useState<ReadText & { url: string | null }>({ url: null, cut: false });
  useEffect(() => {
    if (url === null) return;
    const abort = new AbortController();
    readStart(url, mostBytes, abort.signal).then(
      (read) => setState({ url, ...read }),
      (error: Error) => !abort.signal.aborted && setState({ url, cut: false, problem: error.message }),
    );
    return () => abort.abort();
  }, [url, mostBytes]);
  return state.url === url ? state : { cut: false };
}

async function readStart(url: string, mostBytes: number, signal: AbortSignal): Promise<{ text: string; cut: boolean }> {
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort(), { once: true });
  const response = await fetch(url, { signal: stop.signal });
  if (!response.ok || !response.body) throw await errorOf(response);
  const decoder = new TextDecoder();
  const body = url.endsWith(".gz") ? response.body.pipeThrough(new DecompressionStream("gzip")) : response.body;
  const reader = body.getReader();
  let text = "";
  for (let read = 0; read < mostBytes; ) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), cut: false };
    const part = value.subarray(0, mostBytes - read);
    read += value.length;
    text += decoder.decode(part, { stream: true });
  }
  stop.abort();
  return { text, cut: true };
}
