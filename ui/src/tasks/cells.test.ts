import { describe, expect, it } from "vitest";

import { shownColumns } from "./cells";
import { parseColumn } from "./column";

function widths(...ids: string[]): number[] {
  const placed = ids.map((id) => ({ key: parseColumn(id)!, widthPx: null }));
  return shownColumns(placed, 60, false).map(({ leastPx }) => leastPx);
}

describe("the width of a metric's column", () => {
  it("has room for the heading, within bounds", () => {
    const [short, longer, longest, endless] = widths(
      "metric:last~a~b",
      "metric:min~train/loss~valid",
      "metric:last~Summary~best accuracy",
      `metric:last~${"x".repeat(500)}~y`,
    );
    expect(short).toBe(104);
    expect(longer).toBeGreaterThan(150);
    expect(longest).toBeGreaterThan(longer!);
    expect(endless).toBe(220);
  });

  it("is what was chosen where one was", () => {
    const [column] = shownColumns([{ key: parseColumn("metric:last~Summary~best accuracy")!, widthPx: 90 }], 60, false);
    expect(column?.leastPx).toBe(90);
  });
});
