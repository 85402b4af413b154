// What can be done with a panel besides looking at it: pin, move, put away, take along as a picture or as points.

import { useContext, useRef, type ReactNode } from "react";

import { embedCode } from "../embed/frame";
import { showProblem, showToast } from "../state/toasts";
import { downloadText, fileName, saveBlob } from "../tables/download";
import { Menu } from "../widgets/Menu";
import { csvOfDrawn, csvOfEvery, jsonOfEvery } from "./everyPoint";
import { StepPanel } from "./moving";
import { pngOf, svgOf, type PictureInput } from "./picture";
import type { PanelModel } from "./sections";
import { panelAddress, type ChartView, type SetView } from "./view";

interface Props {
  panel: PanelModel;
  view: ChartView;
  setView: SetView;
  /** What the panel draws now; null while it draws nothing. */
  picture(): PictureInput | null;
}

export function PanelMenu({ panel, view, setView, picture }: Props) {
  return (
    <Menu label={<span aria-hidden>⋯</span>} title={`More of ${panel.heading}`} className="plain chart-action">
      {(close) => <Items panel={panel} view={view} setView={setView} picture={picture} close={close} />}
    </Menu>
  );
}

function Items({ panel, view, setView, picture, close }: Props & { close(): void }) {
  const list = useRef<HTMLDivElement>(null);
  const move = useContext(StepPanel);
  const pinned = view.pins.includes(panel.id);
  const lines = panel.lines.filter(({ key }) => !view.hidden.includes(key));
  const drawn = picture();
  const item = (label: string, run: () => void | Promise<void>, disabled = false): ReactNode => (
    <button
      type="button"
      disabled={disabled}
      onClick={() => {
        close();
        void attempt(label, run);
      }}
    >
      {label}
    </button>
  );
  const step = (event: React.KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>("button:enabled") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    buttons[(at + move + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div ref={list} className="chart-menu" onKeyDown={step}>
      {item(pinned ? "Unpin" : "Pin to the top", () =>
        setView({ pins: pinned ? view.pins.filter((id) => id !== panel.id) : [...view.pins, panel.id] }),
      )}
      {move && item("Move to the front", () => move(panel.id, -Infinity))}
      {move && item("Move back one place", () => move(panel.id, -1))}
      {move && item("Move on one place", () => move(panel.id, 1))}
      {item("Put away", () => setView({ away: [...view.away, panel.id] }))}
      {item("Copy link", () => navigator.clipboard.writeText(new URL(panelAddress(panel.id), location.href).href))}
      {item("Copy embed code", () => navigator.clipboard.writeText(embedCode(panelAddress(panel.id))))}
      <hr />
      {item("Copy as image", () => copyImage(drawn!), !drawn)}
      {item("Download PNG", async () => saveBlob(fileName(panel.id, "png"), await pngOf(svgOf(drawn!))), !drawn)}
      {item("Download SVG", () => downloadText(fileName(panel.id, "svg"), svgOf(drawn!), "image/svg+xml"), !drawn)}
      <hr />
      {item("Download CSV, every point", async () => saveBlob(fileName(panel.id, "csv"), new Blob(await csvOfEvery(lines), { type: "text/csv" })))}
      {item("Download JSON, every point", async () =>
        saveBlob(fileName(panel.id, "json"), new Blob(await jsonOfEvery(lines), { type: "application/json" })),
      )}
      {item(
        "Download CSV, points drawn",
        () => downloadText(fileName(`${panel.id} drawn`, "csv"), csvOfDrawn(drawn!.state.lines, drawn!.state.zoom), "text/csv"),
        !drawn,
      )}
    </div>
  );
}

async function attempt(label: string, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
    if (label.startsWith("Copy")) showToast("Copied.");
  } catch (error) {
    showProblem(`${label}: that did not work.`, error);
  }
}

/** Not awaited first: a browser lets only a click write to the clipboard. */
function copyImage(picture: PictureInput): Promise<void> {
  return navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(svgOf(picture)) })]);
}
