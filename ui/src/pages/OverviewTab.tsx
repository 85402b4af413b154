import type { ReactNode } from "react";

import { getJson } from "../api/client";
import type { Cost, Note, SingleValueList, TaskDetail, WriterInfo } from "../api/types";
import { Markdown } from "../markdown/Markdown";
import { describeFlags } from "../state/flags";
import { describeTime, formatBytes, formatCount, formatNumber, formatTime } from "../state/format";
import { useFollowing } from "../state/following";
import { reasonName } from "../state/status";
import { Status } from "../widgets/Status";
import { Elapsed } from "../widgets/Time";
import { AttemptBar } from "./AttemptBar";
import { EnvironmentSections } from "./Environment";
import { Kept } from "./Kept";
import { KeyScalars } from "./KeyScalars";
import { Parameters } from "./Parameters";

export function OverviewTab({ detail }: { detail: TaskDetail }) {
  return (
    <div className="overview">
      <Notes notes={detail.notes} writers={detail.writers} />
      <StatusMessage detail={detail} />
      <div className="overview-columns">
        <div className="overview-results">
          <SingleValues id={detail.task.id} />
          <KeyScalars task={detail.task} />
          <Attempts detail={detail} />
        </div>
        <div>
          {detail.comment && (
            <Section title="Comment">
              <Markdown text={detail.comment} />
            </Section>
          )}
          <Parameters parameters={detail.parameters} />
          <Kept id={detail.task.id} />
        </div>
        <div>
          <EnvironmentSections attempts={detail.attempts} />
          <LoggerCost cost={detail.cost} writers={detail.writers} />
        </div>
      </div>
    </div>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <h2>
        {title} {aside && <span className="dim">{aside}</span>}
      </h2>
      {children}
    </section>
  );
}

/** What the logger lost or worked around: the first thing on the page when there is any. */
function Notes({ notes, writers }: { notes: readonly Note[]; writers: readonly WriterInfo[] }) {
  if (notes.length === 0) return null;
  const ordered = [...notes].sort((a, b) => Number(b.lost) - Number(a.lost) || a.time_us - b.time_us);
  return (
    <ul className="notes" aria-label="what the logger lost or worked around">
      {ordered.map((note, index) => (
        <li key={index} className={note.lost ? "note-lost" : "note-degraded"}>
          <strong>{note.lost ? "Lost" : "Degraded"}</strong>
          <span className="note-text">{note.message}</span>
          {note.count > 1 && <span>× {formatCount(note.count)}</span>}
          <span className="dim">{whereOf(note, writers)}</span>
          <span className="dim mono" title={`${describeTime(note.time_us)}\nwriter ${note.writer}`}>
            {note.code}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Which process said it: of several, and of the recorder, that tells where to look. */
function whereOf({ writer }: Note, writers: readonly WriterInfo[]): string {
  const one = writers.find((other) => other.writer === writer);
  if (!one) return "";
  const process = one.role === "task" ? `rank ${one.rank}` : one.role;
  return `${process}, attempt ${one.attempt}, ${one.host} (${one.pid})`;
}

function StatusMessage({ detail }: { detail: TaskDetail }) {
  if (!detail.status_message) return null;
  return (
    <details className="status-message" open={detail.task.status === "failed"}>
      <summary>{reasonName(detail.task.status_reason) || "Last words"}</summary>
      <pre className="mono">{detail.status_message}</pre>
    </details>
  );
}

function SingleValues({ id }: { id: string }) {
  const path = `/tasks/${encodeURIComponent(id)}/values`;
  const { data } = useFollowing(id, path, (signal) => getJson<SingleValueList>(path, { signal }));
  if (!data || data.values.length === 0) return null;
  return (
    <Section title="Values">
      <dl className="values">
        {data.values.map((value) => (
          <div key={value.name} title={describeTime(value.time_us)}>
            <dt className="clip" title={value.name}>
              {value.name}
            </dt>
            <dd>
              {value.value === null ? describeFlags(value.flags) : formatNumber(value.value)}
              {value.value !== null && value.flags !== 0 && <small className="warn"> {describeFlags(value.flags)}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Attempts({ detail }: { detail: TaskDetail }) {
  const { attempts } = detail;
  if (attempts.length === 0) return null;
  return (
    <Section title={attempts.length === 1 ? "Attempt" : "Attempts"}>
      {attempts.length > 1 && <AttemptBar attempts={attempts} nowUs={detail.task.updated_us ?? 0} />}
      <div className="scroll-x">
        <table className="facts">
          <thead>
            <tr>
              <th className="num">#</th>
              <th>Status</th>
              <th>Started</th>
              <th className="num">Took</th>
              <th className="num">From iteration</th>
              <th>Reason</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <tr key={attempt.number}>
                <td className="num">{attempt.number}</td>
                <td>
                  <Status status={attempt.status} reason={attempt.reason} />
                </td>
                <td title={describeTime(attempt.started_us)}>{formatTime(attempt.started_us)}</td>
                <td className="num">
                  <Elapsed
                    startUs={attempt.started_us}
                    endUs={attempt.ended_us ?? (attempt.status === "in_progress" ? null : detail.task.updated_us)}
                  />
                </td>
                <td className="num">{formatCount(attempt.initial_iteration)}</td>
                <td className="wrap">{reasonName(attempt.reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function LoggerCost({ cost, writers }: { cost: Cost | null; writers: readonly WriterInfo[] }) {
  const points = writers.reduce((sum, writer) => sum + writer.points, 0);
  return (
    <Section title="The logger itself">
      <dl className="pairs">
        {cost && (
          <>
            <Pair name="recorder CPU">{`${formatNumber(Math.round(cost.recorder_cpu_sec * 100) / 100)} s`}</Pair>
            <Pair name="recorder memory">{formatBytes(cost.recorder_rss_bytes)}</Pair>
            <Pair name="journal">{formatBytes(cost.journal_bytes)}</Pair>
          </>
        )}
        <Pair name="points">{formatCount(points)}</Pair>
      </dl>
      <details>
        <summary>
          {writers.length} {writers.length === 1 ? "writer" : "writers"}
        </summary>
        <Writers writers={writers} />
      </details>
    </Section>
  );
}

function Writers({ writers }: { writers: readonly WriterInfo[] }) {
  return (
    <div className="scroll-x">
      <table className="facts">
        <thead>
          <tr>
            <th>Role</th>
            <th>Host</th>
            <th className="num">Pid</th>
            <th className="num">Rank</th>
            <th className="num">Attempt</th>
            <th className="num">Points</th>
            <th className="num">Records</th>
            <th>Ended</th>
          </tr>
        </thead>
        <tbody>
          {writers.map((writer) => (
            <tr key={writer.writer} title={writer.writer}>
              <td>{writer.role}</td>
              <td>{writer.host}</td>
              <td className="num">{writer.pid}</td>
              <td className="num">{writer.rank}</td>
              <td className="num">{writer.attempt}</td>
              <td className="num">{formatCount(writer.points)}</td>
              <td className="num">{formatBytes(writer.record_bytes)}</td>
              <td>{writer.closed ? "in order" : "open"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="clip" title={name}>
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
