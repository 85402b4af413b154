import { useEffect, useRef, useState } from "react";

import { useKeys } from "../state/keys";

const REST_MS = 200;

interface Props {
  value: string;
  onChange(value: string): void;
  placeholder: string;
  /** Enter, after what was typed has been handed over; with Shift held or not. */
  onEnter?(shift: boolean): void;
  keyGroup: string;
}

/** A box for searching: hands over what was typed when the typing rests; `/` goes to it, Escape clears and leaves it. */
export function SearchBox({ value, onChange, placeholder, onEnter, keyGroup }: Props) {
  const [draft, setDraft] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const handed = useRef(value);

  // The address may change under the box (back, a link): follow, but never undo what is being typed.
  useEffect(() => {
    if (value === handed.current) return;
    handed.current = value;
    setDraft(value);
  }, [value]);

  const hand = (next: string) => {
    if (next === handed.current) return;
    handed.current = next;
    onChange(next);
  };
  useEffect(() => {
    const timer = setTimeout(() => hand(draft), REST_MS);
    return () => clearTimeout(timer);
  });
  useKeys(keyGroup, [{ keys: ["/"], does: "search", run: () => focus(input.current) }]);

  return (
    <input
      ref={input}
      className="search"
      type="search"
      value={draft}
      placeholder={placeholder}
      aria-label={placeholder}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          hand(draft);
          onEnter?.(event.shiftKey);
        }
        if (event.key !== "Escape") return;
        setDraft("");
        hand("");
        event.currentTarget.blur();
      }}
    />
  );
}

function focus(input: HTMLInputElement | null): void {
  input?.focus();
  input?.select();
}
