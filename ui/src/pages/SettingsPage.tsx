// How the reader likes the page; what the server is; and what was lately done to tasks and can still be taken back.

import { useEffect, type ReactNode } from "react";

import { getJson } from "../api/client";
import { subscribe } from "../api/events";
import type { Axis, Operation, OperationList, ProjectList, ServerInfo } from "../api/types";
import { address } from "../state/address";
import { formatCount, formatCounted, formatTime } from "../state/format";
import { keyGroups, listed } from "../state/keys";
import { useResource } from "../state/resource";
import { changeSettings, DENSITIES, TIMES, useSettings, ZONES } from "../state/settings";
import { STATUSES, statusName } from "../state/status";
import { useStore } from "../state/store";
import { setThemeChoice, useThemeChoice, type ThemeChoice } from "../state/theme";
import { throttle } from "../state/throttle";
import { useTitle } from "../state/title";
import { showToast } from "../state/toasts";
import { edited, undoOperation } from "../tasks/actions";
import { keep } from "../tasks/useColumns";
import { Copy } from "../widgets/Copy";
import { Problem, Skeleton } from "../widgets/Feedback";
import { KeyList } from "../widgets/KeyHelp";
import { Link } from "../widgets/Link";
import { Ago } from "../widgets/Time";
import { Section } from "./OverviewTab";
import "./settings.css";

const THEMES: readonly ThemeChoice[] = ["system", "dark", "light"];
const AXIS_NAMES: readonly (readonly [Axis | "", string])[] = [
  ["", "as the page has it: iteration"],
  ["iteration", "iteration"],
  ["relative", "time from start"],
  ["wall", "wall clock"],
];
/** As the address of a page of charts says it. */
const SMOOTHINGS: readonly (readonly [string, string])[] = [
  ["", "none"],
  ["exponential:0.6", "exponential, 0.6"],
  ["exponential:0.9", "exponential, 0.9"],
  ["exponential:0.99", "exponential, 0.99"],
  ["gaussian:5", "gaussian, 5 points"],
  ["gaussian:20", "gaussian, 20 points"],
  ["mean:10", "running mean, 10 points"],
  ["mean:100", "running mean, 100 points"],
];

export function SettingsPage() {
  useTitle("Settings");
  return (
    <div className="page settings">
      <div className="toolbar">
        <h1>Settings</h1>
      </div>
      <div className="settings-columns">
        <div>
          <Looks />
          <Undoable />
        </div>
        <div>
          <About />
          <Keys />
        </div>
      </div>
    </div>
  );
}

