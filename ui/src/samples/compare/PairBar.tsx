import { PAIR_MODES, type PairMode } from "./ImagePair";

interface Props {
  mode: PairMode;
  onMode(mode: PairMode): void;
  gain: number;
  onGain(gain: number): void;
}

const NAMES: Record<PairMode, string> = { side: "side by side", swipe: "swipe", difference: "difference" };
export const GAINS = [1, 4, 16, 64] as const;

/** How two images are compared. */
export function PairBar({ mode, onMode, gain, onGain }: Props) {
  return (
    <span className="pair-bar">
      <span className="chips" role="group" aria-label="how to compare">
        {PAIR_MODES.map((one) => (
          <button key={one} className="chip" aria-pressed={one === mode} onClick={() => onMode(one)}>
            {NAMES[one]}
          </button>
        ))}
      </span>
      {mode === "difference" && (
        <select value={gain} aria-label="how strong differences are shown" onChange={(event) => onGain(Number(event.target.value))}>
          {GAINS.map((times) => (
            <option key={times} value={times}>
              × {times}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}
