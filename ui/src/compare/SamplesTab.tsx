// Debug samples of the tasks in step: a row for each title and series, a column for each task, all at one iteration.

import { useMemo, useState } from "react";

import { readSamples } from "../api/reported";
import type { SampleList } from "../api/types";
import { SCROLLER } from "../charts/screen";
import { parseFilter } from "../charts/sections";
import { SampleCard } from "../samples/SampleCard";
import "../samples/samples.css";
import "../widgets/cards.css";
import { address, param, useParam } from "../state/address";
import { useAt } from "../state/at";
import { formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { Empty, Skeleton } from "../widgets/Feedback";
import { IterationSlider, iterationName, placeOf } from "../widgets/IterationSlider";
import { Link } from "../widgets/Link";
import { RANK, RankSelect } from "../widgets/RankSelect";
import { SearchBox } from "../widgets/SearchBox";
import { TaskSwatch } from "./Chips";
import type { TabProps } from "./ComparePage";
import type { Compared } from "./compared";
import { distinctRanks, ranksText } from "./ranks";
import { iterationsOver, sampleRanks, sampleRows, type SampleRow } from "./samples";
import { TogetherViewer } from "./TogetherViewer";
import { useEach } from "./useEach";

const FILTER = param.text("filter");
const SIZE = param.choice("size", ["small", "medium", "large"], "medium");
const VIEW = param.text("view");
const ROWS_AT_FIRST = 40;

export function SamplesTab({ tasks }: TabProps) {
  const [at] = useAt();
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const iteration = at?.iteration ?? null;
  const { by, waiting } = useEach(
    ids,
    `samples ${iteration}`,
    (id, signal) => readSamples(id, iteration === null ? {} : { at: iteration }, signal),
    (change) => change.samples,
  );
  const some = [...by.values()].some(({ groups }) => groups.length > 0);
  if (!some && waiting > 0) return <Skeleton rows={10} />;
  if (!some) return <NoSamples />;
  return <Samples tasks={tasks} lists={by} waiting={waiting} />;
}

function Samples({ tasks, lists, waiting }: { tasks: readonly Compared[]; lists: ReadonlyMap<string, SampleList>; waiting: number }) {
  const [search, setSearch] = useParam(FILTER);
  const [size, setSize] = useParam(SIZE);
  const [view, setView] = useParam(VIEW);
  const [at, setAt] = useAt();
  const filter = useMemo(() => parseFilter(search), [search]);
  const ids = useMemo(() => tasks.map(({ id }) => id), [tasks]);
  const [rank, setRank] = useParam(RANK);
  const rows = useMemo(() => sampleRows(ids, lists, filter, rank), [ids, lists, filter, rank]);
  const ranks = useMemo(() => sampleRanks(lists), [lists]);
  const iterations = useMemo(() => iterationsOver(lists.values(), null), [lists]);
  const latest = iterations.at(-1) ?? null;
  const value = at?.iteration ?? latest;
  const choose = (iteration: number | null) => setAt(iteration === null || iteration === latest ? null : { iteration, timeUs: null });
  const step = (by: number) => {
    const next = iterations[placeOf(iterations, value) + by];
    if (next !== undefined) choose(next);
  };
  useKeys("Debug samples", [
    { keys: ["ArrowRight"], does: "next iteration", run: () => step(1) },
    { keys: ["ArrowLeft"], does: "previous iteration", run: () => step(-1) },
  ]);
  const open = rows.find(({ key }) => key === view);
  return (
    <div className={`cards samples compare-sampling samples-${size}`}>
      <div className="cards-bar" role="toolbar" aria-label="debug samples">
        <SearchBox value={search} onChange={setSearch} placeholder="Filter (regex)" keyGroup="Debug samples" />
        {filter.problem && (
          <span className="cards-problem" role="alert">
            {filter.problem}
          </span>
        )}
        <span className="dim">iteration</span>
        <IterationSlider iterations={iterations} value={value} onChange={choose} label="page" />
        <span className="dim">{at === null ? "latest of each" : "at or before"}</span>
        <RankSelect ranks={ranks} value={rank} onChange={setRank} />
        <span className="grow" />
        <select value={size} aria-label="size of the thumbnails" onChange={(event) => setSize(event.target.value as typeof size)}>
          <option value="small">small</option>
          <option value="medium">medium</option>
          <option value="large">large</option>
        </select>
        <span className="dim">
          {formatCounted(rows.length, "series", "series")}
          {waiting > 0 && `; ${formatCounted(waiting, "task")} still to read`}
        </span>
      </div>
      {rows.length === 0 && <p className="cards-none">No sample matches the filter.</p>}
      {rows.length > 0 && <SampleGrid tasks={tasks} rows={rows} at={at?.iteration ?? null} rank={rank} onOpen={(row) => setView(row.key, { push: true })} />}
      {open && (
        <TogetherViewer
          key={open.key}
          tasks={tasks}
          row={open}
          lists={lists}
          at={value}
          rank={rank}
          onAt={choose}
          onRow={(by) => setView(rows[(rows.indexOf(open) + by + rows.length) % rows.length]!.key)}
          onClose={() => setView("")}
        />
      )}
    </div>
  );
}

interface GridProps {
  tasks: readonly Compared[];
  rows: readonly SampleRow[];
  at: number | null;
  rank: number | null;
  onOpen(row: SampleRow): void;
}

function SampleGrid({ tasks, rows, at, rank, onOpen }: GridProps) {
  const [limit, setLimit] = useState(ROWS_AT_FIRST);
  const ranked = useMemo(() => distinctRanks(rows.flatMap(({ cells }) => cells.flatMap((sample) => (sample ? [sample.rank] : [])))).length > 1, [rows]);
  return (
    <>
      <div className={`compare-samples ${SCROLLER}`} tabIndex={0} role="region" aria-label="samples of the tasks">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">title and series</span>
              </th>
              {tasks.map(({ id, name }) => (
                <th key={id} scope="col">
                  <span className="compare-column">
                    <TaskSwatch id={id} />
                    <Link className="clip" to={address.task(id, "samples")} title={name}>
                      {name}
                    </Link>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, limit).map((row) => (
              <tr key={row.key} data-samples={row.key}>
                <th scope="row">
                  <button className="compare-together" onClick={() => onOpen(row)} title={`${row.title}\n${row.series}\nLook at them together`}>
                    <span className="dim clip">{row.title}</span>
                    <span className="clip">{row.series || row.title}</span>
                    <span className="link">together</span>
                  </button>
                </th>
                {row.cells.map((sample, i) => (
                  <td key={tasks[i]!.id}>
                    {sample ? (
                      <SampleCard sample={sample} titled={false} ranked={ranked} onOpen={() => onOpen(row)} />
                    ) : (
                      <span className="compare-no dim">{row.ranks[i]!.length > 0 ? `not of rank ${rank}, but of ${ranksText(row.ranks[i]!)}` : "none"}</span>
                    )}
                    {sample && at !== null && sample.iteration !== null && sample.iteration > at && (
                      <span className="compare-note dim">first at {iterationName(sample.iteration)}</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > limit && (
        <button className="button" onClick={() => setLimit(limit + ROWS_AT_FIRST)}>
          Show more of {formatCounted(rows.length, "series", "series")}
        </button>
      )}
    </>
  );
}

function NoSamples() {
  return (
    <Empty title="None of these tasks has reported a debug sample">
      <p>Samples of the same title and series appear here beside each other as soon as one does.</p>
    </Empty>
  );
}
