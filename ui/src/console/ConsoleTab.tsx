import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { isAbort } from "../api/client";
import type { ConsoleLine, ConsoleQuery, TaskDetail } from "../api/types";
import { navigate, useHash, useParam } from "../state/address";
import { useAt } from "../state/at";
import { useKeys } from "../state/keys";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { ConsoleBar } from "./ConsoleBar";
import { Lines, type LinesHandle } from "./Lines";
import { highlightPattern, serverPattern } from "./search";
import { readLines, useConsoleLines, useMatches, type Filter } from "./useConsole";
import { useMatchWalk } from "./useMatchWalk";
import * as view from "./view";

export function ConsoleTab({ task: detail }: { task: TaskDetail }) {
  const { task } = detail;
  const { filter, search, only, narrowed, reset } = useFilter();
  const [times, setTimes] = useParam(view.TIMES);
  const [wrap, setWrap] = useParam(view.WRAP);
  const marked = useMarked();
  const [at] = useAt();
  const [follow, setFollow] = useState(task.status === "in_progress" && marked === null && at === null);

  const listed = useMemo(() => (only ? filter : { ...filter, pattern: null }), [only, filter]);
  const lines = useConsoleLines(task.id, listed);
  const besides = useMatches(task.id, filter, !only);
  const matches = only ? lines : besides;
  const handle = useRef<LinesHandle>(null);
  const show = useCallback((place: number) => {
    setFollow(false);
    handle.current?.show(place);
  }, []);
  // A line that is named is more precise than a moment.
  const moment = useMoment(task.id, listed, at?.timeUs ?? null, marked === null ? show : null);
  useGoTo(task.id, listed, marked, narrowed, show);

  const walk = useMatchWalk(
    JSON.stringify([task.id, filter]),
    (query, signal) => readLines(task.id, { ...filter, ...query }, signal),
    () => lines.at(handle.current?.first() ?? 0)?.number ?? 0,
    (match, line) => show(only ? match : line.number),
  );
  const pattern = useMemo(() => highlightPattern(search), [search]);
  const onNumber = useCallback(({ number }: ConsoleLine, extend: boolean) => {
    setFollow(false);
    const from = extend ? view.linesOfHash(location.hash)?.[0] : undefined;
    const range = [Math.min(from ?? number, number), Math.max(from ?? number, number)] as const;
    navigate(location.pathname + location.search + view.hashOfLines(range), { replace: true });
  }, []);
  useKeys("Console", [
    { keys: ["n"], does: "next match", run: () => walk.step(1) },
    { keys: ["N"], does: "previous match", run: () => walk.step(-1) },
    { keys: ["f"], does: "follow the end", run: () => setFollow(!follow) },
    { keys: ["w"], does: "wrap long lines", run: () => setWrap(!wrap) },
    { keys: ["t"], does: "times: clock, since start, none", run: () => setTimes(NEXT_TIMES[times]) },
    { keys: ["g", "Home"], does: "first line", run: () => show(0) },
    { keys: ["G", "End"], does: "last line, and follow", run: () => setFollow(true) },
  ]);

  return (
    <div className="console">
      <ConsoleBar detail={detail} lines={lines} listed={listed} matches={matches} walk={walk} marked={marked} follow={follow} onFollow={setFollow} />
      {lines.error && lines.error.message !== matches.error?.message && <Problem error={lines.error} />}
      {lines.total === undefined && !lines.error && <Skeleton rows={20} height={10} />}
      {lines.total === 0 ? (
        <NothingPrinted narrowed={narrowed} running={task.status === "in_progress"} onReset={reset} />
      ) : (
        <Lines
          key={only ? "only" : "all"}
          ref={handle}
          lines={lines}
          times={times}
          wrap={wrap}
          startUs={task.started_us ?? 0}
          showRank={detail.writers.some((writer) => writer.rank > 0)}
          pattern={pattern}
          follow={follow}
          onFollow={setFollow}
          marked={marked}
          current={walk.line}
          moment={moment}
          onNumber={onNumber}
        />
      )}
    </div>
  );
}

const NEXT_TIMES: Record<view.Times, view.Times> = { clock: "start", start: "none", none: "clock" };

