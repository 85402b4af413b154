// A panel as a picture to take along: vectors of the points that are drawn, with title, axes and legend, in the colours
// of the theme. The bitmap is made of the same vectors.

import { FLAG } from "../api/types";
import { shorten } from "../state/format";
import { cssColour } from "../state/theme";
import { visiblePart } from "./extent";
import { DASH_POINTS, FAINT, FADED, placer, type DrawnLine, type Frame, type Placer } from "./paint";
import { axesOf, ticksThatFit, type PlotState } from "./plot";

export interface PictureInput {
  heading: string;
  state: Omit<PlotState, "focus">;
  width: number;
  height: number;
}

const FONT = "ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
const LEFT = 64;
const RIGHT = 22;
const TITLE = 30;
const AXIS = 44;
const LEGEND_ROW = 17;
const CHARACTER = 6.3;
const NAME_LENGTH = 60;

/** The panel as an SVG document. */
export function svgOf({ heading, state, width, height }: PictureInput): string {
  const legend = legendOf(state.lines, width);
  const total = TITLE + height + AXIS + legend.rows * LEGEND_ROW + 8;
  const axes = axesOf(state, height + 40);
  const frame: Frame = { left: LEFT, top: TITLE, width: width - LEFT - RIGHT, height, ratio: 1, ...axes };
  const place = placer(frame);
  const ordered = [...state.lines].sort((a, b) => Number(b.faded ?? false) - Number(a.faded ?? false));
  const lines = ordered.flatMap((line) => [bandOf(line, frame, place), ...strokesOf(line, frame, place), marksOf(line, frame, place)]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${FONT}" font-size="11">`,
    `<rect width="${width}" height="${total}" fill="${cssColour("--surface")}"/>`,
    text(LEFT, 20, shorten(heading, Math.floor((width - LEFT) / 7.4)), { fill: cssColour("--text"), size: 13, weight: 600 }),
    axesMarkup(frame, place),
    `<clipPath id="plot"><rect x="${frame.left}" y="${frame.top - 2}" width="${frame.width + 2}" height="${frame.height + 4}"/></clipPath>`,
    `<g clip-path="url(#plot)" fill="none" stroke-linejoin="bevel" stroke-linecap="round">${lines.join("")}</g>`,
    ...legend.entries.map(({ line, x, row }) => legendEntry(line, x, TITLE + height + AXIS + row * LEGEND_ROW + 8)),
    "</svg>\n",
  ].join("\n");
}

function axesMarkup(frame: Frame, place: Placer): string {
  const { left, top, width, height, x, y } = frame;
  const grid = `stroke="${cssColour("--grid")}"`;
  const fill = cssColour("--text-dim");
  const parts: string[] = [];
  for (const { value, label } of ticksThatFit(x, width)) {
    const at = round(place.x(value));
    if (at < left - 1 || at > left + width + 1) continue;
    parts.push(`<path d="M${at} ${top}V${top + height}" ${grid}/>`, text(at, top + height + 15, label, { fill, anchor: "middle" }));
  }
  for (const { value, label } of y.ticks(Math.max(2, Math.floor(height / 30)))) {
    const at = round(place.y(value));
    if (at < top - 1 || at > top + height + 1) continue;
    parts.push(`<path d="M${left} ${at}H${left + width}" ${grid}/>`, text(left - 6, at + 4, label, { fill, anchor: "end" }));
  }
  parts.push(text(left + width / 2, top + height + 33, x.label, { fill, anchor: "middle" }));
  const middle = top + height / 2;
  parts.push(`<g transform="rotate(-90 12 ${middle})">${text(12, middle, y.label, { fill, anchor: "middle" })}</g>`);
  return parts.join("");
}

function strokesOf(drawn: DrawnLine, frame: Frame, place: Placer): string[] {
  const { line, smoothed, colour, dots, faded } = drawn;
  const [begin, end] = visiblePart(line, frame.x.range);
  const opacity = faded ? FADED : 1;
  const dash = drawn.dash.length > 0 && end - begin <= DASH_POINTS ? ` stroke-dasharray="${drawn.dash.join(" ")}"` : "";
  const path = (values: Float64Array, width: number, alpha: number, points: boolean) => {
    const d = points ? dotsPath(line.x, values, begin, end, place) : linePath(line.x, values, begin, end, place);
    return d && `<path d="${d}" stroke="${colour}" stroke-width="${width}"${alpha < 1 ? ` stroke-opacity="${alpha}"` : ""}${points ? "" : dash}/>`;
  };
  const raw = path(line.value, dots ? 3 : smoothed ? 1 : 1.5, smoothed ? FAINT : opacity, dots ?? false);
  return smoothed ? [raw, path(smoothed, 2, opacity, false)] : [raw];
}

