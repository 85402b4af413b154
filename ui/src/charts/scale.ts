// From data to plot coordinates and back, and the ticks between. Plot coordinates are what uPlot sees: always
// linear and of a size it copes with; logarithms, powers of ten of extreme data and origins are taken out here.

export interface Scale {
  /** NaN where the value has no place (a value not above zero on a logarithmic axis). */
  toPlot(value: number): number;
  fromPlot(plot: number): number;
}

export interface Range {
  low: number;
  high: number;
}

export interface Tick {
  value: number;
  label: string;
}

const LARGEST = Number.MAX_VALUE;

export const logScale: Scale = {
  toPlot: (value) => (value > 0 ? Math.log10(value) : NaN),
  fromPlot: (plot) => Math.min(LARGEST, 10 ** plot),
};

/** A linear scale for data in a range: shifted to near zero and divided by a power of ten where doubles get coarse. */
export function linearScale(range: Range): Scale {
  const largest = Math.max(Math.abs(range.low), Math.abs(range.high));
  const span = range.high / 2 - range.low / 2;
  const unit = largest > 1e12 || span < 1e-9 ? powerOfTen(span) : 1;
  const origin = span < largest * 1e-6 ? range.low : 0;
  return {
    toPlot: (value) => (origin === 0 ? value / unit : (value - origin) / unit),
    fromPlot: (plot) => plot * unit + origin,
  };
}

function powerOfTen(span: number): number {
  if (!(span > 0)) return 1;
  return 10 ** Math.max(-300, Math.min(300, Math.floor(Math.log10(span))));
}

/** Grow a range a little so that nothing touches the frame; a single value gets room on both sides. */
export function padRange({ low, high }: Range, share: number): Range {
  if (low === high) {
    const room = low === 0 ? 1 : Math.abs(low) * 0.1;
    // Two neighbouring doubles are no range for ticks: the room of a tiny value is still a normal number.
    return clampRange({ low: low - Math.max(room, 1e-300), high: high + Math.max(room, 1e-300) });
  }
  const room = (high / 2 - low / 2) * 2 * share;
  return clampRange({ low: low - room, high: high + room });
}

export function padLogRange({ low, high }: Range, share: number): Range {
  const from = Math.log10(low);
  const to = Math.log10(high);
  const room = from === to ? 0.5 : (to - from) * share;
  return clampRange({ low: Math.max(Number.MIN_VALUE, 10 ** (from - room)), high: 10 ** (to + room) });
}

function clampRange({ low, high }: Range): Range {
  return { low: Math.max(-LARGEST, low), high: Math.min(LARGEST, high) };
}

/** Ticks at 1, 2 or 5 times a power of ten, about `count` of them, never more than one and a half times that. */
export function linearTicks({ low, high }: Range, count: number, whole = false): Tick[] {
  // Not (high - low) / count: of the largest doubles that is infinite.
  const rough = high / Math.max(1, count) - low / Math.max(1, count);
  if (!(rough > 0)) return [];
  const step = niceStep(rough, whole);
  const values: number[] = [];
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  for (let i = first; i <= last && values.length < 100; i++) values.push(roundTo(i * step, step));
  return labelled([...new Set(values)], step);
}

/** Where a range is so narrow that ticks would need many digits: the number to take off all of them. Else 0. */
export function commonBase({ low, high }: Range): number {
  const span = high - low;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (!(span > 0) || span > largest * 2e-5) return 0;
  const digits = Math.floor(Math.log10(largest)) - Math.ceil(Math.log10(span));
  return Number(low.toPrecision(Math.max(1, Math.min(15, digits))));
}

export function niceStep(rough: number, whole = false): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const step = (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
  return whole ? Math.max(1, Math.round(step)) : step;
}

function roundTo(value: number, step: number): number {
  const digits = decimalsOf(step);
  if (digits > 20 || Math.abs(value) > 1e15) return value === 0 ? 0 : Number(value.toPrecision(15));
  return Number(value.toFixed(Math.max(0, digits))) || 0;
}

/** Decimals that tell multiples of a step apart. */
function decimalsOf(step: number): number {
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

/** Ticks of a logarithmic axis: decades, between them 2 and 5 where few decades show, linear where none does. */
export function logTicks({ low, high }: Range, count: number): Tick[] {
  if (!(low > 0) || !(high > low)) return [];
  const from = Math.log10(low);
  const to = Math.log10(high);
  if (to - from < 0.7) return linearTicks({ low, high }, count);
  const decades = to - from;
  const leads = decades <= count / 3 ? [1, 2, 5] : [1];
  const stride = STRIDES.find((few) => few >= decades / count) ?? 200;
  const ticks: Tick[] = [];
  for (let e = Math.ceil(Math.floor(from) / stride) * stride - stride; e <= to; e += stride) {
    for (const lead of leads) {
      const value = Number(`${lead}e${e}`);
      if (value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12)) ticks.push({ value, label: logLabel(lead, e) });
    }
  }
  return ticks;
}

/** Decades between the ticks of a long logarithmic axis. */
const STRIDES = [1, 2, 3, 5, 10, 20, 50, 100, 200];

function logLabel(lead: number, exponent: number): string {
  if (exponent >= -3 && exponent <= 3) return plain(Number(`${lead}e${exponent}`), Math.max(0, -exponent));
  return `${lead}e${exponent}`.replace("-", "−");
}

const SI = ["", "k", "M", "G", "T", "P"];

function labelled(values: number[], step: number): Tick[] {
  const largest = Math.max(...values.map(Math.abs), 0);
  const label = labeller(largest, step);
  return values.map((value) => ({ value, label: label(value) }));
}

/** One way to write all ticks of an axis: plain, with an SI letter, or with an exponent that all share. */
function labeller(largest: number, step: number): (value: number) => string {
  if (largest === 0) return () => "0";
  const exponent = Math.floor(Math.log10(largest) + 1e-12);
  if (exponent < -3 || exponent >= 15) {
    const digits = Math.max(0, Math.min(12, exponent - Math.floor(Math.log10(step) + 1e-9)));
    return (value) => (value === 0 ? "0" : scientific(value, exponent, digits));
  }
  const letter = exponent >= 4 ? Math.floor(exponent / 3) : 0;
  const unit = 1000 ** letter;
  const decimals = Math.min(15, decimalsOf(step / unit));
  // 612 345 reads better than 612.345k.
  if (letter > 0 && decimals > 2 && exponent < 12) return (value) => grouped(plain(value, decimalsOf(step)));
  return (value) => (value === 0 ? "0" : plain(value / unit, decimals) + SI[letter]!);
}

function grouped(text: string): string {
  return text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, "\u202f");
}

function scientific(value: number, exponent: number, digits: number): string {
  const mantissa = exponent < -300 ? (value * 1e300) / 10 ** (exponent + 300) : value / 10 ** exponent;
  return `${plain(mantissa, digits)}e${String(exponent).replace("-", "−")}`;
}

function plain(value: number, decimals: number): string {
  return value.toFixed(decimals).replace("-", "−");
}
