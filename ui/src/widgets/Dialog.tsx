import { useEffect, useRef, type FormEvent, type ReactNode } from "react";

interface Props {
  title: string;
  /** What the button does: `Delete 3 tasks`. */
  action: string;
  dangerous?: boolean;
  disabled?: boolean;
  wide?: boolean;
  onDo(): void;
  onClose(): void;
  children: ReactNode;
}

/** A question that the page waits for; Escape, Cancel and a click beside it mean no. */
export function Dialog({ title, action, dangerous = false, disabled = false, wide = false, onDo, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // The browser takes the first button; where there is something to write, that is what the dialog is for.
    dialog.current?.querySelector<HTMLElement>("textarea, input[type=text]")?.focus();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (disabled) return;
    onDo();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      className={`dialog${wide ? " dialog-wide" : ""}`}
      aria-label={title}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <form onSubmit={submit}>
        <h2>{title}</h2>
        {children}
        <footer>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={`button ${dangerous ? "button-danger" : "button-main"}`} disabled={disabled}>
            {action}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
