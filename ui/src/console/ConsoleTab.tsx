import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { ConsoleLine, TaskDetail } from "../api/types";
import { navigate, useHash, useParam } from "../state/address";
import { useKeys } from "../state/keys";
import { Empty, Problem, Skeleton } from "../widgets/Feedback";
import { ConsoleBar } from "./ConsoleBar";
import { Lines, type LinesHandle } from "./Lines";
import { highlightPattern, serverPattern } from "./search";
import { useConsoleLines, useMatches } from "./useConsole";
import { useMatchWalk } from "./useMatchWalk";
import * as view from "./view";

export function ConsoleTab({ task: detail }: { task: TaskDetail }) {
  const { task } = detail;
  const { filter, search, only, reset } = useFilter();
  const [times, setTimes] = useParam(view.TIMES);
  const [wrap, setWrap] = useParam(view.WRAP);
  const hashLine = view.lineOfHash(useHash());
  const [follow, setFollow] = useState(task.status === "in_progress" && hashLine === null);

  const lines = useConsoleLines(task.id, only ? filter : { ...filter, pattern: null });
  const matches = useMatches(task.id, filter);
  const handle = useRef<LinesHandle>(null);
  const narrowed = filter.stream?.length || filter.minimum_level || filter.rank?.length || (only && filter.pattern);

  // In the full list a line's number is its place; where lines are filtered out there is no telling.
  const show = useCallback((line: number) => {
    setFollow(false);
    handle.current?.show(line);
  }, []);
  useEffect(() => {
    if (hashLine !== null && !narrowed) show(hashLine);
  }, [hashLine, narrowed, show]);

  const goTo = (match: number, line: ConsoleLine) => show(only ? match : line.number);
  const walk = useMatchWalk(matches, () => handle.current?.first() ?? 0, goTo);
  const pattern = useMemo(() => highlightPattern(search), [search]);
  const onNumber = useCallback(
    (line: ConsoleLine) => {
      setFollow(false);
      if (narrowed) reset();
      navigate(location.pathname + location.search + view.hashOfLine(line.number), { replace: !narrowed });
    },
    [narrowed, reset],
  );
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
      <ConsoleBar detail={detail} lines={lines} matches={matches} walk={walk} follow={follow} onFollow={setFollow} />
      {lines.error && lines.error.message !== matches.error?.message && <Problem error={lines.error} />}
      {lines.total === undefined && !lines.error && <Skeleton rows={20} height={10} />}
      {lines.total === 0 ? (
        <NothingPrinted narrowed={Boolean(narrowed)} running={task.status === "in_progress"} onReset={reset} />
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
          marked={hashLine}
          current={walk.line}
          onNumber={onNumber}
        />
      )}
    </div>
  );
}

const NEXT_TIMES: Record<view.Times, view.Times> = { clock: "start", start: "none", none: "clock" };

/** The filters in the address, as the server takes them. */
function useFilter() {
  const [text, setText] = useParam(view.QUERY);
  const [regex] = useParam(view.REGEX);
  const [matchCase] = useParam(view.MATCH_CASE);
  const [only, setOnly] = useParam(view.ONLY);
  const [streams, setStreams] = useParam(view.STREAMS);
  const [level, setLevel] = useParam(view.LEVEL);
  const [ranks, setRanks] = useParam(view.RANKS);
  const search = useMemo(() => ({ text, regex, matchCase }), [text, regex, matchCase]);
  const filter = {
    pattern: serverPattern(search),
    ignore_case: !matchCase,
    stream: [...streams],
    minimum_level: view.LEVEL_NUMBER[level],
    rank: ranks.map(Number).filter(Number.isInteger),
  };
  const reset = useCallback(() => {
    if (only) setOnly(false);
    else setText("");
    setStreams([]);
    setLevel("all");
    setRanks([]);
  }, [only, setOnly, setText, setStreams, setLevel, setRanks]);
  // Between lines that a filter left out, a match's place in the list is only known where the list is the matches.
  const filtered = streams.length > 0 || level !== "all" || ranks.length > 0;
  return { filter, search, only: (only || filtered) && text !== "", reset };
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
