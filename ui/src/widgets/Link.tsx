import type { AnchorHTMLAttributes, MouseEvent } from "react";

import { linked } from "../embed/frame";
import { navigate } from "../state/address";

type Props = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; replace?: boolean };

/** A link within the page; a click with a modifier, or the middle button, is the browser's as with any link. */
export function Link({ to, replace = false, onClick, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, { replace });
  };
  return <a href={linked(to)} onClick={follow} {...rest} />;
}
