import { param } from "../state/address";

/** The process whose reports are shown, under the key that charts have; null for the lowest rank that has each. */
export const RANK = param.int("rank", null);

interface Props {
  /** Those that there are, ascending. */
  ranks: readonly number[];
  value: number | null;
  onChange(rank: number | null): void;
}

/** Choose one process of several; nothing where there is but one to choose. */
export function RankSelect({ ranks, value, onChange }: Props) {
  if (ranks.length < 2 && value === null) return null;
  const offered = value === null || ranks.includes(value) ? ranks : [...ranks, value];
  return (
    <select value={value ?? ""} aria-label="ranks" onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}>
      <option value="">lowest of {ranks.length} ranks</option>
      {offered.map((rank) => (
        <option key={rank} value={rank}>
          rank {rank} of {ranks.length}
        </option>
      ))}
    </select>
  );
}
