// The samples of one series over the whole page: those of all tasks, zoomed and moved as one; or two of them, of two tasks or
// two iterations, side by side, with a line to swipe, or what differs.

import { useMemo, useRef, useState } from "react";

import { reachOf, readSamples, samplesPath } from "../api/reported";
import type { Sample, SampleList } from "../api/types";
import { ImagePair, PAIR_MODES, type PairMode } from "../samples/compare/ImagePair";
import { GAINS, PairBar } from "../samples/compare/PairBar";
import { nameOf } from "../samples/SampleCard";
import { Content } from "../samples/Viewer";
import { FIT, type Look } from "../samples/zoom";
import { param, useParam } from "../state/address";
import { formatNumber } from "../state/format";
import { useKeys } from "../state/keys";
import { useResource } from "../state/resource";
import { IterationSlider, iterationName } from "../widgets/IterationSlider";
import { useHeldFocus } from "../widgets/useHeldFocus";
import { TaskSwatch } from "./Chips";
import type { Compared } from "./compared";
import { distinctRanks } from "./ranks";
import { iterationsOver, ofRank, sideParam, type SampleRow, type SideChoice } from "./samples";

interface Props {
  tasks: readonly Compared[];
  row: SampleRow;
  lists: ReadonlyMap<string, SampleList>;
  /** The iteration of the page. */
  at: number | null;
  /** Null: the lowest that there is of each. */
  rank: number | null;
  onAt(iteration: number | null): void;
  onRow(by: number): void;
  onClose(): void;
}

const MODE = param.choice<"" | PairMode>("pair", ["", ...PAIR_MODES], "");
const LEFT = sideParam("left");
const RIGHT = sideParam("right");
const GAIN = param.int("gain", GAINS[0] as number);
const ONE_TO_ONE: Look = { scale: 1, x: 0, y: 0 };
/** As many are looked at at once; more are too small to see. */
const MOST = 24;

export function TogetherViewer({ tasks, row, lists, at, rank, onAt, onRow, onClose }: Props) {
  const [mode, setMode] = useParam(MODE);
  const [look, setLook] = useState<Look>(FIT);
  const [scale, setScale] = useState(1);
  const having = useMemo(() => tasks.filter(({ id }) => hasSeries(lists.get(id), row)), [tasks, lists, row]);
  const iterations = useMemo(() => iterationsOver(having.map(({ id }) => lists.get(id)), row), [having, lists, row]);
  const close = scale * 1.25;
  useKeys("Viewer", [
    { keys: ["Escape"], does: "close", run: onClose },
    { keys: ["ArrowDown"], does: "next series", run: () => onRow(1) },
    { keys: ["ArrowUp"], does: "previous series", run: () => onRow(-1) },
    { keys: ["+", "="], does: "closer", run: () => setLook({ ...look, scale: Math.min(64, close) }) },
    { keys: ["-"], does: "farther", run: () => setLook({ ...look, scale: Math.max(0.02, scale * 0.8) }) },
    { keys: ["0"], does: "fit", run: () => setLook(FIT) },
    { keys: ["1"], does: "one to one", run: () => setLook(ONE_TO_ONE) },
  ]);
  const box = useHeldFocus<HTMLDivElement>();
  return (
    <div ref={box} className="viewer" role="dialog" aria-modal="true" aria-label={`${row.title}, ${row.series}`} tabIndex={-1}>
      <header className="viewer-bar">
        <button className="button" onClick={() => onRow(-1)} aria-label="previous series">
          ↑
        </button>
        <button className="button" onClick={() => onRow(1)} aria-label="next series">
          ↓
        </button>
        <h2 className="clip">
          <span className="dim">{row.title}</span> {row.series}
        </h2>
        <span className="chips" role="group" aria-label="which">
          <button className="chip" aria-pressed={mode === ""} onClick={() => setMode("")}>
            all tasks
          </button>
          <button className="chip" aria-pressed={mode !== ""} onClick={() => setMode(mode || "swipe")}>
            two
          </button>
        </span>
        <span className="grow" />
        {mode === "" && <IterationSlider iterations={iterations} value={at} onChange={onAt} label="page" />}
        <button className="button" onClick={() => setLook(look.scale === 1 ? FIT : ONE_TO_ONE)} title="1:1 (1), fit (0)">
          {formatNumber(Math.round(scale * 100))} %
        </button>
        <button className="button" onClick={onClose}>
          Close (Esc)
        </button>
      </header>
      {mode === "" ? (
        <AllTasks tasks={tasks} row={row} look={look} onLook={setLook} onScale={setScale} />
      ) : (
        <Two tasks={having} row={row} lists={lists} at={at} rank={rank} mode={mode} onMode={setMode} look={look} onLook={setLook} onScale={setScale} />
      )}
    </div>
  );
}

function hasSeries(list: SampleList | undefined, { title, series }: SampleRow): boolean {
  return list?.groups.some((group) => group.title === title && group.series === series) ?? false;
}

interface Looked {
  look: Look;
  onLook(look: Look): void;
  onScale(scale: number): void;
}

