// Figures beside each other that pan and zoom as one: what is done to the axes of one is done to those of the others.

import { loadPlotly } from "../plots/plotly";

interface PlotHost extends HTMLElement {
  on?(event: "plotly_relayout", listener: (change: Record<string, unknown>) => void): void;
  layout?: Record<string, unknown>;
}

const AXIS = /^[xyz]axis\d*\.(range|range\[[01]\]|autorange)$/;

/** What of a change concerns the ranges of axes. */
export function axisChange(change: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(change).filter(([key]) => AXIS.test(key)));
}

export class PlotLink {
  private readonly hosts = new Set<PlotHost>();
  private readonly heard = new WeakSet<PlotHost>();
  private telling = false;

  /** Take part, from the first drawing on. */
  join(host: HTMLElement): void {
    const plot = host as PlotHost;
    for (const other of this.hosts) if (!other.isConnected) this.hosts.delete(other);
    this.hosts.add(plot);
    if (this.heard.has(plot)) return;
    this.heard.add(plot);
    plot.on?.("plotly_relayout", (change) => void this.tell(plot, axisChange(change)));
  }

  private async tell(from: PlotHost, change: Record<string, unknown>): Promise<void> {
    if (this.telling || Object.keys(change).length === 0) return;
    this.telling = true;
    try {
      const plotly = await loadPlotly();
      const others = [...this.hosts].filter((host) => host !== from && host.isConnected && sameAxes(from, host));
      await Promise.all(others.map((host) => plotly.relayout(host, change)));
    } finally {
      this.telling = false;
    }
  }
}

/** Only axes of one kind have ranges in common. */
function sameAxes(a: PlotHost, b: PlotHost): boolean {
  return ["xaxis", "yaxis"].every((axis) => typeOf(a, axis) === typeOf(b, axis));
}

function typeOf({ layout }: PlotHost, axis: string): unknown {
  return (layout?.[axis] as { type?: unknown } | undefined)?.type;
}