function useMarked(): view.LineRange | null {
  const hash = useHash();
  return useMemo(() => view.linesOfHash(hash), [hash]);
}

/** The filters in the address, as the server takes them. */
function useFilter() {
  const [text, setText] = useParam(view.QUERY);
  const [regex] = useParam(view.REGEX);
  const [matchCase] = useParam(view.MATCH_CASE);
  const [only, setOnly] = useParam(view.ONLY);
  const [streams, setStreams] = useParam(view.STREAMS);
  const [level, setLevel] = useParam(view.LEVEL);
  const [ranks, setRanks] = useParam(view.RANKS);
  const [attempts, setAttempts] = useParam(view.ATTEMPTS);
  const search = useMemo(() => ({ text, regex, matchCase }), [text, regex, matchCase]);
  const filter = useMemo<Filter>(
    () => ({
      pattern: serverPattern(search),
      ignore_case: !matchCase,
      stream: [...streams],
      minimum_level: view.LEVEL_NUMBER[level],
      rank: ranks.map(Number).filter(Number.isInteger),
      attempt: attempts.map(Number).filter(Number.isInteger),
    }),
    [search, matchCase, streams, level, ranks, attempts],
  );
  const reset = useCallback(() => {
    if (only) setOnly(false);
    else setText("");
    setStreams([]);
    setLevel("all");
    setRanks([]);
    setAttempts([]);
  }, [only, setOnly, setText, setStreams, setLevel, setRanks, setAttempts]);
  // Between lines that a filter left out, a match's place in the list is only known where the list is the matches.
  const filtered = streams.length > 0 || level !== "all" || ranks.length > 0 || attempts.length > 0;
  return { filter, search, only: (only || filtered) && text !== "", narrowed: filtered || (only && text !== ""), reset };
}

/** Show the lines that the address names. In the full list a line's number is its place, in a filtered one the server knows. */
function useGoTo(task: string, listed: Filter, marked: view.LineRange | null, narrowed: boolean, show: (place: number) => void): void {
  const number = marked?.[0] ?? null;
  const key = JSON.stringify([task, listed, number]);
  useEffect(() => {
    if (number === null) return;
    if (!narrowed) return show(number);
    return found(task, { ...listed, from_line: number }, ({ offset }) => show(offset));
    // `key` stands for the rest.
  }, [key, narrowed, show]);
}

/** Show the first line since a moment, and say its number; where all are earlier, the last. */
function useMoment(task: string, listed: Filter, timeUs: number | null, show: ((place: number) => void) | null): number | null {
  const [number, setNumber] = useState<number | null>(null);
  const key = JSON.stringify([task, listed, timeUs]);
  useEffect(() => {
    setNumber(null);
    if (timeUs === null) return;
    return found(task, { ...listed, from_us: timeUs }, ({ offset, total, lines: [line] }) => {
      show?.(Math.min(offset, total - 1));
      setNumber(line?.number ?? null);
    });
    // `key` stands for the rest.
  }, [key, show]);
  return number;
}

/** Ask for one line, and tell what is found; answers with how to lose interest. A place that is not found is not gone to. */
function found(task: string, query: ConsoleQuery, tell: (page: Awaited<ReturnType<typeof readLines>>) => void): () => void {
  const abort = new AbortController();
  readLines(task, { ...query, offset: 0, limit: 1 }, abort.signal).then(
    (page) => page.total > 0 && tell(page),
    (error: unknown) => {
      if (!isAbort(error)) console.warn("the console's place was not found", error);
    },
  );
  return () => abort.abort();
}

function NothingPrinted({ narrowed, running, onReset }: { narrowed: boolean; running: boolean; onReset(): void }) {
  if (narrowed)
    return (
      <Empty title="No line fits the search and filters">
        <p>
          <button className="link" onClick={onReset}>
            Show all lines
          </button>
        </p>
      </Empty>
    );
  return (
    <Empty title={running ? "Nothing printed yet" : "Nothing was printed"}>
      <p>What the script prints, logs or reports is kept here:</p>
      <pre className="snippet mono">{'print("epoch", epoch)\ntask.get_logger().report_text("starting over")'}</pre>
    </Empty>
  );
}