function AllTasks({ tasks, row, look, onLook, onScale }: { tasks: readonly Compared[]; row: SampleRow } & Looked) {
  const shown = row.cells.flatMap((sample, i) => (sample ? [{ sample, task: tasks[i]! }] : [])).slice(0, MOST);
  const columns = Math.ceil(Math.sqrt(shown.length * 1.4)) || 1;
  const ranked = distinctRanks(shown.map(({ sample }) => sample.rank)).length > 1;
  if (shown.length === 0) return <p className="viewer-note">No task has it of this rank.</p>;
  return (
    <div className="together" style={{ gridTemplateColumns: `repeat(${Math.min(columns, shown.length || 1)}, minmax(0, 1fr))` }}>
      {shown.map(({ sample, task }) => (
        <figure key={task.id} data-task={task.id}>
          <figcaption>
            <TaskSwatch id={task.id} />
            <span className="clip">{task.name}</span>
            {ranked && <span className="dim">rank {sample.rank}</span>}
            <span className="dim num">{iterationName(sample.iteration)}</span>
          </figcaption>
          <div className="viewer-body">
            <Content sample={sample} look={look} onLook={onLook} onScale={onScale} />
          </div>
        </figure>
      ))}
      {row.cells.filter(Boolean).length > MOST && <p className="compare-note dim">The first {MOST} tasks that have one.</p>}
    </div>
  );
}

interface TwoProps extends Looked {
  tasks: readonly Compared[];
  row: SampleRow;
  lists: ReadonlyMap<string, SampleList>;
  at: number | null;
  rank: number | null;
  mode: PairMode;
  onMode(mode: PairMode): void;
}

function Two({ tasks, row, lists, at, rank, mode, onMode, ...looked }: TwoProps) {
  const [left, setLeft] = useParam(LEFT);
  const [right, setRight] = useParam(RIGHT);
  const [gain, setGain] = useParam(GAIN);
  const [swipe, setSwipe] = useState(0.5);
  const one = chosen(left, tasks, 0);
  const other = chosen(right, tasks, 1);
  const a = useSample(one, row, at, rank);
  const b = useSample(other, row, at, rank);
  const pictured = [a, b].every((sample) => sample?.media === "image" && reachOf(sample.url) === "here");
  const ranked = a !== null && b !== null && a.rank !== b.rank;
  const label = (side: SideChoice, sample: Sample | null) =>
    [tasks.find(({ id }) => id === side.task)?.name ?? "", ranked ? `rank ${sample?.rank}` : "", iterationName(sample?.iteration ?? null)].filter(Boolean).join(" · ");
  return (
    <>
      <div className="viewer-bar together-sides">
        <SideBar which="left" side={one} tasks={tasks} row={row} lists={lists} at={at} onSide={setLeft} />
        <button className="button" onClick={() => (setLeft(other), setRight(one))} aria-label="exchange the two">
          ⇄
        </button>
        <SideBar which="right" side={other} tasks={tasks} row={row} lists={lists} at={at} onSide={setRight} />
        <span className="grow" />
        {pictured && <PairBar mode={mode} onMode={onMode} gain={gain} onGain={setGain} />}
      </div>
      <div className="viewer-body">
        {pictured && a && b ? (
          <ImagePair
            left={{ src: a.url, name: nameOf(a), label: label(one, a) }}
            right={{ src: b.url, name: nameOf(b), label: label(other, b) }}
            mode={mode}
            swipe={swipe}
            onSwipe={setSwipe}
            gain={gain}
            {...looked}
          />
        ) : (
          <div className="together" style={{ gridTemplateColumns: "repeat(2, minmax(0, 1fr))" }}>
            {[a, b].map((sample, i) => (
              <figure key={i}>
                <div className="viewer-body">{sample ? <Content sample={sample} {...looked} /> : <p className="viewer-note">None here.</p>}</div>
              </figure>
            ))}
          </div>
        )}
      </div>
    </>
  );
}

/** The side that the address names, if there is such a task; else one of the tasks. */
function chosen(side: SideChoice | null, tasks: readonly Compared[], place: number): SideChoice {
  if (side && tasks.some(({ id }) => id === side.task)) return side;
  return { task: (tasks[place] ?? tasks[0])?.id ?? "", iteration: null };
}

/** What a side shows: the sample at or before its iteration. What was shown stays until the next is here. */
function useSample(side: SideChoice, { title, series }: SampleRow, at: number | null, rank: number | null): Sample | null {
  const iteration = side.iteration ?? at;
  const query = { title, series, ...(iteration === null ? {} : { at: iteration }) };
  const { data } = useResource(samplesPath(side.task, query), (signal) => readSamples(side.task, query, signal));
  const mine = data?.samples.filter((sample) => sample.title === title && sample.series === series) ?? [];
  const found = ofRank(mine, rank);
  const kept = useRef<Sample | null>(null);
  if (data) kept.current = found;
  return kept.current;
}

interface SideBarProps extends Pick<TwoProps, "tasks" | "row" | "lists" | "at"> {
  which: "left" | "right";
  side: SideChoice;
  onSide(side: SideChoice): void;
}

function SideBar({ which, side, tasks, row, lists, at, onSide }: SideBarProps) {
  const iterations = useMemo(() => iterationsOver([lists.get(side.task)], row), [lists, side.task, row]);
  return (
    <span className="together-side">
      <TaskSwatch id={side.task} />
      <select value={side.task} aria-label={`task on the ${which}`} onChange={(event) => onSide({ ...side, task: event.target.value })}>
        {tasks.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <IterationSlider iterations={iterations} value={side.iteration ?? at} onChange={(iteration) => onSide({ ...side, iteration })} label={which} />
    </span>
  );
}
