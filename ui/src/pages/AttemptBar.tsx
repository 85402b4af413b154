import type { Attempt } from "../api/types";
import { formatTime } from "../state/format";
import { statusColour, statusName } from "../state/status";

/** When each attempt ran, on one line of time. Which is which also stands in the table: this is for the eye. */
export function AttemptBar({ attempts, nowUs }: { attempts: readonly Attempt[]; nowUs: number }) {
  const ends = attempts.map((attempt) => attempt.ended_us ?? nowUs);
  const begin = Math.min(...attempts.map(({ started_us }) => started_us));
  const span = Math.max(1, Math.max(...ends) - begin);
  const share = (us: number) => `${(us / span) * 100}%`;
  return (
    <div className="attempt-bar" aria-hidden>
      {attempts.map((attempt, i) => (
        <span
          key={attempt.number}
          title={`${attempt.number}: ${statusName(attempt.status)}\n${formatTime(attempt.started_us)} to ${formatTime(ends[i]!)}`}
          style={{
            left: share(attempt.started_us - begin),
            width: share(Math.max(0, ends[i]! - attempt.started_us)),
            background: `var(${statusColour(attempt.status)})`,
          }}
        />
      ))}
    </div>
  );
}
