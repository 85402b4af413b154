// The settings of a page of charts. Each control writes to the address and shows what the address says.

import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import type { Axis } from "../api/types";
import { fileNote } from "../embed/frame";
import { formatCounted, shorten } from "../state/format";
import { useStore } from "../state/store";
import { SearchBox } from "../widgets/SearchBox";
import { AXIS_NAME } from "./axes";
import type { Center, Spread } from "./groupFeed";
import type { ChartPage } from "./page";
import type { PanelModel } from "./sections";
import { NO_SMOOTHING, SMOOTHING_RANGE, type Smoothing, type SmoothingKind } from "./smoothing";
import { HEIGHTS, lineKey, namesOf, type ChartView, type SetView } from "./view";

interface Props {
  view: ChartView;
  setView: SetView;
  /** What is wrong with the filter, if anything. */
  problem: string | null;
  counts: { panels: number; lines: number };
  /** The processes that have lines here, and the attempts. */
  ranks: readonly number[];
  attempts: readonly number[];
  /** All panels, those that are put away included. */
  panels: readonly PanelModel[];
  page: ChartPage;
  paused: boolean;
  onPause(paused: boolean): void;
  /** Forget the arrangement; null where none is kept. */
  onReset: (() => void) | null;
}

const KIND_NAME: Record<SmoothingKind, string> = {
  none: "no smoothing",
  exponential: "exponential",
  gaussian: "Gaussian",
  mean: "running mean",
};

export function Toolbar(props: Props) {
  const { view, setView, problem, counts, ranks, attempts, panels, page, paused, onPause, onReset } = props;
  return (
    <div className="chart-bar" role="toolbar" aria-label="chart settings">
      <span className="chart-filter" title={problem ?? "A regular expression over titles and series"}>
        <SearchBox
          value={view.filter}
          onChange={(filter) => setView({ filter })}
          placeholder="Filter (regex)"
          keyGroup="Charts"
        />
        {problem && (
          <span className="chart-problem" role="alert">
            {problem}
          </span>
        )}
      </span>
      <AxisChoice view={view} setView={setView} panels={panels} />
      <SmoothingControl smoothing={view.smoothing} onChange={(smoothing) => setView({ smoothing })} />
      <Toggle on={view.logX} onChange={(logX) => setView({ logX })} title="Logarithmic x axis">
        log x
      </Toggle>
      <Toggle on={view.logY} onChange={(logY) => setView({ logY })} title="Logarithmic y axis">
        log y
      </Toggle>
      <Toggle
        on={view.ignoreOutliers}
        onChange={(ignoreOutliers) => setView({ ignoreOutliers })}
        title="Fit the y axis without the outermost 2 % of the points at either end"
      >
        ignore outliers
      </Toggle>
      <Size view={view} setView={setView} />
      <Toggle on={view.table} onChange={(table) => setView({ table })} title="First, last, least, most and mean of every line">
        table
      </Toggle>
      {/* The table of values is of the live lines. */}
      {!view.table && (ranks.length > 1 || view.rank !== null) && <RankChoice ranks={ranks} view={view} setView={setView} />}
      {!view.table && (attempts.length > 1 || view.attempt !== null) && (
        <AttemptChoice attempts={attempts} view={view} setView={setView} />
      )}
      {view.away.length > 0 && (
        <button className="chart-toggle" onClick={() => setView({ away: [] })} title={view.away.join("\n").slice(0, 1000)}>
          Show {view.away.length} put away
        </button>
      )}
      {onReset && (
        <button className="chart-toggle" onClick={onReset} title="Pins, what is put away or folded, sizes, smoothing and axes as they are at first">
          Reset layout
        </button>
      )}
      <span className="chart-right">
        {/* Its room is kept: what comes with a click in a chart must not move the charts. */}
        <button
          className={view.zoom ? "chart-toggle" : "chart-toggle chart-absent"}
          onClick={() => setView({ zoom: null })}
          title="Show all (double click)"
        >
          Reset zoom
        </button>
        {paused && <Waiting page={page} />}
        <span className="dim num chart-counts">
          {counts.panels} {counts.panels === 1 ? "chart" : "charts"}, {counts.lines}{" "}
          {counts.lines === 1 ? "line" : "lines"}
        </span>
        {!fileNote() && (
          <Toggle on={paused} onChange={onPause} title="Stop taking in new points">
            {paused ? "Paused" : "Pause"}
          </Toggle>
        )}
      </span>
    </div>
  );
}

