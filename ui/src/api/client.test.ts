import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";

import { connection } from "../state/connection";
import { ApiError, getJson, isAbort, queryString } from "./client";

let server: Server | null = null;
const realFetch = globalThis.fetch;

/** A real server; the browser's origin is put before each address. */
async function serve(answer: (url: string) => { status: number; body: string }, port = 0): Promise<number> {
  server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? "");
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((done) => server?.listen(port, "127.0.0.1", done));
  const bound = (server.address() as AddressInfo).port;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => realFetch(`http://127.0.0.1:${bound}${url}`, init));
  return bound;
}

async function stop(): Promise<void> {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  server = null;
}

afterEach(async () => {
  await stop();
  vi.unstubAllGlobals();
  connection.set("online");
});

test("gives the body, asked at the API's address", async () => {
  await serve((url) => ({ status: 200, body: JSON.stringify({ url }) }));
  expect(await getJson("/x", { query: { a: [1, 2], none: null, t: "a b&c" } })).toEqual({ url: "/api/v1/x?a=1&a=2&t=a+b%26c" });
});

test("an error of the server comes as it says, and is not asked again", async () => {
  let asked = 0;
  await serve(() => ({ status: 400, body: JSON.stringify({ error: { code: "bad", message: "no", detail: { at: asked++ } } }) }));
  await expect(getJson("/x")).rejects.toMatchObject({ status: 400, code: "bad", message: "no", detail: { at: 0 } });
  expect(asked).toBe(1);
});

test("an answer that is no error body still is an error that can be shown", async () => {
  await serve(() => ({ status: 500, body: "<h1>oops</h1>" }));
  await expect(getJson("/x")).rejects.toBeInstanceOf(ApiError);
});

test("a server that is gone is waited for", async () => {
  const port = await serve(() => ({ status: 200, body: "1" }));
  await stop();
  const asked = getJson("/x");
  await vi.waitUntil(() => connection.get() === "lost");
  await serve(() => ({ status: 200, body: "2" }), port);
  connection.set("online"); // as the push stream does when it is back
  expect(await asked).toBe(2);
  expect(connection.get()).toBe("online");
});

test("waiting ends when the asker gives up", async () => {
  await serve(() => ({ status: 200, body: "1" }));
  await stop();
  const abort = new AbortController();
  const asked = getJson("/x", { signal: abort.signal });
  await vi.waitUntil(() => connection.get() === "lost");
  abort.abort();
  await expect(asked).rejects.toSatisfy(isAbort);
});

test("an empty query leaves no question mark", () => {
  expect(queryString({ a: null, b: undefined, c: [] })).toBe("");
});
