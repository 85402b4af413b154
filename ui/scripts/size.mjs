// Fail when the first load (the entry, what it imports statically, and its styles) is above the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 250_000;
const STATIC = new URL("../../src/stripchart/server/static/", import.meta.url);

const manifest = JSON.parse(readFileSync(new URL("manifest.json", STATIC), "utf8"));
const seen = new Set();
const files = new Set(["index.html"]);

function visit(key) {
  if (seen.has(key)) return;
  seen.add(key);
  const chunk = manifest[key];
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) visit(next);
}

for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key);

let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(new URL(file, STATIC))).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  first load, gzip (budget ${BUDGET_BYTES})`);
if (total > BUDGET_BYTES) process.exit(1);
