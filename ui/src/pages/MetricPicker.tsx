import { useEffect, useMemo, useRef, useState } from "react";

import { getJson } from "../api/client";
import { MONITOR_PREFIX, type MetricRef, type SeriesList, type Stat } from "../api/types";
import { formatMetric, metricName } from "../state/metricColumn";
import { useResource } from "../state/resource";
import { Problem, Skeleton } from "../widgets/Feedback";

interface Props {
  value: readonly MetricRef[];
  onChange(value: MetricRef[]): void;
  /** Ids of tasks whose metrics are offered. */
  examples: readonly string[];
}

const STATS: readonly Stat[] = ["last", "min", "max", "mean", "first"];
const MOST_OFFERED = 200;

/** A menu that adds metrics to the task table as columns, and takes them away. */
export function MetricPicker({ value, onChange, examples }: Props) {
  const details = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      const inside = event.target instanceof Node && details.current?.contains(event.target);
      const escape = event instanceof KeyboardEvent && event.key === "Escape";
      if (details.current && (escape || (event.type === "pointerdown" && !inside))) details.current.open = false;
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);
  return (
    <details ref={details} className="menu" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="button">Metrics{value.length > 0 && ` (${value.length})`}</summary>
      {open && <Choices value={value} onChange={onChange} examples={examples} />}
    </details>
  );
}

function Choices({ value, onChange, examples }: Props) {
  const [stat, setStat] = useState<Stat>("last");
  const [search, setSearch] = useState("");
  // The tasks on screen change while they run; what is offered stays as it was when the menu opened.
  const [asked] = useState(examples);
  const { data, error } = useResource(asked.join(" "), (signal) => seriesOf(asked, signal));
  const offered = useMemo(() => {
    const wanted = search.toLowerCase();
    return (data ?? [])
      .map((metric) => ({ ...metric, stat }))
      .filter((metric) => metricName(metric).toLowerCase().includes(wanted));
  }, [data, search, stat]);
  const chosen = new Set(value.map(formatMetric));
  const toggle = (metric: MetricRef) => {
    const text = formatMetric(metric);
    onChange(chosen.has(text) ? value.filter((other) => formatMetric(other) !== text) : [...value, metric]);
  };
  return (
    <div className="menu-body">
      <div className="menu-bar">
        <input
          className="search"
          type="search"
          placeholder="Metric"
          aria-label="metric"
          autoFocus
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <select value={stat} onChange={(event) => setStat(event.target.value as Stat)} aria-label="which value">
          {STATS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      {value.length > 0 && (
        <ul className="menu-list menu-chosen">
          {value.map((metric) => (
            <Choice key={formatMetric(metric)} metric={metric} on onToggle={toggle} />
          ))}
        </ul>
      )}
      {error && <Problem error={error} />}
      {!data && !error && <Skeleton rows={4} />}
      {data && offered.length === 0 && <p className="dim menu-note">The tasks on screen have no such metric.</p>}
      <ul className="menu-list">
        {offered
          .filter((metric) => !chosen.has(formatMetric(metric)))
          .slice(0, MOST_OFFERED)
          .map((metric) => (
            <Choice key={formatMetric(metric)} metric={metric} on={false} onToggle={toggle} />
          ))}
      </ul>
      {offered.length > MOST_OFFERED && <p className="dim menu-note">{offered.length - MOST_OFFERED} more: search.</p>}
    </div>
  );
}

function Choice({ metric, on, onToggle }: { metric: MetricRef; on: boolean; onToggle(metric: MetricRef): void }) {
  return (
    <li>
      <label>
        <input type="checkbox" checked={on} onChange={() => onToggle(metric)} />
        <span className="clip" title={metricName(metric)}>
          {metricName(metric)}
        </span>
        <small className="dim">{metric.stat}</small>
      </label>
    </li>
  );
}

/** The metrics of several tasks, each once; the machine's own readings last. */
async function seriesOf(tasks: readonly string[], signal: AbortSignal): Promise<MetricRef[]> {
  const lists = await Promise.all(
    tasks.map((id) => getJson<SeriesList>(`/tasks/${encodeURIComponent(id)}/series`, { signal })),
  );
  const found = new Map<string, MetricRef>();
  for (const { series } of lists)
    for (const { title, series: name } of series)
      found.set(JSON.stringify([title, name]), { title, series: name, stat: "last" });
  const machine = (metric: MetricRef) => Number(metric.title.startsWith(MONITOR_PREFIX));
  return [...found.values()].sort((a, b) => machine(a) - machine(b) || metricName(a).localeCompare(metricName(b)));
}
