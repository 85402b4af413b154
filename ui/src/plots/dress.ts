// Fit a figure to the page: see-through paper and readable text in either theme, and not one colour of its own
// changed. A figure whose own colours could not be seen on the page's surface is put on paper of its own.

import { contrast, luminance, parseColour, type Rgb } from "./colours";
import { isJson, saysTheSame, titleOf, type Figure, type Json, type Named } from "./figure";

/** The page's colours that a figure takes on where it has none of its own. */
export interface Ink {
  surface: string;
  text: string;
  dim: string;
  grid: string;
  line: string;
  colourway: readonly string[];
}

export interface Dressed {
  layout: Json;
  /** The paper to put behind the drawing; empty where the page's surface does. */
  paper: string;
}

/** For figures that ask for the other kind of paper than the page's. */
const DARK = { surface: "#15191c", text: "#dbe0e4", dim: "#97a1a9", grid: "#2a3136", line: "#3a434a" };
const LIGHT = { surface: "#ffffff", text: "#1d2226", dim: "#59626a", grid: "#ebe8e1", line: "#c9c5ba" };

const READABLE = 2.5;
const VISIBLE = 1.35;

export function dress(figure: Figure, ink: Ink, named: Named | null): Dressed {
  const paper = paperOf(figure, ink);
  const on = paper === "" ? ink : { ...inkOn(paper), colourway: ink.colourway };
  const { title, template, width: _width, height: _height, ...rest } = figure.layout;
  const repeats = named !== null && saysTheSame(titleOf(figure.layout), named);
  const layout: Json = {
    ...rest,
    ...(repeats || title === undefined ? {} : { title }),
    autosize: true,
    template: templateOf(template, on),
    margin: { ...marginOf(figure, repeats || title === undefined), ...(isJson(rest["margin"]) ? rest["margin"] : {}) },
  };
  return { layout, paper };
}

/** Kinds of trace that write above and beside themselves. */
const WIDE = new Set(["parcoords", "parcats"]);

function marginOf({ data }: Figure, untitled: boolean): Json {
  const top = untitled ? 16 : 52;
  const wide = data.some((trace) => WIDE.has(String(trace["type"])));
  return wide ? { l: 64, r: 64, b: 32, t: top + 36 } : { l: 56, r: 16, b: 44, t: top };
}

function paperOf({ data, layout }: Figure, ink: Ink): string {
  const own = layout["paper_bgcolor"];
  if (parseColour(own)) return own as string;
  const surface = parseColour(ink.surface)!;
  const unseen = (colour: unknown, least: number): boolean => {
    const known = parseColour(colour);
    return known !== null && contrast(known, surface) < least;
  };
  const drawn = parseColour(layout["plot_bgcolor"]) ? [] : data.flatMap(traceColours);
  if (!textColours(layout).some((c) => unseen(c, READABLE)) && !drawn.some((c) => unseen(c, VISIBLE))) return "";
  return luminance(surface) < 0.5 ? LIGHT.surface : DARK.surface;
}

function textColours(layout: Json): unknown[] {
  const parts = [layout, layout["title"], layout["xaxis"], layout["yaxis"], layout["legend"]].filter(isJson);
  const fonts = parts.flatMap((part) => [part["font"], part["tickfont"], isJson(part["title"]) ? part["title"]["font"] : null]);
  return fonts.filter(isJson).map((font) => font["color"]);
}

function traceColours(trace: Json): unknown[] {
  const { line, marker } = trace;
  return [line, marker].filter(isJson).map((part) => part["color"]);
}

function inkOn(paper: string): typeof DARK {
  return luminance(parseColour(paper) as Rgb) < 0.4 ? { ...DARK, surface: paper } : { ...LIGHT, surface: paper };
}

const NONE = "rgba(0,0,0,0)";

/** The figure's template, with the page's paper, text and grid in place of the template's own. */
function templateOf(template: unknown, ink: Ink): Json {
  const given = isJson(template) && isJson(template["layout"]) ? template["layout"] : {};
  const axis = { gridcolor: ink.grid, zerolinecolor: ink.line, linecolor: ink.line, tickcolor: ink.line, automargin: true };
  const over = (key: string, more: Json): Json => ({ ...(isJson(given[key]) ? given[key] : {}), ...more });
  const scene = { ...axis, gridcolor: ink.line, backgroundcolor: NONE, showbackground: false, automargin: undefined };
  const polar = { bgcolor: NONE, angularaxis: axis, radialaxis: axis };
  return {
    data: isJson(template) ? (template["data"] ?? {}) : {},
    layout: {
      ...given,
      colorway: given["colorway"] ?? ink.colourway,
      paper_bgcolor: NONE,
      plot_bgcolor: NONE,
      font: over("font", { color: ink.text, size: 11, family: FONT }),
      title: over("title", { x: 0.02, font: { size: 13 } }),
      xaxis: over("xaxis", axis),
      yaxis: over("yaxis", axis),
      scene: over("scene", { xaxis: scene, yaxis: scene, zaxis: scene }),
      polar: over("polar", polar),
      geo: over("geo", { bgcolor: NONE }),
      legend: over("legend", { bgcolor: NONE }),
      annotationdefaults: over("annotationdefaults", { arrowcolor: ink.dim }),
      modebar: { bgcolor: NONE, color: ink.dim, activecolor: ink.text },
      hoverlabel: { ...over("hoverlabel", {}), font: { size: 12 } },
    },
  };
}

const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
