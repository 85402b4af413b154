// A comment in Markdown as a tree of what is drawn: blocks with pieces of text. There is no node for HTML, so none
// can come through; what is no markup stays the text that it is.
//
// Of CommonMark and GitHub's extension of it: headings, paragraphs, lists (also of tasks), quotes, code, rules,
// tables, emphasis, links, images (drawn as links: nothing is fetched from elsewhere).

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "break" }
  | { kind: "strong" | "em" | "del"; parts: Inline[] }
  | { kind: "link"; href: string; parts: Inline[]; image: boolean };

export interface Item {
  /** Of a list of tasks: whether it is done; null for a plain one. */
  done: boolean | null;
  blocks: Block[];
}

export type Block =
  | { kind: "heading"; level: number; parts: Inline[] }
  | { kind: "paragraph"; parts: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "list"; ordered: boolean; start: number; items: Item[] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

/** Quotes and lists deeper than this are text. */
const DEEPEST = 12;

export function parseMarkdown(text: string): Block[] {
  return blocksOf(text.replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n"), 0);
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^ {0,3}>\s?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:( +)(.*)|$)/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at, depth);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

/** The block that begins at a line, and where the next one does. */
function blockAt(lines: readonly string[], at: number, depth: number): [Block | null, number] {
  const line = lines[at] ?? "";
  if (!line.trim()) return [null, at + 1];
  const fence = FENCE.exec(line);
  if (fence) return codeBlock(lines, at, fence[1] ?? "```", fence[2] ?? "");
  const heading = HEADING.exec(line);
  if (heading) return [{ kind: "heading", level: heading[1]?.length ?? 1, parts: inlines(heading[2] ?? "") }, at + 1];
  if (RULE.test(line)) return [{ kind: "rule" }, at + 1];
  if (depth < DEEPEST && QUOTE.test(line)) return quote(lines, at, depth);
  if (depth < DEEPEST && ITEM.test(line)) return list(lines, at, depth);
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "") && (lines[at + 1] ?? "").includes("-")) return table(lines, at);
  return paragraph(lines, at, depth);
}

