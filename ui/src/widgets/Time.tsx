import { useNowUs } from "../state/clock";
import { describeTime, formatAgo, formatDuration } from "../state/format";

/** How long ago something was, ticking; the moment itself in the tooltip. */
export function Ago({ timeUs }: { timeUs: number | null }) {
  const now = useNowUs();
  return (
    <time title={describeTime(timeUs)} dateTime={timeUs === null ? undefined : new Date(timeUs / 1000).toISOString()}>
      {formatAgo(timeUs, now)}
    </time>
  );
}

/** The time from a start to an end, or to now while there is no end. */
export function Elapsed({ startUs, endUs }: { startUs: number | null; endUs: number | null }) {
  const now = useNowUs();
  if (startUs === null) return <>–</>;
  return <>{formatDuration((endUs ?? now) - startUs)}</>;
}
