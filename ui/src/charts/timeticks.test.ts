import { expect, it } from "vitest";

import { durationLabel, relativeTicks, wallTicks } from "./timeticks";

const SECOND = 1e6;
const HOUR = 3600 * SECOND;
const labels = (ticks: { label: string }[]) => ticks.map(({ label }) => label);

it("writes times from the start as short as the step allows", () => {
  expect(labels(relativeTicks({ low: 0, high: 4 * HOUR }, 4))).toEqual(["0", "1h", "2h", "3h", "4h"]);
  expect(labels(relativeTicks({ low: 0, high: 180 * SECOND }, 6))).toEqual([
    "0",
    "30s",
    "1:00",
    "1:30",
    "2:00",
    "2:30",
    "3:00",
  ]);
  expect(durationLabel(26 * HOUR, HOUR)).toBe("1d 2h");
  expect(durationLabel(-90 * SECOND, 30 * SECOND)).toBe("−1:30");
});

it.each([5, 100, 5e4, 2e6, 9e7, 5e9, 3e12])("tells the ticks of %d microseconds apart", (span) => {
  const names = labels(relativeTicks({ low: 0, high: span }, 5));
  expect(names.length).toBeGreaterThan(1);
  expect(new Set(names).size).toBe(names.length);
});

it("says the day where the clock passes midnight", () => {
  const low = Date.UTC(2026, 10, 23, 21) * 1000;
  expect(labels(wallTicks({ low, high: low + 6 * HOUR }, 6, 0))).toEqual([
    "21:00",
    "22:00",
    "23:00",
    "24 Nov",
    "01:00",
    "02:00",
    "03:00",
  ]);
});

it("has ticks at whole hours of the reader's own clock", () => {
  const low = Date.UTC(2026, 10, 23, 12) * 1000;
  const india = 5.5 * HOUR;
  expect(labels(wallTicks({ low, high: low + 2 * HOUR }, 2, india))).toEqual(["18:00", "19:00"]);
});