function codeBlock(lines: readonly string[], at: number, fence: string, language: string): [Block, number] {
  const close = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}\\s*$`);
  let end = at + 1;
  while (end < lines.length && !close.test(lines[end] ?? "")) end++;
  return [{ kind: "code", language, text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function quote(lines: readonly string[], at: number, depth: number): [Block, number] {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end] ?? "")) end++;
  const inside = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return [{ kind: "quote", blocks: blocksOf(inside, depth + 1) }, end];
}

function list(lines: readonly string[], at: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[at] ?? "");
  const mark = first?.[2] ?? "-";
  const ordered = /\d/.test(mark);
  const items: Item[] = [];
  let next = at;
  for (;;) {
    const found = ITEM.exec(lines[next] ?? "");
    // Another mark begins another list.
    if (!found || found[2]?.slice(-1) !== mark.slice(-1)) break;
    const indent = (found[1]?.length ?? 0) + (found[2]?.length ?? 1) + Math.min(4, found[3]?.length ?? 1);
    let end = next + 1;
    while (end < lines.length && belongs(lines, end, indent)) end++;
    const body = [found[4] ?? "", ...lines.slice(next + 1, end).map((line) => line.slice(Math.min(indent, leading(line))))];
    items.push(item(body, depth));
    next = end;
  }
  return [{ kind: "list", ordered, start: ordered ? Number.parseInt(mark, 10) : 1, items }, next];
}

/** Whether a line goes on with the item before: indented, or empty before one that is, or the rest of a paragraph. */
function belongs(lines: readonly string[], at: number, indent: number): boolean {
  const line = lines[at] ?? "";
  if (!line.trim()) {
    const following = lines.slice(at).find((other) => other.trim());
    return following !== undefined && leading(following) >= indent;
  }
  if (leading(line) >= indent) return true;
  return !!(lines[at - 1] ?? "").trim() && !startsBlock(line);
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

function item(lines: readonly string[], depth: number): Item {
  const box = /^\[([ xX])\]\s+/.exec(lines[0] ?? "");
  const body = box ? [(lines[0] ?? "").slice(box[0].length), ...lines.slice(1)] : lines;
  return { done: box ? box[1] !== " " : null, blocks: blocksOf(body, depth + 1) };
}

function table(lines: readonly string[], at: number): [Block, number] {
  const head = cells(lines[at] ?? "");
  let end = at + 2;
  const rows: Inline[][][] = [];
  while (end < lines.length && (lines[end] ?? "").includes("|")) {
    const row = cells(lines[end] ?? "");
    rows.push(head.map((_, column) => row[column] ?? []));
    end++;
  }
  return [{ kind: "table", head, rows }, end];
}

function cells(line: string): Inline[][] {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => inlines(cell.trim().replaceAll("\\|", "|")));
}

function startsBlock(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
}

function paragraph(lines: readonly string[], at: number, depth: number): [Block, number] {
  let end = at + 1;
  while (end < lines.length && (lines[end] ?? "").trim() && (depth >= DEEPEST || !startsBlock(lines[end] ?? ""))) end++;
  return [{ kind: "paragraph", parts: inlines(lines.slice(at, end).map((line) => line.trimStart()).join("\n")) }, end];
}

// ---- within a line

const ESCAPED = /^\\([!-/:-@[-`{-~])/;
const CODE = /^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/;
const LINK = /^(!?)\[((?:\\.|[^\\\]])*)\]\(\s*<?((?:\\.|[^\\\s()<>]|\([^\s()]*\))*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/;
const AUTO = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/;
const BARE = /^https?:\/\/[^\s<>]*[^\s<>.,:;!?"')\]*_~]/;
const MARKS: readonly [RegExp, "strong" | "em" | "del"][] = [
  [/^\*\*(?=\S)((?:\\.|[^\\])*?\S)\*\*(?!\*)/, "strong"],
  [/^__(?=\S)((?:\\.|[^\\])*?\S)__(?![\p{L}\p{N}_])/u, "strong"],
  [/^~~(?=\S)((?:\\.|[^\\])*?\S)~~/, "del"],
  [/^\*(?=[^\s*])((?:\\.|[^\\*]|\*\*(?:\\.|[^\\*])*?\*\*)*?[^\s*]|[^\s*])\*(?!\*)/, "em"],
  [/^_(?=[^\s_])((?:\\.|[^\\_])*?[^\s_]|[^\s_])_(?![\p{L}\p{N}_])/u, "em"],
];
/** A longer run of text is not looked through for emphasis: patterns take their time. */
const LONGEST_MARKED = 20_000;

export function inlines(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let plain = "";
  const flush = () => {
    if (plain) parts.push({ kind: "text", text: plain });
    plain = "";
  };
  if (depth > DEEPEST || text.length > LONGEST_MARKED) return text ? [{ kind: "text", text }] : [];
  let at = 0;
  while (at < text.length) {
    const found = inlineAt(text, at, depth);
    if (!found) plain += text[at++];
    else {
      if ("plain" in found) plain += found.plain;
      else {
        flush();
        parts.push(found.part);
      }
      at += found.length;
    }
  }
  flush();
  return parts;
}

type Found = { part: Inline; length: number } | { plain: string; length: number } | null;

function inlineAt(text: string, at: number, depth: number): Found {
  const here = text[at] ?? "";
  if (here === "\n") {
    const hard = text[at - 1] === "\\" || text.slice(at - 2, at) === "  ";
    return hard ? { part: { kind: "break" }, length: 1 } : { plain: "\n", length: 1 };
  }
  if (!"\\`![<h*_~".includes(here)) return null;
  const rest = text.slice(at, at + LONGEST_PIECE);
  if (here === "\\") {
    const escaped = ESCAPED.exec(rest);
    if (escaped) return { plain: escaped[1] ?? "", length: 2 };
    return rest[1] === "\n" ? { plain: "", length: 1 } : null;
  }
  if (here === "`") return codeSpan(rest);
  if (here === "[" || here === "!") return link(rest, depth);
  if (here === "<" || here === "h") return bareLink(rest, here, text[at - 1]);
  return emphasis(rest, here, text[at - 1], depth);
}

const LONGEST_PIECE = 4000;

function codeSpan(rest: string): Found {
  const found = CODE.exec(rest);
  if (found) return { part: { kind: "code", text: (found[2] ?? "").replaceAll("\n", " ").trim() || " " }, length: found[0].length };
  const run = /^`+/.exec(rest)?.[0] ?? "`";
  return { plain: run, length: run.length };
}

function link(rest: string, depth: number): Found {
  const found = LINK.exec(rest);
  if (!found) return null;
  const [whole, bang = "", label = "", target = ""] = found;
  const href = safeHref(target.replace(/\\(.)/g, "$1"));
  const parts = inlines(label || target, depth + 1);
  if (href === null) return { part: { kind: "em", parts }, length: whole.length };
  return { part: { kind: "link", href, parts, image: bang !== "" }, length: whole.length };
}

function bareLink(rest: string, here: string, before: string | undefined): Found {
  const found = here === "<" ? AUTO.exec(rest) : /[\p{L}\p{N}]/u.test(before ?? "") ? null : BARE.exec(rest);
  if (!found) return null;
  const target = found[1] ?? found[0];
  const href = safeHref(target);
  if (href === null) return null;
  return { part: { kind: "link", href, parts: [{ kind: "text", text: target }], image: false }, length: found[0].length };
}

function emphasis(rest: string, here: string, before: string | undefined, depth: number): Found {
  // An underline within a word is part of the word.
  if (here === "_" && /[\p{L}\p{N}]/u.test(before ?? "")) return null;
  for (const [pattern, kind] of MARKS) {
    const found = pattern.exec(rest);
    if (found) return { part: { kind, parts: inlines(found[1] ?? "", depth + 1) }, length: found[0].length };
  }
  return null;
}

/** Where a link may lead: the web, mail, and pages of this server; null for anything else, `javascript:` say. */
export function safeHref(target: string): string | null {
  // Browsers skip control characters inside a scheme.
  // eslint-disable-next-line no-control-regex
  const clean = target.replace(/[\u0000-\u0020\u007f]/g, "");
  if (/^(?:https?:\/\/|mailto:)/i.test(clean)) return clean;
  if (/^(?:\/(?![/\\])|#)/.test(clean)) return clean;
  return null;
}
