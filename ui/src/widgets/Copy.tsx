import { useEffect, useState } from "react";

import { shorten } from "../state/format";

const SHOWN_MS = 1200;
const LONGEST_SHOWN = 200;

/** A text that a click copies. */
export function Copy({ text, shown = text, label }: { text: string; shown?: string; label: string }) {
  const [state, setState] = useState<"" | "copied" | "failed">("");
  useEffect(() => {
    if (!state) return;
    const timer = setTimeout(() => setState(""), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  return (
    <button className="copy mono" onClick={copy} title={`${label}: ${shorten(text, LONGEST_SHOWN)}\nClick to copy`}>
      <span className={state ? "unseen-kept" : ""}>{shown}</span>
      {state && <span className="copy-done">{state === "copied" ? "copied" : "could not copy"}</span>}
    </button>
  );
}
