import type { ConsoleLine, TaskDetail } from "../api/types";
import { useParam, type Param } from "../state/address";
import { formatCount, formatCounted } from "../state/format";
import type { RangeCache } from "../state/ranges";
import { SearchBox } from "../widgets/SearchBox";
import { CopyLines } from "./CopyLines";
import { textAddress, type Filter } from "./useConsole";
import type { MatchWalk } from "./useMatchWalk";
import * as view from "./view";

interface Props {
  detail: TaskDetail;
  lines: RangeCache<ConsoleLine>;
  /** What is listed, as the server takes it. */
  listed: Filter;
  matches: RangeCache<ConsoleLine>;
  walk: MatchWalk;
  /** The lines that the address names. */
  marked: view.LineRange | null;
  follow: boolean;
  onFollow(follow: boolean): void;
}

export function ConsoleBar({ detail, lines, listed, matches, walk, marked, follow, onFollow }: Props) {
  const [text, setText] = useParam(view.QUERY);
  const [times] = useParam(view.TIMES);
  const attempts = detail.attempts.map(({ number }) => number).sort((a, b) => a - b);
  const ranks = [...new Set(detail.writers.filter(({ role }) => role === "task").map(({ rank }) => rank))].sort((a, b) => a - b);
  return (
    <div className="toolbar console-bar">
      <div className="console-search">
        <SearchBox
          value={text}
          onChange={setText}
          placeholder="Search the log  /"
          keyGroup="Console"
          onEnter={(shift) => walk.step(shift ? -1 : 1)}
        />
        <Toggle of={view.REGEX} label=".*" hint="Regular expression" />
        <Toggle of={view.MATCH_CASE} label="Aa" hint="Match case" />
        <Toggle of={view.ONLY} label="only" hint="Show only the lines found" />
      </div>
      {text !== "" && <Found matches={matches} walk={walk} />}
      <StreamFilter />
      <LevelFilter />
      {ranks.length > 1 && <NumberFilter of={view.RANKS} numbers={ranks} name="rank" all="all ranks" />}
      {attempts.length > 1 && <NumberFilter of={view.ATTEMPTS} numbers={attempts} name="attempt" all="all attempts" />}
      <span className="grow" />
      {marked && <CopyLines task={detail.task.id} listed={listed} marked={marked} />}
      <span className="dim count">{lines.total !== undefined && formatCounted(lines.total, "line")}</span>
      <a
        className="chip"
        href={textAddress(detail.task.id, listed, times !== "none")}
        download
        title={`Download the lines listed, all of them, as text${times === "none" ? "" : ", each with its time"}`}
      >
        download
      </a>
      <TimesChoice />
      <Toggle of={view.WRAP} label="wrap" hint="Wrap long lines (w)" />
      <button className="chip" aria-pressed={follow} onClick={() => onFollow(!follow)} title="Stay at the end as lines come (f)">
        follow
      </button>
    </div>
  );
}

function Found({ matches, walk }: { matches: RangeCache<ConsoleLine>; walk: MatchWalk }) {
  const error = matches.error ?? walk.problem;
  if (error)
    return (
      <span className="warn clip found-problem" role="alert" title={error.message}>
        {error.message}
      </span>
    );
  const none = !matches.total;
  return (
    <span className="found-bar">
      <span className="dim count">
        {walk.at !== null && `${formatCount(walk.at + 1)} of `}
        {matches.total !== undefined && formatCounted(matches.total, "match", "matches")}
      </span>
      <button className="plain" disabled={none} onClick={() => walk.step(-1)} title="Previous match (N)" aria-label="previous match">
        ↑
      </button>
      <button className="plain" disabled={none} onClick={() => walk.step(1)} title="Next match (n)" aria-label="next match">
        ↓
      </button>
    </span>
  );
}

export function Toggle({ of, label, hint }: { of: Param<boolean>; label: string; hint: string }) {
  const [on, set] = useParam(of);
  return (
    <button className="chip" aria-pressed={on} onClick={() => set(!on)} title={hint}>
      {label}
    </button>
  );
}

const STREAMS = ["stdout", "stderr", "text"];

function StreamFilter() {
  const [streams, setStreams] = useParam(view.STREAMS);
  const toggle = (stream: string) =>
    setStreams(streams.includes(stream) ? streams.filter((other) => other !== stream) : [...streams, stream]);
  return (
    <div className="chips" role="group" aria-label="streams">
      {STREAMS.map((stream) => (
        <button
          key={stream}
          className={`chip stream-${stream}`}
          aria-pressed={streams.includes(stream)}
          onClick={() => toggle(stream)}
          title={stream === "text" ? "Only what report_text was given" : `Only ${stream}`}
        >
          {stream}
        </button>
      ))}
    </div>
  );
}

const LEVELS: readonly [view.Level, string][] = [
  ["all", "any level"],
  ["info", "info +"],
  ["warning", "warning +"],
  ["error", "error +"],
];

export function LevelFilter() {
  const [level, setLevel] = useParam(view.LEVEL);
  return (
    <select value={level} aria-label="level" onChange={(event) => setLevel(event.target.value as view.Level)}>
      {LEVELS.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

interface NumberProps {
  of: Param<readonly string[]>;
  numbers: readonly number[];
  name: string;
  all: string;
}

function NumberFilter({ of, numbers, name, all }: NumberProps) {
  const [chosen, setChosen] = useParam(of);
  return (
    <select
      value={chosen[0] ?? ""}
      aria-label={name}
      onChange={(event) => setChosen(event.target.value === "" ? [] : [event.target.value])}
    >
      <option value="">{all}</option>
      {numbers.map((number) => (
        <option key={number} value={number}>
          {name} {number}
        </option>
      ))}
    </select>
  );
}

const TIMES: readonly [view.Times, string][] = [
  ["clock", "clock"],
  ["start", "since start"],
  ["none", "no times"],
];

function TimesChoice() {
  const [times, setTimes] = useParam(view.TIMES);
  return (
    <select value={times} aria-label="times" onChange={(event) => setTimes(event.target.value as view.Times)}>
      {TIMES.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
