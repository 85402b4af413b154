import { useNowUs } from "../state/clock";
import { describeTime, formatAgo, formatDuration, formatTime } from "../state/format";
import { useSettings } from "../state/settings";

/** How long ago something was, ticking, with the moment in the tooltip; or the moment, where the reader prefers it. */
export function Ago({ timeUs }: { timeUs: number | null }) {
  const now = useNowUs();
  const full = useSettings().times === "full";
  return (
    <time title={describeTime(timeUs)} dateTime={timeUs === null ? undefined : new Date(timeUs / 1000).toISOString()}>
      {full ? formatTime(timeUs) : formatAgo(timeUs, now)}
    </time>
  );
}

/** The time from a start to an end, or to now while there is no end. */
export function Elapsed({ startUs, endUs }: { startUs: number | null; endUs: number | null }) {
  const now = useNowUs();
  if (startUs === null) return <>–</>;
  return <>{formatDuration((endUs ?? now) - startUs)}</>;
}
