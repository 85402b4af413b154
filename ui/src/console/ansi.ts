// Colours of a terminal (ECMA-48 SGR) in a line of console text. The result is plain text with styles: nothing in
// it is markup, whatever a task printed. All other control sequences are left out.

export interface AnsiStyle {
  /** A palette number 0–255, or `#rrggbb`. */
  colour?: number | string;
  background?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
  strike?: boolean;
}

export interface AnsiSpan {
  text: string;
  style: AnsiStyle;
}

// CSI sequences; OSC strings to BEL or ST; other two-character escapes; what else is not printable, tab excepted.
const CONTROL =
  /(?:\x1b\[|\x9b)([0-?]*)[ -/]*(?:([@-~])|$)|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;

const PLAIN: AnsiStyle = {};

/** Take a line apart into runs of one style. Text without any control character comes back as it is, in one span. */
export function parseAnsi(line: string): AnsiSpan[] {
  const spans: AnsiSpan[] = [];
  let style = PLAIN;
  let begin = 0;
  const put = (text: string) => {
    if (text === "") return;
    const last = spans.at(-1);
    if (last?.style === style) last.text += text;
    else spans.push({ text, style });
  };
  for (const match of line.matchAll(CONTROL)) {
    put(line.slice(begin, match.index));
    begin = match.index + match[0].length;
    if (match[2] === "m") style = applySgr(style, match[1] ?? "");
  }
  put(line.slice(begin));
  return spans;
}

function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((part) => (part === "" ? 0 : Number(part)));
  let next: AnsiStyle = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes, i + 1);
      if (colour !== undefined) next[code === 38 ? "colour" : "background"] = colour;
      i += used;
    } else next = applyCode(next, code);
  }
  return next;
}

/** `5;n` or `2;r;g;b` from a place on; answers with the colour and how many codes it took. */
function extendedColour(codes: readonly number[], at: number): [number | string | undefined, number] {
  const byte = (n: number | undefined) => (n !== undefined && n >= 0 && n <= 255 ? n : undefined);
  if (codes[at] === 5) return [byte(codes[at + 1]), 2];
  if (codes[at] !== 2) return [undefined, 0];
  const parts = [1, 2, 3].map((step) => byte(codes[at + step]));
  if (parts.some((part) => part === undefined)) return [undefined, 4];
  return [`#${parts.map((part) => (part as number).toString(16).padStart(2, "0")).join("")}`, 4];
}

const SET: Record<number, AnsiStyle> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
};

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) return PLAIN;
  const set = SET[code];
  if (set) return { ...style, ...set };
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, colour: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 100 + 8 };
  if (code === 39) return without(style, "colour");
  if (code === 49) return without(style, "background");
  return style;
}

function without(style: AnsiStyle, key: "colour" | "background"): AnsiStyle {
  const next = { ...style };
  delete next[key];
  return next;
}

/** A colour for CSS: the first sixteen are the theme's, the rest the fixed cube and greys. */
export function cssOf(colour: number | string): string {
  if (typeof colour === "string") return colour;
  if (colour < 16) return `var(--ansi-${colour})`;
  if (colour >= 232) return grey(8 + (colour - 232) * 10);
  const cube = colour - 16;
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}

function grey(level: number): string {
  return `rgb(${level} ${level} ${level})`;
}
