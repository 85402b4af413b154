// Smoothing of the points that are drawn, one output for each input. It works over the points as they were fetched:
// where a series was reduced to its M4 set, that is over these points, and the tooltip says so.

export type SmoothingKind = "none" | "exponential" | "gaussian" | "mean";

export interface Smoothing {
  kind: SmoothingKind;
  /** Exponential: weight of the past in [0, 1). Gaussian: standard deviation in points. Mean: window in points. */
  amount: number;
}

export const NO_SMOOTHING: Smoothing = { kind: "none", amount: 0 };

/** What a kind can be set to, and where its slider starts. */
export const SMOOTHING_RANGE: Record<SmoothingKind, { low: number; high: number; step: number; start: number }> = {
  none: { low: 0, high: 0, step: 1, start: 0 },
  exponential: { low: 0, high: 0.999, step: 0.001, start: 0.6 },
  gaussian: { low: 1, high: 50, step: 1, start: 5 },
  mean: { low: 2, high: 201, step: 1, start: 11 },
};

/** Bring an amount, from an address perhaps, into what its kind allows. */
export function fitAmount(kind: SmoothingKind, amount: number): number {
  const { low, high, start } = SMOOTHING_RANGE[kind];
  return Number.isFinite(amount) ? Math.min(high, Math.max(low, amount)) : start;
}

/** Smooth values in the order given; a value that is not finite stays as it is and takes no part. */
export function smooth(values: Float64Array, { kind, amount }: Smoothing): Float64Array {
  switch (kind) {
    case "exponential":
      return exponential(values, fitAmount(kind, amount));
    case "gaussian":
      return gaussian(values, fitAmount(kind, amount));
    case "mean":
      return runningMean(values, Math.round(fitAmount(kind, amount)));
    case "none":
      return values;
  }
}

/** Exponential moving average without the pull towards zero at the start (the bias correction of Adam). */
export function exponential(values: Float64Array, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let average = 0;
  let share = 1; // weight ** (points so far)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    average = average * weight + value * (1 - weight);
    share *= weight;
    out[i] = average / (1 - share);
  }
  return out;
}

export function gaussian(values: Float64Array, sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-(i * i) / (2 * sigma * sigma)));
  return windowed(values, reach, (distance) => kernel[distance]!);
}

/** Mean of a window of `width` points around each point; the window is cut at the ends. */
export function runningMean(values: Float64Array, width: number): Float64Array {
  return windowed(values, Math.floor(width / 2), () => 1);
}

function windowed(values: Float64Array, reach: number, weigh: (distance: number) => number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) {
      out[i] = values[i]!;
      continue;
    }
    const end = Math.min(values.length - 1, i + reach);
    let mean = 0;
    let weights = 0;
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      const value = values[j]!;
      if (!Number.isFinite(value)) continue;
      const weight = weigh(Math.abs(i - j));
      weights += weight;
      // A mean that moves, not a sum that is divided: the sum of values near the largest double is infinite.
      const part = weight / weights;
      mean = mean * (1 - part) + value * part;
    }
    out[i] = mean;
  }
  return out;
}
