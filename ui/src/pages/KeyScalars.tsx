import { useMemo } from "react";

import { getJson } from "../api/client";
import { MONITOR_PREFIX, type Point, type SeriesList, type SeriesSummary, type TaskRow } from "../api/types";
import { address } from "../state/address";
import { describeFlags } from "../state/flags";
import { describeTime, formatCount, formatNumber } from "../state/format";
import { useFollowing } from "../state/following";
import { Problem, Skeleton } from "../widgets/Feedback";
import { Link } from "../widgets/Link";
import { Section } from "./OverviewTab";
import { SPARK_HEIGHT, SPARK_WIDTH, useSparklines } from "./sparklines";

const MOST_SHOWN = 60;

/** The task's own scalars, one line each: last, smallest and largest value with their iterations. */
export function KeyScalars({ task }: { task: TaskRow }) {
  const path = `/tasks/${encodeURIComponent(task.id)}/series`;
  const { data, error } = useFollowing(task.id, path, (signal) => getJson<SeriesList>(path, { signal }));
  const series = useMemo(() => own(data?.series ?? []), [data]);
  const shown = useMemo(() => series.slice(0, MOST_SHOWN), [series]);
  const lines = useSparklines(task.id, shown);
  const odd = shown.some((one) => one.non_finite > 0);
  if (error && !data) return <Problem error={error} />;
  if (!data) return <Skeleton rows={8} />;
  if (series.length === 0)
    return (
      <Section title="Scalars">
        <p className="dim">None yet. This reports one point:</p>
        <pre className="snippet mono">{'task.get_logger().report_scalar("loss", "train", value=loss, iteration=step)'}</pre>
      </Section>
    );
  return (
    <Section title="Scalars" aside={formatCount(series.length)}>
      <div className="scroll-x">
        <table className="facts scalars">
          <thead>
            <tr>
              <th>Series</th>
              <th />
              <th className="num">Last</th>
              <th className="num">Min</th>
              <th className="num at">at</th>
              <th className="num">Max</th>
              <th className="num at">at</th>
              <th className="num">Points</th>
              {odd && <th className="num">NaN/Inf</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((one, index) => (
              <Row key={JSON.stringify([one.title, one.series])} task={task.id} series={one} line={lines[index] ?? ""} odd={odd} />
            ))}
          </tbody>
        </table>
      </div>
      {series.length > MOST_SHOWN && (
        <p>
          <Link className="link" to={address.task(task.id, "scalars")}>
            {formatCount(series.length - MOST_SHOWN)} more in Scalars
          </Link>
        </p>
      )}
    </Section>
  );
}

/** A title as a pattern of its own. */
function escaped(title: string): string {
  return title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function Row({ task, series, line, odd }: { task: string; series: SeriesSummary; line: string; odd: boolean }) {
  return (
    <tr>
      <td className="series-name" title={`${series.title}\n${series.series}`}>
        <Link className="clip link-quiet" to={`${address.task(task, "scalars")}?filter=${encodeURIComponent(`^${escaped(series.title)}$`)}`}>
          <span className="dim">{series.title} / </span>
          {series.series}
        </Link>
      </td>
      <td className="spark">
        <svg viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`} preserveAspectRatio="none" aria-hidden>
          <path d={line} />
        </svg>
      </td>
      <PointCell point={series.last} strong />
      <PointCell point={series.minimum} />
      <At point={series.minimum} />
      <PointCell point={series.maximum} />
      <At point={series.maximum} />
      <td className="num dim">{formatCount(series.count)}</td>
      {odd && <td className="num warn">{series.non_finite > 0 && formatCount(series.non_finite)}</td>}
    </tr>
  );
}

function PointCell({ point, strong = false }: { point: Point | null; strong?: boolean }) {
  if (!point) return <td className="num dim">–</td>;
  const reported = describeFlags(point.flags);
  const text = point.value === null ? reported || "–" : formatNumber(point.value);
  const hint = reported && point.value !== null ? `${reported}, logged as ${text}\n` : "";
  return (
    <td className={strong ? "num strong" : "num"} title={`${hint}${describeTime(point.time_us)}`}>
      {text}
      {hint && <sup className="warn">{reported}</sup>}
    </td>
  );
}

function At({ point }: { point: Point | null }) {
  return <td className="num dim at">{point ? formatCount(point.iteration) : ""}</td>;
}

function own(series: readonly SeriesSummary[]): SeriesSummary[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  return series
    .filter(({ title }) => !title.startsWith(MONITOR_PREFIX))
    .sort((a, b) => order.compare(a.title, b.title) || order.compare(a.series, b.series));
}
