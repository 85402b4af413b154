// One panel: heading, plot, legend. Only panels near the screen hold a plot; the others keep their place.

import { memo, useRef, useState, type MutableRefObject } from "react";

import { formatNumber } from "../state/format";
import { useTheme } from "../state/theme";
import { Link } from "../widgets/Link";
import { LINES_DRAWN, useDrawn, usePoints } from "./drawn";
import { Grip } from "./Grip";
import { Hints } from "./Hints";
import { Legend, legendHeight } from "./Legend";
import { canShow, type ChartPage } from "./page";
import { PanelMenu } from "./PanelMenu";
import type { DrawnLine } from "./paint";
import type { PictureInput } from "./picture";
import type { PanelModel } from "./sections";
import { useNearScreen, useWidth } from "./screen";
import { usePanelKeys } from "./usePanelKeys";
import { plotState, usePlot } from "./usePlot";
import { panelAddress, type ChartView, type SetView } from "./view";

export interface PanelProps {
  page: ChartPage;
  panel: PanelModel;
  view: ChartView;
  setView: SetView;
  height: number;
  /** Fills the page: a legend at the side. */
  full?: boolean;
}

export const Panel = memo(function Panel(props: PanelProps) {
  const { panel, full = false, view, setView, height } = props;
  const host = useRef<HTMLElement>(null);
  const picture = useRef<PictureInput | null>(null);
  const near = useNearScreen(host) || full;
  return (
    <section
      ref={host}
      className={full ? "chart chart-full" : "chart"}
      aria-label={full ? undefined : panel.heading} // over the page it stands in a dialog of that name
      data-panel={panel.id}
    >
      <header className="chart-head">
        <h3 className="clip" title={panel.id}>
          {full ? panel.heading : <Link to={panelAddress(panel.id)}>{panel.heading}</Link>}
        </h3>
        <PanelMenu panel={panel} view={view} setView={setView} picture={() => picture.current} />
        {!full && (
          <button
            className="plain chart-action"
            title="Full screen"
            aria-label={`full screen: ${panel.heading}`}
            onClick={() => setView({ full: panel.id }, { push: true })}
          >
            ⤢
          </button>
        )}
      </header>
      {near ? <Live {...props} picture={picture} /> : <div style={{ height: height + legendHeight(panel) }} />}
      {near && !full && <Grip panel={panel} view={view} setView={setView} />}
    </section>
  );
});

function Live(props: PanelProps & { picture: MutableRefObject<PictureInput | null> }) {
  const { page, panel, view, setView, height, full = false, picture } = props;
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const [focus, setFocus] = useState<string | null>(null);
  const theme = useTheme();
  const lines = panel.lines.slice(0, LINES_DRAWN);
  const version = usePoints(page, full ? `full ${panel.id}` : panel.id, lines, view, width);
  const { lines: drawn, alone } = useDrawn(page, panel, view, theme, version);
  const inputs = { page, panel, view, setView, drawn, width, height, focus };
  const plot = usePlot(host, inputs);
  const onKeyDown = usePanelKeys(plot, inputs);
  picture.current =
    drawn.length > 0 ? { heading: panel.heading, state: plotState(inputs), width: Math.max(480, width), height } : null;
  const awaited = lines.filter(({ key }) => !view.hidden.includes(key));
  const loading = awaited.some((line) => canShow(line, view.against) && page.shown(line) === null);
  return (
    <div className={full ? "chart-split" : undefined}>
      <div className="chart-stage" style={{ height }}>
        <div
          ref={host}
          className="chart-plot"
          role="img"
          aria-label={inWords(panel.heading, drawn)}
          tabIndex={0}
          onKeyDown={onKeyDown}
        />
        {loading && drawn.length === 0 && (
          <div className="chart-veil" aria-busy="true">
            {page.problem ?? ""}
          </div>
        )}
      </div>
      <Hints view={view} panel={panel} drawn={drawn} alone={alone} ready={plot !== null} problem={page.problem} />
      <Legend
        panel={panel}
        lines={lines}
        page={page}
        view={view}
        setView={setView}
        version={version}
        onFocus={setFocus}
        tall={full}
      />
    </div>
  );
}

/** What the drawing shows, for those who cannot see it. */
function inWords(heading: string, drawn: readonly DrawnLine[]): string {
  const each = drawn.slice(0, 10).map(({ name, line }) => {
    const last = line.length - 1;
    if (last < 0) return `${name}: no finite values`;
    return `${name}: ${formatNumber(line.value[last]!)} at iteration ${line.iteration[last]!}`;
  });
  const more = drawn.length > 10 ? `; and ${drawn.length - 10} more lines` : "";
  return each.length
    ? `Chart of ${heading}. Latest values: ${each.join("; ")}${more}.`
    : `Chart of ${heading}, loading.`;
}
