// The Debug samples tab of a task: a grid of thumbnails by title and series, all at the iteration of the page.

import { useEffect, useMemo, useState } from "react";

import { readSamples, samplesPath } from "../api/reported";
import type { Sample, SampleList, TaskDetail } from "../api/types";
import { SCROLLER } from "../charts/screen";
import { parseFilter } from "../charts/sections";
import { navigate, param, useParam, withParam } from "../state/address";
import { AT, useAt, type At } from "../state/at";
import { useFollowing } from "../state/following";
import { formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { CardGrid } from "../widgets/CardGrid";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { IterationSlider, placeOf } from "../widgets/IterationSlider";
import { SearchBox } from "../widgets/SearchBox";
import { iterationsOf, sectionsOf, seriesKey, seriesOf, SORTS, timeOf, type Section, type Sort } from "./groups";
import { SampleCard } from "./SampleCard";
import { Viewer } from "./Viewer";
import { BESIDE } from "./ViewerPair";
import "./samples.css";

const FILTER = param.text("filter");
const SORT = param.choice("order", SORTS, "name");
const SIZE = param.choice("size", ["small", "medium", "large"], "medium");
const VIEW = param.text("view");
const SAMPLE = param.text("sample");

export function SamplesTab({ task }: { task: TaskDetail }) {
  const id = task.task.id;
  const [at] = useAt();
  const query = at === null ? {} : { at: at.iteration };
  const { data, error, reload } = useKept(
    useFollowing(id, samplesPath(id, query), (signal) => readSamples(id, query, signal), (change) => change.samples),
  );
  if (error && !data) return <Problem error={error} onRetry={reload} />;
  if (!data) return <Skeleton rows={10} />;
  if (data.groups.length === 0) return <NoSamples />;
  return (
    <>
      {error && <Problem error={error} onRetry={reload} />}
      <Samples id={id} data={data} />
    </>
  );
}

/** What is on screen stays until the samples of another iteration are here. */
function useKept<T extends { data: SampleList | undefined }>(resource: T): T {
  const [kept, setKept] = useState(resource.data);
  if (resource.data && resource.data !== kept) setKept(resource.data);
  return { ...resource, data: resource.data ?? kept };
}

function Samples({ id, data }: { id: string; data: SampleList }) {
  const [search, setSearch] = useParam(FILTER);
  const [at, setAt] = useAt();
  const [sort, setSort] = useParam(SORT);
  const [size, setSize] = useParam(SIZE);
  const [view] = useParam(VIEW);
  const [sample] = useParam(SAMPLE);
  const filter = useMemo(() => parseFilter(search), [search]);
  const sections = useMemo(() => sectionsOf(data.samples, filter, sort), [data, filter, sort]);
  const iterations = useMemo(() => iterationsOf(data.groups, filter), [data, filter]);
  const latest = iterations.at(-1) ?? null;
  const here = at?.iteration ?? latest;
  const choose = (iteration: number | null) => setAt(atOf(iteration, latest, data.samples));
  useMomentOf(at, data.samples, setAt);
  const step = (by: number) => {
    const next = iterations[placeOf(iterations, here) + by];
    if (next !== undefined) choose(next);
  };
  useKeys("Debug samples", [
    { keys: ["ArrowRight"], does: "next iteration", run: () => step(1) },
    { keys: ["ArrowLeft"], does: "previous iteration", run: () => step(-1) },
  ]);
  const shown = sections.reduce((sum, section) => sum + section.cards.length, 0);
  return (
    <div className={`cards samples samples-${size} ${SCROLLER}`}>
      <div className="cards-bar" role="toolbar" aria-label="debug samples">
        <SearchBox value={search} onChange={setSearch} placeholder="Filter (regex)" keyGroup="Debug samples" />
        {filter.problem && (
          <span className="cards-problem" role="alert">
            {filter.problem}
          </span>
        )}
        <span className="dim">iteration</span>
        <IterationSlider iterations={iterations} value={here} onChange={choose} label="page" />
        <span className="dim">{at === null ? "latest" : ""}</span>
        <span className="grow" />
        <select value={sort} aria-label="order" onChange={(event) => setSort(event.target.value as Sort)}>
          <option value="name">by name</option>
          <option value="newest">newest first</option>
        </select>
        <select value={size} aria-label="size of the thumbnails" onChange={(event) => setSize(event.target.value as typeof size)}>
          <option value="small">small</option>
          <option value="medium">medium</option>
          <option value="large">large</option>
        </select>
        <span className="dim">{formatCounted(shown, "sample")}</span>
      </div>
      {sections.length === 0 && <p className="cards-none">No sample matches the filter.</p>}
      <Grid sections={sections} onOpen={open} />
      {view !== "" && <OpenViewer id={id} view={view} sample={sample} at={at} latest={latest} sections={sections} />}
    </div>
  );
}

/** The page at an iteration; at the latest it follows what comes. */
function atOf(iteration: number | null, latest: number | null, samples: readonly Sample[]): At | null {
  return iteration === null || iteration === latest ? null : { iteration, timeUs: timeOf(samples, iteration) };
}

/** The moment of the iteration, as soon as a sample of it is here: the console jumps to it. */
function useMomentOf(at: At | null, samples: readonly Sample[], setAt: (at: At) => void): void {
  useEffect(() => {
    if (at === null || at.timeUs !== null) return;
    const timeUs = timeOf(samples, at.iteration);
    if (timeUs !== null) setAt({ ...at, timeUs });
  }, [at, samples, setAt]);
}

/** Set the viewer's parameters in one step of the history. */
function show(series: { title: string; series: string } | null, sample: string, at: At | null | undefined, push: boolean): void {
  let search = withParam(location.search, VIEW, series ? seriesKey(series.title, series.series) : "");
  search = withParam(search, SAMPLE, sample);
  if (at !== undefined) search = withParam(search, AT, at);
  if (!series) search = withParam(search, BESIDE, "");
  navigate(location.pathname + search + location.hash, { replace: !push });
}

function open(sample: Sample): void {
  show(sample, sample.id, undefined, true);
}

interface OpenProps {
  id: string;
  view: string;
  sample: string;
  at: At | null;
  latest: number | null;
  sections: readonly Section[];
}

function OpenViewer({ id, view, sample, at, latest, sections }: OpenProps) {
  const [title = "", series = ""] = view.split("\t");
  const all = useMemo(() => seriesOf(sections), [sections]);
  const go = (by: number) => {
    const here = all.findIndex((one) => one.title === title && one.series === series);
    const next = all[(here + by + all.length) % all.length];
    if (next) show(next, "", undefined, false);
  };
  return (
    <Viewer
      task={id}
      title={title}
      series={series}
      sample={sample}
      at={at?.iteration ?? null}
      onStep={(next) => show({ title, series }, next.id, atOf(next.iteration, latest, [next]), false)}
      onSeries={go}
      onClose={() => show(null, "", undefined, false)}
    />
  );
}

/** Titles of more samples than this have a heading. */
const FEW = 1;
const CARDS_AT_FIRST = 240;

function Grid({ sections, onOpen }: { sections: readonly Section[]; onOpen(sample: Sample): void }) {
  const ranked = useMemo(() => new Set(sections.flatMap(({ cards }) => cards.map(({ rank }) => rank))).size > 1, [sections]);
  return (
    <CardGrid sections={sections} few={FEW} atFirst={CARDS_AT_FIRST} className="samples-grid">
      {(sample, titled) => {
        const key = `${sample.title}\t${sample.series}\t${sample.rank}`;
        return <SampleCard key={key} sample={sample} titled={titled} ranked={ranked} onOpen={onOpen} />;
      }}
    </CardGrid>
  );
}

function NoSamples() {
  return (
    <Empty title="No debug samples yet">
      <p>Images, sounds, videos, pages and files appear here as soon as the task reports one, with a slider for their iterations:</p>
      <pre className="snippet mono">
        {"logger = task.get_logger()\n" +
          'logger.report_image("predictions", "first", image=array, iteration=1)\n' +
          'logger.report_media("speech", "sample", local_path="speech.wav", iteration=1)'}
      </pre>
    </Empty>
  );
}
