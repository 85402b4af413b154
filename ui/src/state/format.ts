// Numbers and times as people read them. Nothing here shows more than six significant digits.

const DIGITS = 6;
const MINUS = "−";

/** A value in at most six significant digits: `0.693147`, `1234.57`, `1.5e-9`, `12.3457M` never. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : `${MINUS}Inf`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? exponential(size) : plain(size);
  return value < 0 ? MINUS + text : text;
}

function plain(size: number): string {
  const text = size.toPrecision(DIGITS);
  // 999999.7 rounds up to 1.00000e+6
  if (text.includes("e")) return exponential(size);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function exponential(size: number): string {
  if (Number.isInteger(size) && size < 1e9) return groupThousands(size);
  const [mantissa = "", exponent = ""] = size.toExponential(DIGITS - 1).split("e");
  const short = mantissa.replace(/\.?0+$/, "");
  return `${short}e${exponent.replace("+", "").replace("-", MINUS)}`;
}

/** A count, in full, thousands apart: `1 234 567`. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value < 0 ? MINUS + groupThousands(-value) : groupThousands(value);
}

/** A count in full where it has room, else in at most four digits: `1 234 567`, `1.1e12`. */
export function formatWithin(value: number | null | undefined, characters: number): string {
  const full = formatCount(value);
  return full.length <= characters || value === null || value === undefined ? full : formatNumber(Number(value.toPrecision(4)));
}

/** A count with what it counts: `1 task`, `12 tasks`, `3 matches`. */
export function formatCounted(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

function groupThousands(value: number): string {
  // A thin no-break space parts thousands the same in every language.
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  let size = bytes;
  let unit = 0;
  while (size >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${size.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** A span of time in its two largest units: `850 ms`, `4.2 s`, `3m 07s`, `2h 05m`, `4d 03h`. */
export function formatDuration(us: number | null | undefined): string {
  if (us === null || us === undefined) return "–";
  const seconds = Math.max(0, us) / 1e6;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86400)}d ${two(Math.floor((whole % 86400) / 3600))}h`;
}

/** How long ago, in one unit: `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`, then the date. */
export function formatAgo(timeUs: number | null | undefined, nowUs: number): string {
  if (timeUs === null || timeUs === undefined) return "–";
  const seconds = (nowUs - timeUs) / 1e6;
  if (seconds < 5) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 86400 * 30) return `${Math.floor(seconds / 86400)} d ago`;
  return formatDate(timeUs);
}

let zone: "local" | "utc" = "local";

/** In which zone dates and times are written from now on: the reader's, or UTC. */
export function setZone(next: "local" | "utc"): void {
  zone = next;
}

/** A moment shifted so that its parts in UTC are those of the chosen zone. */
function inZone(timeUs: number): Date {
  const t = new Date(timeUs / 1000);
  return zone === "utc" ? t : new Date(t.getTime() - t.getTimezoneOffset() * 60_000);
}

/** The date in the chosen zone: `2026-11-23`. */
export function formatDate(timeUs: number): string {
  const t = inZone(timeUs);
  return `${t.getUTCFullYear()}-${two(t.getUTCMonth() + 1)}-${two(t.getUTCDate())}`;
}

/** Date and time in the chosen zone: `2026-11-23 14:03:22`. */
export function formatTime(timeUs: number | null | undefined): string {
  if (timeUs === null || timeUs === undefined) return "–";
  return `${formatDate(timeUs)} ${formatClock(timeUs)}`;
}

/** Time of day in the chosen zone: `14:03:22`. */
export function formatClock(timeUs: number): string {
  const t = inZone(timeUs);
  return `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())}`;
}

/** For a tooltip: the same moment local and in UTC, to the millisecond. */
export function describeTime(timeUs: number | null | undefined): string {
  if (timeUs === null || timeUs === undefined) return "";
  const t = new Date(timeUs / 1000);
  const utc = t.toISOString().replace("T", " ").replace("Z", " UTC");
  return zone === "utc" ? utc : `${formatTime(timeUs)} local\n${utc}`;
}

/** Time since a start, for a column of console times: `+0:04.2`, `+1:02:03.4`. */
export function formatOffset(us: number): string {
  const tenths = Math.round(Math.abs(us) / 1e5);
  const seconds = Math.floor(tenths / 10);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const tail = `${two(seconds % 60)}.${tenths % 10}`;
  const sign = us < 0 ? MINUS : "+";
  return hours > 0 ? `${sign}${hours}:${two(minutes)}:${tail}` : `${sign}${minutes}:${tail}`;
}

/** A long text for one line: its middle left out. The whole belongs into a tooltip. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