/** What this browser keeps. */
function Looks() {
  const theme = useThemeChoice();
  const { density, zone, times, axis, smoothing } = useSettings();
  return (
    <Section title="This browser">
      <Choice label="Theme" value={theme} choices={THEMES.map((one) => [one, one])} onChange={(next) => setThemeChoice(next)} />
      <Choice label="Rows" value={density} choices={DENSITIES.map((one) => [one, one])} onChange={(next) => changeSettings({ density: next })} />
      <Choice
        label="Times"
        value={times}
        choices={TIMES.map((one) => [one, one === "ago" ? "how long ago" : "date and time"])}
        onChange={(next) => changeSettings({ times: next })}
      />
      <Choice
        label="Time zone"
        value={zone}
        choices={ZONES.map((one) => [one, one === "utc" ? "UTC" : `local (${Intl.DateTimeFormat().resolvedOptions().timeZone})`])}
        onChange={(next) => changeSettings({ zone: next })}
      />
      <Choice label="x axis of charts" value={axis} choices={AXIS_NAMES} onChange={(next) => changeSettings({ axis: next })} />
      <Choice label="Smoothing of charts" value={smoothing} choices={SMOOTHINGS} onChange={(next) => changeSettings({ smoothing: next })} />
      <div className="setting">
        <span>Columns of tasks</span>
        <button
          className="link"
          onClick={() => void keep("", null).then((done) => done && showToast("Projects without columns of their own have the default ones again."))}
        >
          Back to the default, where a project has none of its own
        </button>
      </div>
    </Section>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  onChange(value: T): void;
}

function Choice<T extends string>({ label, value, choices, onChange }: ChoiceProps<T>) {
  return (
    <label className="setting">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value as T)}>
        {choices.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Asked again when anything of any task changes. */
function useOperations() {
  const operations = useResource("operations", (signal) => getJson<OperationList>("/operations", { signal }));
  const { reload } = operations;
  useEffect(() => {
    const refresh = throttle(reload, 1000);
    const stops = [edited.subscribe(refresh), subscribe(null, { onChange: refresh, onResync: refresh })];
    return () => {
      for (const stop of stops) stop();
      refresh.cancel();
    };
  }, [reload]);
  return operations;
}

const ACTIONS: Record<string, string> = { delete: "Deleted", edit: "Edited", undo: "Taken back" };

function Undoable() {
  const { data, error, reload } = useOperations();
  return (
    <Section title="Lately done to tasks" aside="can be undone for an hour">
      {error && <Problem error={error} onRetry={reload} />}
      {!data && !error && <Skeleton rows={3} />}
      {data?.operations.length === 0 && (
        <p className="dim">Nothing. What is edited or deleted stands here for an hour; deleted tasks lie in the trash for as long.</p>
      )}
      <ul className="operations">
        {data?.operations.map((operation) => (
          <OneOperation key={operation.id} operation={operation} />
        ))}
      </ul>
    </Section>
  );
}

function OneOperation({ operation: { id, action, tasks, time_us, undo_until_us } }: { operation: Operation }) {
  return (
    <li>
      <span>
        {ACTIONS[action] ?? action} {formatCounted(tasks, "task")}
      </span>
      <span className="dim" title={`until ${formatTime(undo_until_us)}`}>
        <Ago timeUs={time_us} />
      </span>
      <button className="link" onClick={() => void undoOperation(id)}>
        {action === "delete" ? "Bring back" : "Undo"}
      </button>
    </li>
  );
}

function About() {
  const { data: server, error, reload } = useResource("server", (signal) => getJson<ServerInfo>("/server", { signal }));
  const { data: projects } = useResource("projects", (signal) => getJson<ProjectList>("/projects", { signal }));
  const counts = new Map<string, number>();
  for (const { by_status } of projects?.projects ?? [])
    for (const [status, count] of Object.entries(by_status)) counts.set(status, (counts.get(status) ?? 0) + count);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return (
    <Section title="This server">
      {error && <Problem error={error} onRetry={reload} />}
      {!server && !error && <Skeleton rows={5} />}
      {server && (
        <dl className="pairs">
          <Fact name="version">{server.version}</Fact>
          <Fact name="home">
            <Copy text={server.home} label="Home" />
          </Fact>
          <Fact name="host">{server.host}</Fact>
          <Fact name="process">{server.pid}</Fact>
          <Fact name="running">
            since <Ago timeUs={server.started_us} />
          </Fact>
          {projects && (
            <Fact name="holds">
              <Link className="link" to={address.tasks()}>
                {formatCounted(total, "task")}
              </Link>{" "}
              in{" "}
              <Link className="link" to={address.projects()}>
                {formatCounted(projects.projects.length, "project")}
              </Link>
              {STATUSES.filter((status) => counts.get(status)).map((status) => `, ${formatCount(counts.get(status))} ${statusName(status)}`)}
            </Fact>
          )}
          <Fact name="interface">
            <a className="link" href="/api/v1/openapi.json" target="_blank" rel="noopener">
              OpenAPI
            </a>
          </Fact>
        </dl>
      )}
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">{children}</dd>
    </div>
  );
}

function Keys() {
  const groups = listed(useStore(keyGroups));
  return (
    <Section title="Keys" aside="? lists those of each page">
      <KeyList groups={groups} />
    </Section>
  );
}
