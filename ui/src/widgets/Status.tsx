import { statusColour, statusName } from "../state/status";

interface Props {
  status: string;
  reason?: string;
  unresponsive?: boolean;
  /** Only the dot, its name in the tooltip. */
  compact?: boolean;
}

/** The status of a task as a dot and a word; a running task that has gone quiet says so. */
export function Status({ status, reason = "", unresponsive = false, compact = false }: Props) {
  const quiet = unresponsive && status === "in_progress";
  const name = quiet ? "no word" : statusName(status);
  const hint = quiet ? "In progress, but nothing has been heard of it for a while" : reason || name;
  const colour = quiet ? "--warn" : statusColour(status);
  return (
    <span className={`status${quiet ? " status-quiet" : ""}`} title={hint} style={{ color: `var(${colour})` }}>
      <i className={`dot dot-${quiet ? "quiet" : status}`} aria-hidden />
      {compact ? <span className="unseen">{name}</span> : name}
    </span>
  );
}
