// The settings of a page of charts. Each control writes to the address and shows what the address says.

import { useEffect, useRef, useState, type ReactNode } from "react";

import type { Axis } from "../api/types";
import { SearchBox } from "../widgets/SearchBox";
import { AXIS_NAME } from "./axes";
import { NO_SMOOTHING, SMOOTHING_RANGE, type Smoothing, type SmoothingKind } from "./smoothing";
import { HEIGHTS, type ChartView, type SetView } from "./view";

interface Props {
  view: ChartView;
  setView: SetView;
  /** What is wrong with the filter, if anything. */
  problem: string | null;
  counts: { panels: number; lines: number };
  /** The processes that have lines here. */
  ranks: readonly number[];
  paused: boolean;
  onPause(paused: boolean): void;
}

const KIND_NAME: Record<SmoothingKind, string> = {
  none: "no smoothing",
  exponential: "exponential",
  gaussian: "Gaussian",
  mean: "running mean",
};

export function Toolbar({ view, setView, problem, counts, ranks, paused, onPause }: Props) {
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
      <Choice
        label="x axis"
        value={view.axis}
        options={AXIS_NAME}
        onChange={(axis: Axis) => setView({ axis, zoom: null })}
      />
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
      {/* The table of values is of no single rank. */}
      {!view.table && (ranks.length > 1 || view.rank !== null) && <RankChoice ranks={ranks} view={view} setView={setView} />}
      <span className="grow" />
      {view.zoom && (
        <button className="chart-toggle" onClick={() => setView({ zoom: null })} title="Show all (double click)">
          Reset zoom
        </button>
      )}
      <span className="dim num chart-counts">
        {counts.panels} {counts.panels === 1 ? "chart" : "charts"}, {counts.lines}{" "}
        {counts.lines === 1 ? "line" : "lines"}
      </span>
      <Toggle on={paused} onChange={onPause} title="Stop taking in new points">
        {paused ? "Paused" : "Pause"}
      </Toggle>
    </div>
  );
}

/** Which process is drawn, so that nobody takes the one shown for all there is. */
function RankChoice({ ranks, view, setView }: { ranks: readonly number[]; view: ChartView; setView: SetView }) {
  const lowest = ranks[0] ?? 0;
  const offered = view.rank === null || ranks.includes(view.rank) ? ranks : [...ranks, view.rank];
  // Keys that look like numbers would come before all others.
  const options = Object.fromEntries([["live", "lowest rank"], ...offered.map((rank) => [`=${rank}`, `rank ${rank}`])]);
  return (
    <>
      <Choice
        label="rank"
        value={view.rank === null ? "live" : `=${view.rank}`}
        options={options as Record<string, string>}
        onChange={(value) => setView({ rank: value === "live" ? null : Number(value.slice(1)) })}
      />
      <span className="dim">
        rank {view.rank ?? lowest} of {ranks.length} shown
      </span>
    </>
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
}

const REST_MS = 60;

/** Follows the hand at once and the address a moment later: browsers allow only so many addresses a second. */
function Slider({ label, value, low, high, step, unit, onChange, bare = false }: SliderProps) {
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
      {!bare && <span className="dim">{label}</span>}
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
