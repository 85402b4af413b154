// The machine's readings as people read them: which panel each belongs to, what it is called, and its unit. The names
// are those of the recorder; a reading of another name is placed by the unit that its ending tells.

import { MONITOR_PREFIX, type SeriesSummary } from "../api/types";
import { append, byName, linesOf, type Filter, type PanelLine, type PanelModel, type Section, type Whose } from "./sections";

interface Reading {
  /** What kind of reading it is; panels of a kind stand together. */
  section: string;
  heading: string;
  unit: string;
  name: string;
}

// Two sections only: with one for each kind most of the page would be empty.
const SECTIONS: Record<string, readonly string[]> = {
  Machine: ["CPU", "Memory", "Disk", "Network", "Other"],
  GPU: ["GPU"],
};

type Rule = [pattern: RegExp, section: string, heading: string, unit: string, name: string];

const RULES: readonly Rule[] = [
  [/^cpu_usage$/, "CPU", "CPU usage", "%", "machine, of all cores"],
  [/^cpu_(\d+)_usage$/, "CPU", "CPU usage of each core", "%", "core $1"],
  [/^cpu_quota_usage$/, "CPU", "CPU quota in use", "%", "container"],
  [/^load_1min$/, "CPU", "Load", "", "processes, 1 min mean"],
  [/^process_cpu_usage$/, "CPU", "CPU usage", "%", "this task, of one core"],
  [/^cpu_temperature$/, "CPU", "CPU temperature", "°C", "CPU"],
  [/^memory_used_gb$/, "Memory", "Memory", "GiB", "used by this task"],
  [/^memory_free_gb$/, "Memory", "Memory", "GiB", "available on the machine"],
  [/^memory_used_percent$/, "Memory", "Memory in use", "%", "machine"],
  [/^disk_free_percent$/, "Disk", "Disk space free", "%", "file system"],
  [/^io_read_mbs$/, "Disk", "Disk transfer", "MiB/s", "machine, read"],
  [/^io_write_mbs$/, "Disk", "Disk transfer", "MiB/s", "machine, written"],
  [/^process_io_read_mbs$/, "Disk", "Disk transfer", "MiB/s", "this task, read"],
  [/^process_io_write_mbs$/, "Disk", "Disk transfer", "MiB/s", "this task, written"],
  [/^network_tx_mbs$/, "Network", "Network transfer", "MiB/s", "sent"],
  [/^network_rx_mbs$/, "Network", "Network transfer", "MiB/s", "received"],
  [/^gpu_(\d+)_utilization$/, "GPU", "GPU utilization", "%", "GPU $1"],
  [/^gpu_(\d+)_process_utilization$/, "GPU", "GPU utilization", "%", "GPU $1, by this task"],
  [/^gpu_(\d+)_mig_(\d+)_mem_usage$/, "GPU", "GPU memory in use", "%", "GPU $1 slice $2"],
  [/^gpu_(\d+)_mig_(\d+)_mem_used_gb$/, "GPU", "GPU memory", "GiB", "GPU $1 slice $2, used by this task"],
  [/^gpu_(\d+)_mig_(\d+)_mem_free_gb$/, "GPU", "GPU memory", "GiB", "GPU $1 slice $2, free"],
  [/^gpu_(\d+)_mem_usage$/, "GPU", "GPU memory in use", "%", "GPU $1"],
  [/^gpu_(\d+)_mem_used_gb$/, "GPU", "GPU memory", "GiB", "GPU $1, used by this task"],
  [/^gpu_(\d+)_mem_free_gb$/, "GPU", "GPU memory", "GiB", "GPU $1, free"],
  [/^gpu_(\d+)_temperature$/, "GPU", "GPU temperature", "°C", "GPU $1"],
  [/^gpu_(\d+)_power_draw$/, "GPU", "GPU power", "W", "GPU $1"],
  [/^gpu_(\d+)_clock_mhz$/, "GPU", "GPU clocks", "MHz", "GPU $1, cores"],
  [/^gpu_(\d+)_mem_clock_mhz$/, "GPU", "GPU clocks", "MHz", "GPU $1, memory"],
];

const UNITS: readonly [RegExp, string][] = [
  [/_gb$/, "GiB"],
  [/_mbs$/, "MiB/s"],
  [/(_percent|usage|utilization)$/, "%"],
  [/temperature$/, "°C"],
  [/power(_draw)?$/, "W"],
];

/** Say what a reading is. `title` may end in `:rank<n>` where several machines report to one task. */
export function readingOf(title: string, series: string): Reading {
  const rank = /:rank(\d+)$/.exec(title);
  const from = rank ? `rank ${rank[1]}: ` : "";
  for (const [pattern, section, heading, unit, name] of RULES) {
    if (pattern.test(series)) return { section, heading, unit, name: from + series.replace(pattern, name) };
  }
  const unit = UNITS.find(([ending]) => ending.test(series))?.[1] ?? "";
  const section = title.startsWith(`${MONITOR_PREFIX}gpu`) ? "GPU" : "Other";
  const heading = unit ? `Other readings in ${unit}` : series.replaceAll("_", " ");
  return { section, heading, unit, name: from + series.replaceAll("_", " ") };
}

/** The sections of the System page. */
export function layOutMonitor(series: readonly SeriesSummary[], filter: Filter, whose: Whose): Section[] {
  const panels = new Map<string, PanelLine[]>();
  const about = new Map<string, Reading>();
  for (const summary of series) {
    const { title } = summary;
    if (!title.startsWith(MONITOR_PREFIX)) continue;
    const reading = readingOf(title, summary.series);
    const id = `${reading.section}/${reading.heading}`;
    // The reader filters by what the page calls things.
    if (filter.test(id, reading.name) === "none") continue;
    about.set(id, reading);
    for (const line of linesOf(summary, whose, reading.name)) append(panels, id, line);
  }
  return Object.entries(SECTIONS)
    .map(([heading, kinds]) => ({
      id: heading,
      heading,
      panels: kinds.flatMap((kind) => panelsOf(kind, panels, about)),
    }))
    .filter(({ panels: shown }) => shown.length > 0);
}

function panelsOf(kind: string, panels: Map<string, PanelLine[]>, about: Map<string, Reading>): PanelModel[] {
  const order = RULES.map(([, , heading]) => heading);
  const place = (id: string) => order.indexOf(about.get(id)!.heading);
  return [...panels.keys()]
    .filter((id) => about.get(id)!.section === kind)
    .sort((a, b) => place(a) - place(b) || byName(a, b))
    .map((id) => ({
      id,
      heading: about.get(id)!.heading,
      valueName: about.get(id)!.unit || "value",
      fromZero: about.get(id)!.unit !== "°C",
      lines: panels.get(id)!.sort((a, b) => byName(a.name, b.name)),
    }));
}
