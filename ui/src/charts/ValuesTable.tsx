import { useMemo } from "react";

import { DataTable } from "../tables/DataTable";
import type { PanelModel } from "./sections";
import { useWindowHeight } from "./screen";
import { valuesTable } from "./values";

/** What stands above the table: the bars, the head of the task. */
const CHROME = 240;

/** The values of the lines that the filter leaves, to sort, to search, to take along. */
export function ValuesTable({ panels, name }: { panels: readonly PanelModel[]; name: string }) {
  const table = useMemo(() => valuesTable(panels), [panels]);
  const height = Math.max(240, useWindowHeight() - CHROME);
  return (
    <div className="chart-values">
      <DataTable table={table} name={`${name} values`} height={height} />
    </div>
  );
}
