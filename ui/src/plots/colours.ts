// Colours as figures write them, as far as is needed to tell whether they can be seen.

export type Rgb = readonly [number, number, number];

const NAMED: Record<string, Rgb> = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  dimgray: [105, 105, 105],
  darkgray: [169, 169, 169],
  lightgray: [211, 211, 211],
  lightgrey: [211, 211, 211],
  navy: [0, 0, 128],
  darkblue: [0, 0, 139],
  red: [255, 0, 0],
  green: [0, 128, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
};

/** The colour a text names; null for what is see-through, not known, or no colour. */
export function parseColour(value: unknown): Rgb | null {
  if (typeof value !== "string") return null;
  const text = value.trim().toLowerCase();
  const hex = /^#([0-9a-f]{3,8})$/.exec(text)?.[1];
  if (hex) return fromHex(hex);
  const parts = /^rgba?\(([^)]*)\)$/.exec(text)?.[1]?.split(/[\s,/]+/).filter(Boolean);
  if (!parts) return NAMED[text] ?? null;
  const [r, g, b, alpha = 1] = parts.map((part) => (part.endsWith("%") ? Number(part.slice(0, -1)) * 2.55 : Number(part)));
  if (r === undefined || g === undefined || b === undefined || [r, g, b].some(Number.isNaN) || alpha < 0.5) return null;
  return [r, g, b];
}

function fromHex(hex: string): Rgb | null {
  const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
  if (wide.length !== 6 && wide.length !== 8) return null;
  if (wide.length === 8 && parseInt(wide.slice(6), 16) < 128) return null;
  return [0, 2, 4].map((at) => parseInt(wide.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** How far two colours are apart to the eye, 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
export function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = Math.min(255, Math.max(0, part)) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
