// A button that opens a small panel over the page. The browser does the rest: the panel lies on top of everything,
// a click elsewhere or Escape shuts it, and the focus goes back to the button.

import { useEffect, useId, useRef, useState, type CSSProperties, type ReactNode } from "react";

interface Props {
  /** What the button says. */
  label: ReactNode;
  /** For the tooltip, and for those who cannot see the button. */
  title: string;
  className?: string;
  /** Made when it opens. */
  children(close: () => void): ReactNode;
  disabled?: boolean;
}

const EDGE_PX = 8;
const GAP_PX = 4;
/** No panel is made lower than this. */
const ENOUGH_PX = 200;

export function Menu({ label, title, className = "button", children, disabled = false }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState<CSSProperties>({});
  const close = () => panel.current?.hidePopover();
  useEffect(() => {
    // Where nothing inside asks for the focus: Escape and Tab must mean the panel, not the page behind it.
    if (open && !panel.current?.contains(document.activeElement)) panel.current?.focus();
  }, [open]);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={typeof label === "string" && /\p{L}/u.test(label) ? undefined : title}
        title={title}
        disabled={disabled}
      >
        {label}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        className="menu-panel"
        tabIndex={-1}
        style={place}
        // Keys that the panel does not want are not the page's either.
        onKeyDown={(event) => event.stopPropagation()}
        onClick={(event) => event.stopPropagation()}
        onBeforeToggle={(event) => event.newState === "open" && button.current && setPlace(beside(button.current))}
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {open && children(close)}
      </div>
    </>
  );
}

/** Below the button, or above it where there is little room below; towards the side that has more room. */
function beside(button: HTMLElement): CSSProperties {
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const rightwards = left < window.innerWidth / 2;
  const roomBelow = window.innerHeight - bottom - GAP_PX - EDGE_PX;
  const roomAbove = top - GAP_PX - EDGE_PX;
  const upwards = roomBelow < ENOUGH_PX && roomAbove > roomBelow;
  return {
    ...(upwards ? { bottom: window.innerHeight - top + GAP_PX, top: "auto" } : { top: bottom + GAP_PX, bottom: "auto" }),
    maxHeight: Math.max(ENOUGH_PX, upwards ? roomAbove : roomBelow),
    ...(rightwards ? { left: Math.max(EDGE_PX, left), right: "auto" } : { right: Math.max(EDGE_PX, window.innerWidth - right), left: "auto" }),
  };
}