function linePath(x: Float64Array, values: Float64Array, begin: number, end: number, place: Placer): string {
  const parts: string[] = [];
  let pen = false;
  let alone = false;
  for (let i = begin; i < end; i++) {
    const y = place.y(values[i]!);
    const at = place.x(x[i]!);
    if (Number.isNaN(y) || Number.isNaN(at)) {
      // A point between gaps is a line of no length, with a round end.
      if (alone) parts.push("h0");
      pen = alone = false;
      continue;
    }
    parts.push(`${pen ? "L" : "M"}${round(at)} ${round(y)}`);
    alone = !pen;
    pen = true;
  }
  if (alone) parts.push("h0");
  return parts.join("");
}

function dotsPath(x: Float64Array, values: Float64Array, begin: number, end: number, place: Placer): string {
  let d = "";
  for (let i = begin; i < end; i++) {
    const y = place.y(values[i]!);
    if (!Number.isNaN(y)) d += `M${round(place.x(x[i]!))} ${round(y)}h0`;
  }
  return d;
}

function bandOf({ line, band, colour }: DrawnLine, frame: Frame, place: Placer): string {
  if (!band) return "";
  const [begin, end] = visiblePart(line, frame.x.range);
  const bottom = frame.top + frame.height;
  const corner = (i: number, value: number) => {
    const y = place.y(value);
    return `${round(place.x(line.x[i]!))} ${round(Number.isNaN(y) ? bottom : y)}`;
  };
  const there = Array.from({ length: end - begin }, (_, i) => corner(begin + i, band.high[begin + i]!));
  const back = Array.from({ length: end - begin }, (_, i) => corner(end - 1 - i, band.low[end - 1 - i]!));
  return there.length === 0 ? "" : `<path d="M${[...there, ...back].join("L")}Z" fill="${colour}" fill-opacity="0.18"/>`;
}

function marksOf({ line, colour }: DrawnLine, { left, top, width, height }: Frame, place: Placer): string {
  const bottom = top + height;
  const parts: string[] = [];
  for (const { x, flags } of line.marks) {
    const at = round(place.x(x));
    if (!(at >= left && at <= left + width)) continue;
    if (flags & FLAG.positiveInf) parts.push(`<path d="M${at} ${top}l-4 6.4h8Z" fill="${colour}"/>`);
    if (flags & FLAG.negativeInf) parts.push(`<path d="M${at} ${bottom}l-4 -6.4h8Z" fill="${colour}"/>`);
    if (flags & FLAG.nan) parts.push(`<path d="M${at - 3} ${bottom - 7}l6 6m0 -6l-6 6" stroke="${colour}" stroke-width="1.5"/>`);
  }
  return parts.join("");
}

interface Entry {
  line: DrawnLine;
  x: number;
  row: number;
}

function legendOf(lines: readonly DrawnLine[], width: number): { entries: Entry[]; rows: number } {
  const entries: Entry[] = [];
  let [x, row] = [LEFT, 0];
  for (const line of lines) {
    const room = 34 + Math.min(NAME_LENGTH, line.name.length) * CHARACTER;
    if (x > LEFT && x + room > width - RIGHT) [x, row] = [LEFT, row + 1];
    entries.push({ line, x, row });
    x += room;
  }
  return { entries, rows: entries.length > 0 ? row + 1 : 0 };
}

function legendEntry({ name, colour, dash, faded }: DrawnLine, x: number, y: number): string {
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  const swatch = `<path d="M${x} ${y - 4}h14" stroke="${colour}" stroke-width="3"${faded ? ` stroke-opacity="${FADED}"` : ""}${dashes}/>`;
  return swatch + text(x + 19, y, shorten(name, NAME_LENGTH), { fill: cssColour("--text-dim") });
}

interface TextStyle {
  fill: string;
  anchor?: "middle" | "end";
  size?: number;
  weight?: number;
}

function text(x: number, y: number, content: string, { fill, anchor, size, weight }: TextStyle): string {
  const style = [
    anchor ? ` text-anchor="${anchor}"` : "",
    size ? ` font-size="${size}"` : "",
    weight ? ` font-weight="${weight}"` : "",
  ].join("");
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}"${style}>${escaped(content)}</text>`;
}

/** Text of a task as text of XML; what XML cannot hold at all is a replacement character. */
export function escaped(content: string): string {
  return content
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const PIXELS = 2;

/** The same as a bitmap of two pixels for each CSS pixel. */
export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * PIXELS;
    canvas.height = image.naturalHeight * PIXELS;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser could not make the picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
