import { useEffect } from "react";

import { getJson, isAbort } from "../api/client";
import { readSeries } from "../api/series";
import { MONITOR_PREFIX, type SeriesList } from "../api/types";
import { useAt } from "../state/at";
import { describeTime, formatCount } from "../state/format";
import { useKeys } from "../state/keys";

/** The iteration that the page is fixed at, on all tabs, and the way to let go of it. */
export function AtChip({ task }: { task: string }) {
  const [at, setAt] = useAt();
  useKeys("Task", at ? [{ keys: ["Backspace"], does: "let go of the page's iteration", run: () => setAt(null) }] : []);
  const missing = at !== null && at.timeUs === null ? at.iteration : null;
  useEffect(() => {
    if (missing === null) return;
    const abort = new AbortController();
    momentOf(task, missing, abort.signal).then(
      (timeUs) => timeUs !== null && setAt({ iteration: missing, timeUs }),
      (error: unknown) => {
        if (!isAbort(error)) console.warn("the moment of the iteration is not known", error);
      },
    );
    return () => abort.abort();
  }, [task, missing, setAt]);
  if (!at) return null;
  const when = at.timeUs === null ? "" : `, ${describeTime(at.timeUs)}`;
  return (
    <button className="badge at-chip num" onClick={() => setAt(null)} title={`All tabs stand at this iteration${when}\nClick to let go of it (Backspace)`}>
      at {formatCount(at.iteration)} <span aria-hidden>×</span>
      <span className="unseen">: let go of this iteration</span>
    </button>
  );
}

/** Enough to find a series of the task's own: readings of the machine come first by name. */
const SERIES_ASKED = 500;

/** When a task reached an iteration: at the first point there or after of a series that spans it; null where none does. */
async function momentOf(task: string, iteration: number, signal: AbortSignal): Promise<number | null> {
  const { series } = await getJson<SeriesList>(`/tasks/${encodeURIComponent(task)}/series`, { signal, query: { limit: SERIES_ASKED } });
  const spanning = series.filter(({ low, high }) => low !== null && high !== null && low <= iteration && iteration <= high);
  const one = spanning.find(({ title }) => !title.startsWith(MONITOR_PREFIX)) ?? spanning[0];
  if (!one) return null;
  const reads = [{ task, title: one.title, series: one.series }];
  const [points] = await readSeries({ reads, low: iteration, high: one.high, columns: 1 }, { signal });
  return points?.timeUs[0] ?? null;
}
