// One way to ask the server: same origin, one error shape, abortable, and patient when the network is gone.

import { connection, setConnection } from "../state/connection";

export const API = "/api/v1";

/** What the server answered instead of a result. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface AskOptions {
  signal?: AbortSignal;
  /** Values of the query string; arrays repeat the key, null and undefined are left out. */
  query?: Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
// A gateway in front of a restarting server answers these; the server itself never does.
const AWAY = new Set([502, 503, 504]);

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export async function getJson<T>(path: string, options: AskOptions = {}): Promise<T> {
  const response = await ask(path, { method: "GET" }, options);
  return (await response.json()) as T;
}

export async function postJson<T>(path: string, body: unknown, options: AskOptions = {}): Promise<T> {
  return (await (await post(path, body, options)).json()) as T;
}

/** Ask for bytes (an Arrow stream) instead of JSON. */
export async function postBytes(path: string, body: unknown, options: AskOptions = {}): Promise<Uint8Array> {
  return new Uint8Array(await (await post(path, body, options)).arrayBuffer());
}

function post(path: string, body: unknown, options: AskOptions): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) }, options);
}

/**
 * Change something on the server; what a 204 answers is null. Not asked again after a lost connection: whether it was
 * done is not known then, and the reader should know that.
 */
export async function sendJson<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await attempt(API + path, init);
  if (!response || AWAY.has(response.status)) {
    setConnection("lost");
    throw new ApiError(0, "no_answer", "The server did not answer. Look whether it was done, and try again.");
  }
  setConnection("online");
  if (!response.ok) throw await errorOf(response);
  return (response.status === 204 ? null : await response.json()) as T;
}

/** Only for what reads: asking again after a lost connection is always safe then. */
async function ask(path: string, init: RequestInit, options: AskOptions): Promise<Response> {
  const url = API + path + queryString(options.query);
  let wait = FIRST_WAIT_MS;
  for (;;) {
    const response = await attempt(url, { ...init, signal: options.signal ?? null });
    if (response && !AWAY.has(response.status)) {
      setConnection("online");
      if (response.ok) return response;
      throw await errorOf(response);
    }
    setConnection("lost");
    await pause(wait, options.signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

async function attempt(url: string, init: RequestInit): Promise<Response | null> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    return null;
  }
}

/** What the server says instead of an answer. */
export async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; detail?: Record<string, unknown> };
    };
    return new ApiError(response.status, error.code, error.message, error.detail);
  } catch {
    return new ApiError(response.status, "unreadable", `The server answered ${response.status} ${response.statusText}.`);
  }
}

export function queryString(query: AskOptions["query"]): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** Wait; less where meanwhile somebody else (the push stream, another request) finds the server back. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (finish: () => void) => {
      clearTimeout(timer);
      forget();
      signal?.removeEventListener("abort", stop);
      finish();
    };
    const stop = () => end(() => reject(new DOMException("aborted", "AbortError")));
    const timer = setTimeout(() => end(resolve), ms);
    const forget = connection.subscribe(() => connection.get() === "online" && end(resolve));
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
