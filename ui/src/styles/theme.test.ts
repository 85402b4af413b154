// What the colours promise: text that is readable (WCAG 2.2 AA), lines that stand out, and series that stay apart for
// people who do not see red or green.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { PALETTE_SIZE } from "../state/colours";

type Rgb = [number, number, number];

const css = readFileSync(fileURLToPath(new URL("./theme.css", import.meta.url)), "utf8");
const TEXTS = ["text", "text-dim", "text-faint", "ink", "ink-strong", "good", "bad", "warn", "live", "quiet"];
const WASHES = ["warn-wash", "bad-wash"];
// Of Oklab, where 0.02 is just noticeable side by side.
const LEAST_DISTANCE = 0.1;
const LEAST_DISTANCE_DICHROMAT = 0.065;

// Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009,
// severity 1.0, on linear RGB.
const SIGHTS: Record<string, [Rgb, Rgb, Rgb]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function themeOf(name: string): (colour: string) => string {
  const block = new RegExp(`:root\\[data-theme="${name}"\\] \\{(.*?)\\n\\}`, "s").exec(css)?.[1] ?? "";
  const colours = new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]+)/g)].map(([, key, value]) => [key, value]));
  return (colour) => {
    const found = colours.get(colour);
    if (!found) throw new Error(`the theme ${name} has no ${colour}`);
    return found;
  };
}

function parts(hex: string): [Rgb, number] {
  const pairs = hex.length < 6 ? [...hex.slice(1)].map((digit) => digit + digit) : (hex.slice(1).match(/../g) as string[]);
  const [r = 0, g = 0, b = 0, a = 1] = pairs.map((pair) => parseInt(pair, 16) / 255);
  return [[r, g, b], a];
}

function over(hex: string, below: Rgb): Rgb {
  const [colour, alpha] = parts(hex);
  return colour.map((part, i) => part * alpha + below[i]! * (1 - alpha)) as Rgb;
}

const linear = (colour: Rgb): Rgb =>
  colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as Rgb;

function luminance(colour: Rgb): number {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const times = (matrix: readonly Rgb[], [x, y, z]: Rgb): Rgb => matrix.map(([a, b, c]) => a * x + b * y + c * z) as Rgb;

/** Björn Ottosson, A perceptual color space for image processing, 2020; of linear RGB. */
function oklab(colour: Rgb): Rgb {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour.map((part) => Math.min(1, Math.max(0, part))) as Rgb,
  ).map(Math.cbrt) as Rgb;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** The two series that are closest, and how close. */
function closest(colours: readonly Rgb[]): { distance: number; pair: string } {
  let found = { distance: Infinity, pair: "" };
  const seen = colours.map(oklab);
  seen.forEach((a, i) =>
    seen.slice(0, i).forEach((b, j) => {
      const distance = Math.hypot(...a.map((part, k) => part - b[k]!));
      if (distance < found.distance) found = { distance, pair: `${j} and ${i}` };
    }),
  );
  return found;
}

describe.each(["dark", "light"])("the %s theme", (name) => {
  const colour = themeOf(name);
  const surface = parts(colour("surface"))[0];
  const grounds = ["paper", "surface", "raised", ...WASHES].map((ground) => [ground, over(colour(ground), surface)] as const);
  const series = Array.from({ length: PALETTE_SIZE }, (_, i) => parts(colour(`series-${i}`))[0]);

  test.each(TEXTS)("%s is readable on every ground", (text) => {
    for (const [ground, below] of grounds) expect(contrast(parts(colour(text))[0], below), ground).toBeGreaterThanOrEqual(4.5);
  });

  test("so is what stands on the accent", () => {
    expect(contrast(parts(colour("on-ink"))[0], parts(colour("ink"))[0])).toBeGreaterThanOrEqual(4.5);
  });

  test("terminal colours are readable, black as grey", () => {
    for (let i = 0; i < 16; i++) expect(contrast(parts(colour(`ansi-${i}`))[0], surface), `ansi-${i}`).toBeGreaterThanOrEqual(4.5);
  });

  test("series stand out from the panel", () => {
    series.forEach((one, i) => expect(contrast(one, surface), `series-${i}`).toBeGreaterThanOrEqual(3));
  });

  test("series differ, with and without red and green", () => {
    const plain = series.map(linear);
    expect(closest(plain).distance, closest(plain).pair).toBeGreaterThan(LEAST_DISTANCE);
    for (const [sight, matrix] of Object.entries(SIGHTS)) {
      const { distance, pair } = closest(plain.map((one) => times(matrix, one)));
      expect(distance, `${sight}: ${pair}`).toBeGreaterThan(LEAST_DISTANCE_DICHROMAT);
    }
  });
});
