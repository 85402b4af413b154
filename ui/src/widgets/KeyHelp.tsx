import { useEffect, useRef } from "react";

import { keyGroups, listed, type KeyGroup } from "../state/keys";
import { useStore } from "../state/store";

const SIGNS: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** The list of keys and gestures in force on this page. */
export function KeyHelp({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const groups = listed(useStore(keyGroups));
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="help" onClose={onClose} onClick={(e) => e.target === dialog.current && onClose()}>
      <header>
        <h2>Keys and mouse</h2>
        <button className="plain" onClick={onClose} aria-label="Esc: close">
          Esc
        </button>
      </header>
      <KeyList groups={groups} />
    </dialog>
  );
}

export function KeyList({ groups }: { groups: readonly KeyGroup[] }) {
  return (
    <div className="help-groups">
      {groups.map(({ name, bindings, gestures }) => (
        <section key={name}>
          <h3>{name}</h3>
          <dl>
            {bindings.map((binding) => (
              <div key={binding.does}>
                <dt>
                  {binding.keys.map((key) => (
                    <kbd key={key}>{SIGNS[key] ?? key}</kbd>
                  ))}
                </dt>
                <dd>{binding.does}</dd>
              </div>
            ))}
            {gestures.map(({ gesture, does }) => (
              <div key={gesture}>
                <dt className="gesture">{gesture}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
