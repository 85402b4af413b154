// One panel over the whole page: live like the others; Escape leaves it, the arrow keys step to the next.


import { useKeys } from "../state/keys";
import { useHeldFocus } from "../widgets/useHeldFocus";
import type { ChartPage } from "./page";
import { Panel } from "./Panel";
import type { PanelModel } from "./sections";
import { useWindowHeight } from "./screen";
import type { ChartView, SetView } from "./view";

interface Props {
  page: ChartPage;
  panels: readonly PanelModel[];
  view: ChartView;
  setView: SetView;
}

/** What is not plot: the bar, the heading, the room around. */
const CHROME = 108;

export function FullScreen({ page, panels, view, setView }: Props) {
  const box = useHeldFocus<HTMLDivElement>();
  const at = panels.findIndex(({ id }) => id === view.full);
  const panel = panels[at];
  const windowHeight = useWindowHeight();
  const go = (step: number) => {
    const next = panels[(at + step + panels.length) % panels.length];
    if (next) setView({ full: next.id });
  };
  const leave = () => setView({ full: null });
  useKeys("Full screen", [
    { keys: ["Escape"], does: "leave full screen", run: leave },
    { keys: ["ArrowRight", "ArrowDown"], does: "next chart", run: () => go(1) },
    { keys: ["ArrowLeft", "ArrowUp"], does: "previous chart", run: () => go(-1) },
  ]);
  if (!panel) return null;
  return (
    <div ref={box} className="chart-over" role="dialog" aria-modal="true" aria-label={panel.heading} tabIndex={-1}>
      <div className="chart-over-bar">
        <span className="dim">
          {at + 1} of {panels.length}
        </span>
        <button className="button" onClick={() => go(-1)} aria-label="previous chart">
          ←
        </button>
        <button className="button" onClick={() => go(1)} aria-label="next chart">
          →
        </button>
        {view.zoom && (
          <button className="button" onClick={() => setView({ zoom: null })}>
            Reset zoom
          </button>
        )}
        <span className="grow" />
        <button className="button" onClick={leave}>
          Close (Esc)
        </button>
      </div>
      <Panel
        key={panel.id}
        page={page}
        panel={panel}
        view={view}
        setView={setView}
        height={Math.max(200, windowHeight - CHROME)}
        full
      />
    </div>
  );
}
