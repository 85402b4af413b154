import { useEffect, useState } from "react";

import { useKeys } from "../state/keys";
import { useStore } from "../state/store";
import { dropToast, toasts, type Toast } from "../state/toasts";

const SHOWN_MS = 12_000;
const SHOWN_BAD_MS = 30_000;

/** What was just done, the latest at the bottom. */
export function Toasts() {
  const shown = useStore(toasts);
  const undoable = shown.findLast(({ undo }) => undo);
  useKeys("Everywhere", [{ keys: ["U"], does: "undo what was just done", run: () => undoable && takeBack(undoable) }]);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function takeBack(toast: Toast): void {
  dropToast(toast.id);
  toast.undo?.();
}

function ToastView({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dropToast(toast.id), toast.bad ? SHOWN_BAD_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, held]);
  return (
    <div
      className={`toast${toast.bad ? " toast-bad" : ""}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <div>
        {toast.text}
        {toast.problems.map((problem, index) => (
          <p key={index}>{problem}</p>
        ))}
      </div>
      {toast.undo && (
        <button className="link" onClick={() => takeBack(toast)} title="Take it back (U)">
          Undo
        </button>
      )}
      <button className="plain" onClick={() => dropToast(toast.id)} aria-label="dismiss">
        ×
      </button>
    </div>
  );
}