/** What came while the page is paused. */
function Waiting({ page }: { page: ChartPage }) {
  const { points, more } = useStore(page.waiting);
  return (
    <span className="dim num">
      {points > 0 && `${formatCounted(points, "new point")}${more ? " or more" : ""}`}
      {points === 0 && more && "perhaps new points"}
    </span>
  );
}

/** Series offered as an x axis: more than these are found by hand. */
const MOST_OFFERED = 500;

function AxisChoice({ view, setView, panels }: { view: ChartView; setView: SetView; panels: readonly PanelModel[] }) {
  const offered = useMemo(() => seriesOf(panels), [panels]);
  const { axis, against } = view;
  const known = against === null || offered.has(against) ? offered : new Map([[against, nameOf(against)], ...offered]);
  const choose = (value: string) =>
    value.startsWith("=")
      ? setView({ against: value.slice(1), zoom: null })
      : setView({ axis: value as Axis, against: null, zoom: null });
  return (
    <label className="chart-choice">
      <select
        value={against === null ? axis : `=${against}`}
        aria-label="x axis"
        title="x axis"
        onChange={(event) => choose(event.target.value)}
      >
        {(Object.keys(AXIS_NAME) as Axis[]).map((name) => (
          <option key={name} value={name}>
            {AXIS_NAME[name]}
          </option>
        ))}
        <optgroup label="another series, at equal iterations">
          {[...known].map(([key, name]) => (
            <option key={key} value={`=${key}`}>
              {shorten(name, 50)}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

function seriesOf(panels: readonly PanelModel[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { lines } of panels) {
    for (const { title, series } of lines) {
      const key = lineKey(title, series);
      if (names.size < MOST_OFFERED) names.set(key, nameOf(key));
    }
  }
  return names;
}

function nameOf(key: string): string {
  const { title, series } = namesOf(key);
  return title === series ? title : `${title}/${series}`;
}

/** Which processes are drawn, so that nobody takes the one shown for all there is. */
function RankChoice({ ranks, view, setView }: { ranks: readonly number[]; view: ChartView; setView: SetView }) {
  const offered = view.rank === null || ranks.includes(view.rank) ? ranks : [...ranks, view.rank];
  // Keys that look like numbers would come before all others.
  const options = Object.fromEntries([
    ["live", `lowest of ${ranks.length} ranks`],
    ["each", "each rank"],
    ["band", "band over ranks"],
    ...offered.map((rank) => [`=${rank}`, `rank ${rank} of ${ranks.length}`]),
  ]) as Record<string, string>;
  const choose = (value: string) =>
    value === "each" || value === "band"
      ? setView({ ranks: value, rank: null })
      : setView({ ranks: "one", rank: value === "live" ? null : Number(value.slice(1)) });
  const value = view.ranks !== "one" ? view.ranks : view.rank === null ? "live" : `=${view.rank}`;
  return (
    <>
      <Choice label="ranks" value={value} options={options} onChange={choose} />
      {view.ranks === "band" && (
        <>
          <Choice label="middle of the band" value={view.center} options={CENTER_NAME} onChange={(center) => setView({ center })} />
          <Choice label="width of the band" value={view.spread} options={SPREAD_NAME} onChange={(spread) => setView({ spread })} />
        </>
      )}
    </>
  );
}

const CENTER_NAME: Record<Center, string> = { mean: "mean", median: "median" };
const SPREAD_NAME: Record<Spread, string> = {
  std: "± std",
  stderr: "± stderr",
  ci95: "95 % interval",
  minmax: "min to max",
};

function AttemptChoice({ attempts, view, setView }: { attempts: readonly number[]; view: ChartView; setView: SetView }) {
  const { attempt } = view;
  const offered = typeof attempt !== "number" || attempts.includes(attempt) ? attempts : [...attempts, attempt];
  const options = Object.fromEntries([
    ["live", "live line"],
    ["all", `all ${attempts.length} attempts`],
    ...offered.map((number) => [`=${number}`, `attempt ${number}`]),
  ]) as Record<string, string>;
  return (
    <Choice
      label="attempts"
      value={attempt === null ? "live" : attempt === "all" ? "all" : `=${attempt}`}
      options={options}
      onChange={(value) => setView({ attempt: value === "live" ? null : value === "all" ? "all" : Number(value.slice(1)) })}
    />
  );
}

function Size({ view, setView }: { view: ChartView; setView: SetView }) {
  const columns = { "": "auto columns", "1": "1 column", "2": "2 columns", "3": "3 columns", "4": "4 columns" };
  return (
    <>
      <Choice
        label="columns"
        value={(view.columns === null ? "" : String(view.columns)) as keyof typeof columns}
        options={columns}
        onChange={(value) => setView({ columns: value === "" ? null : Number(value) })}
      />
      <Slider
        label="height"
        value={view.height}
        low={HEIGHTS.low}
        high={HEIGHTS.high}
        step={20}
        unit=" px"
        onChange={(height) => setView({ height })}
        quiet
      />
    </>
  );
}

function SmoothingControl({ smoothing, onChange }: { smoothing: Smoothing; onChange(smoothing: Smoothing): void }) {
  const { kind, amount } = smoothing;
  const range = SMOOTHING_RANGE[kind];
  const choose = (next: SmoothingKind) =>
    onChange(next === "none" ? NO_SMOOTHING : { kind: next, amount: SMOOTHING_RANGE[next].start });
  return (
    <>
      <Choice label="smoothing" value={kind} options={KIND_NAME} onChange={choose} />
      {kind !== "none" && (
        <Slider
          label="amount of smoothing"
          value={amount}
          {...range}
          unit={kind === "exponential" ? "" : " pt"}
          onChange={(next) => onChange({ kind, amount: next })}
          bare
        />
      )}
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: Record<T, string>;
  onChange(value: T): void;
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <label className="chart-choice">
      <select value={value} aria-label={label} title={label} onChange={(event) => onChange(event.target.value as T)}>
        {(Object.keys(options) as T[]).map((key) => (
          <option key={key} value={key}>
            {options[key]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Toggle({
  on,
  onChange,
  title,
  children,
}: {
  on: boolean;
  onChange(on: boolean): void;
  title: string;
  children: ReactNode;
}) {
  return (
    <button className="chart-toggle" aria-pressed={on} title={title} onClick={() => onChange(!on)}>
      {children}
    </button>
  );
}

interface SliderProps {
  label: string;
  value: number;
  low: number;
  high: number;
  step: number;
  unit: string;
  onChange(value: number): void;
  bare?: boolean;
  /** Neither name nor value beside it. */
  quiet?: boolean;
}

const REST_MS = 60;

/** Follows the hand at once and the address a moment later: browsers allow only so many addresses a second. */
function Slider({ label, value, low, high, step, unit, onChange, bare = false, quiet = false }: SliderProps) {
  const [draft, setDraft] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: number) => {
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next), REST_MS);
  };
  return (
    <label className="chart-slider">
      {!bare && !quiet && <span className="dim">{label}</span>}
      <input
        type="range"
        min={low}
        max={high}
        step={step}
        value={draft}
        aria-label={label}
        title={`${label}: ${draft}${unit}`}
        onChange={(event) => change(Number(event.target.value))}
      />
      {bare && (
        <output className="num">
          {draft}
          {unit}
        </output>
      )}
    </label>
  );
}
