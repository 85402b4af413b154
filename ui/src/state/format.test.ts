import { describe, expect, test } from "vitest";

import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatOffset,
  formatCounted,
  formatWithin,
  shorten,
} from "./format";

describe("formatNumber", () => {
  test.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [0.1 + 0.2, "0.3"],
    [2.302585092994046, "2.30259"],
    [-0.0001, "−0.0001"],
    [0.00001234567, "1.23457e−5"],
    [123456.789, "123457"],
    [999999.7, "1e6"],
    [1e6, "1\u202f000\u202f000"],
    [25557032, "25\u202f557\u202f032"],
    [-1.5e300, "−1.5e300"],
    [5e-324, "4.94066e−324"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "−Inf"],
    [null, "–"],
  ])("%s is %s", (value, text) => expect(formatNumber(value)).toBe(text));

  test("never more than six significant digits of a fraction", () => {
    for (let i = 0; i < 500; i++) {
      const value = Math.sin(i * 12.9898) * 10 ** ((i % 24) - 12);
      if (Number.isInteger(value)) continue;
      const digits = formatNumber(value).replace(/e.*/, "").replace(/\D/g, "").replace(/^0+/, "");
      expect(digits.length).toBeLessThanOrEqual(6);
      const back = Number(formatNumber(value).replaceAll("−", "-"));
      expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.abs(value) * 5.1e-6);
    }
  });
});

test("counts are parted by thousands and never rounded", () => {
  expect(formatCount(0)).toBe("0");
  expect(formatCount(1234567)).toBe("1\u202f234\u202f567");
  expect(formatCount(-1000)).toBe("−1\u202f000");
});

test("bytes", () => {
  expect([0, 1023, 1024, 1536, 1 << 20, 1.5 * 2 ** 40].map(formatBytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "1.5 KiB",
    "1.0 MiB",
    "1.5 TiB",
  ]);
});

test("durations in two units, without a sixtieth second", () => {
  const seconds = [0, 0.85, 0.9999, 4.2, 9.97, 59.6, 187, 3599.9, 7500, 356400];
  expect(seconds.map((s) => formatDuration(s * 1e6))).toEqual([
    "0 ms",
    "850 ms",
    "1.0 s",
    "4.2 s",
    "10 s",
    "1m 00s",
    "3m 07s",
    "1h 00m",
    "2h 05m",
    "4d 03h",
  ]);
  expect(formatDuration(-5)).toBe("0 ms");
  expect(formatDuration(null)).toBe("–");
});

test("ages, a clock ahead of ours included", () => {
  const now = 1.7e15;
  const ago = (s: number) => formatAgo(now - s * 1e6, now);
  expect([-30, 3, 59, 3599, 86399, 86400 * 3].map(ago)).toEqual([
    "now",
    "now",
    "59 s ago",
    "59 min ago",
    "23 h ago",
    "3 d ago",
  ]);
});

test("offsets from a start", () => {
  expect([0, 4.25e6, 59.96e6, 3723.4e6, -1e6].map(formatOffset)).toEqual([
    "+0:00.0",
    "+0:04.3",
    "+1:00.0",
    "+1:02:03.4",
    "−0:01.0",
  ]);
});

test("shortening keeps both ends", () => {
  expect(shorten("abcdefghij", 10)).toBe("abcdefghij");
  expect(shorten("abcdefghijk", 6)).toBe("abc…jk");
});

test("what is counted agrees with its number", () => {
  expect([0, 1, 2000].map((n) => formatCounted(n, "match", "matches"))).toEqual(["0 matches", "1 match", "2\u202f000 matches"]);
});

test("a count that has no room is shortened, never cut", () => {
  expect([formatWithin(1234567, 11), formatWithin(1099511627776, 11), formatWithin(null, 11)]).toEqual(["1\u202f234\u202f567", "1.1e12", "–"]);
  expect([formatWithin(-1099511627776, 11), formatWithin(99_999_999_999, 11)]).toEqual(["−1.1e12", "1e11"]);
});
