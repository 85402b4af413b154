// The consoles of the tasks beside each other, searched as one.

import { useCallback, useMemo, useRef, useState } from "react";

import { getJson } from "../api/client";
import type { ConsoleLine, TaskDetail } from "../api/types";
import { LevelFilter, Toggle } from "../console/ConsoleBar";
import { highlightPattern, serverPattern, type Search } from "../console/search";
import { Lines, type LinesHandle } from "../console/Lines";
import { readLines, useConsoleLines, useMatches, type Filter } from "../console/useConsole";
import { useMatchWalk } from "../console/useMatchWalk";
import * as view from "../console/view";
import { address, navigate, param, useParam } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import { useKeys } from "../state/keys";
import { useResource } from "../state/resource";
import { Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { SearchBox } from "../widgets/SearchBox";
import { TaskSwatch } from "./Chips";
import type { TabProps } from "./ComparePage";
import type { Compared } from "./compared";
import "./console.css";

/** Tasks began at different hours: what they have in common is the time since then. */
const TIMES = param.choice("time", ["start", "clock", "none"] as const, "start");
const AT_FIRST = 4;
const TIMES_NAME = { start: "since start", clock: "clock", none: "no times" } as const;

export function ConsoleTab({ tasks }: TabProps) {
  const [text, setText] = useParam(view.QUERY);
  const [regex] = useParam(view.REGEX);
  const [matchCase] = useParam(view.MATCH_CASE);
  const [only] = useParam(view.ONLY);
  const [level] = useParam(view.LEVEL);
  const [wrap, setWrap] = useParam(view.WRAP);
  const [times, setTimes] = useParam(TIMES);
  const [limit, setLimit] = useState(AT_FIRST);
  const search = useMemo(() => ({ text, regex, matchCase }), [text, regex, matchCase]);
  const shared = useMemo<Shared>(
    () => ({
      search,
      filter: { pattern: serverPattern(search), ignore_case: !matchCase, stream: [], minimum_level: view.LEVEL_NUMBER[level], rank: [], attempt: [] },
      only: only && text !== "",
      wrap,
      times,
    }),
    [search, matchCase, level, only, text, wrap, times],
  );
  useKeys("Console", [{ keys: ["w"], does: "wrap long lines", run: () => setWrap(!wrap) }]);
  return (
    <div className="compare-part compare-consoles">
      <div className="compare-bar" role="toolbar" aria-label="consoles">
        <SearchBox value={text} onChange={setText} placeholder="Search the logs" keyGroup="Console" />
        <Toggle of={view.REGEX} label=".*" hint="Regular expression" />
        <Toggle of={view.MATCH_CASE} label="Aa" hint="Match case" />
        <Toggle of={view.ONLY} label="only" hint="Show only the lines found" />
        <LevelFilter />
        <span className="grow" />
        <select value={times} aria-label="times" onChange={(event) => setTimes(event.target.value as typeof times)}>
          {(["start", "clock", "none"] as const).map((one) => (
            <option key={one} value={one}>
              {TIMES_NAME[one]}
            </option>
          ))}
        </select>
        <Toggle of={view.WRAP} label="wrap" hint="Wrap long lines (w)" />
        {tasks.length > limit && (
          <button className="button" onClick={() => setLimit(limit + AT_FIRST)}>
            Show more of {formatCounted(tasks.length, "task")}
          </button>
        )}
      </div>
      <div className="consoles" tabIndex={0} role="region" aria-label="consoles of the tasks">
        {tasks.slice(0, limit).map((task) => (
          <Console key={task.id} task={task} {...shared} />
        ))}
      </div>
    </div>
  );
}

interface Shared {
  search: Search;
  filter: Filter;
  /** List nothing but what is found. */
  only: boolean;
  wrap: boolean;
  times: view.Times;
}

function Console({ task: { id, name, row }, search, filter, only, wrap, times }: Shared & { task: Compared }) {
  const [follow, setFollow] = useState(row?.status === "in_progress");
  const listed = useMemo(() => (only ? filter : { ...filter, pattern: null }), [only, filter]);
  const lines = useConsoleLines(id, listed, null);
  const besides = useMatches(id, filter, !only, null);
  const matches = only ? lines : besides;
  const pattern = useMemo(() => highlightPattern(search), [search]);
  const handle = useRef<LinesHandle>(null);
  // Where a level leaves lines out, the place of a match is known only where nothing but matches is listed.
  const walks = only || filter.minimum_level === 0;
  const walk = useMatchWalk(
    JSON.stringify([id, filter]),
    (query, signal) => readLines(id, { ...filter, ...query }, signal),
    () => lines.at(handle.current?.first() ?? 0)?.number ?? 0,
    (match, line) => {
      setFollow(false);
      handle.current?.show(only ? match : line.number);
    },
  );
  const { data } = useResource(`writers ${id}`, (signal) => getJson<TaskDetail>(`/tasks/${encodeURIComponent(id)}`, { signal }));
  const onNumber = useCallback(({ number }: ConsoleLine) => navigate(`${address.task(id, "console")}${view.hashOfLines([number, number])}`), [id]);
  return (
    <section className="console-column" aria-label={name} data-task={id}>
      <header>
        <TaskSwatch id={id} />
        <Link className="clip" to={address.task(id, "console")} title={name}>
          {name}
        </Link>
        <span className="grow" />
        {search.text !== "" && matches.total !== undefined && (
          <>
            <span className="dim num">
              {walk.at !== null && `${formatCount(walk.at + 1)} of `}
              {formatCounted(matches.total, "match", "matches")}
            </span>
            {walks && (
              <>
                <button className="step" disabled={!matches.total} onClick={() => walk.step(-1)} aria-label={`previous match in ${name}`}>
                  ↑
                </button>
                <button className="step" disabled={!matches.total} onClick={() => walk.step(1)} aria-label={`next match in ${name}`}>
                  ↓
                </button>
              </>
            )}
          </>
        )}
        <span className="dim num">{lines.total !== undefined && formatCounted(lines.total, "line")}</span>
        <button className="chip" aria-pressed={follow} onClick={() => setFollow(!follow)} title="Stay at the end as lines come" aria-label={`follow ${name}`}>
          follow
        </button>
      </header>
      {lines.error && <Problem error={lines.error} />}
      {lines.total === undefined && !lines.error && <Skeleton rows={12} height={10} />}
      {lines.total === 0 ? (
        <p className="cards-none">{only || filter.minimum_level !== 0 ? "No line fits." : "Nothing was printed."}</p>
      ) : (
        <Lines
          key={only ? "only" : "all"}
          ref={handle}
          lines={lines}
          times={times}
          wrap={wrap}
          startUs={row?.started_us ?? 0}
          showRank={data?.writers.some(({ rank }) => rank > 0) ?? false}
          pattern={pattern}
          follow={follow}
          onFollow={setFollow}
          marked={null}
          current={walk.line}
          moment={null}
          onNumber={onNumber}
        />
      )}
    </section>
  );
}
