import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent } from "react";

import { useText } from "../state/useText";
import { FIT, panBy, scaleOf, zoomAt, type Look, type Size } from "./zoom";

interface Props {
  src: string;
  name: string;
  look: Look;
  onLook(look: Look): void;
  /** Tells the scale in force, for the bar. */
  onScale(scale: number): void;
}

const WHEEL = 0.0015;

/** An image to look at closely: the wheel zooms to the pointer, dragging moves, a double click fits or shows it 1:1. */
export function ImageStage({ src, name, look, onLook, onScale }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const stage = useSize(host);
  const [image, setImage] = useState<Size | null>(null);
  const [broken, setBroken] = useState<string | null>(null);
  const scale = image && stage ? scaleOf(look, image, stage) : null;
  const now = useRef({ look, image, stage, onLook });
  now.current = { look, image, stage, onLook };

  useEffect(() => {
    if (scale !== null) onScale(scale);
  }, [scale, onScale]);
  useWheel(host, now);
  const drag = useDrag(now);
  const toggle = () => onLook(look.scale === null ? { scale: 1, x: 0, y: 0 } : FIT);

  const { problem } = useText(broken === src ? src : null, 1);
  if (broken === src) return <p className="viewer-note">The image cannot be shown: {problem ?? "it is not an image"}.</p>;
  const style = image &&
    scale !== null && {
      width: image.width * scale,
      height: image.height * scale,
      transform: `translate(calc(-50% + ${look.x}px), calc(-50% + ${look.y}px))`,
    };
  return (
    <div ref={host} className="viewer-stage" onDoubleClick={toggle} {...drag}>
      <img
        src={src}
        alt={name}
        draggable={false}
        className={scale !== null && scale > 1 ? "pixels" : undefined}
        style={style || { visibility: "hidden" }}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          // A drawing without a size of its own has none to zoom to.
          setImage({ width: naturalWidth || 800, height: naturalHeight || 600 })
        }
        onError={() => setBroken(src)}
      />
    </div>
  );
}

type Now = React.RefObject<{ look: Look; image: Size | null; stage: Size | null; onLook(look: Look): void }>;

function useSize(host: React.RefObject<HTMLDivElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [host]);
  return size;
}

/** Not React's: its wheel listeners are passive, and the page would scroll as well. */
function useWheel(host: React.RefObject<HTMLDivElement | null>, now: Now): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      const { look, image, stage, onLook } = now.current;
      if (!image || !stage) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const spot = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2] as const;
      onLook(zoomAt(look, Math.exp(-event.deltaY * WHEEL), spot, image, stage));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [host, now]);
}

/** One finger or the mouse moves; two fingers zoom. */
function useDrag(now: Now) {
  const held = useRef(new Map<number, { x: number; y: number }>());
  const spread = () => {
    const [a, b] = [...held.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const before = held.current.get(event.pointerId);
      const { look, image, stage, onLook } = now.current;
      if (!before || !image || !stage) return;
      const apart = spread();
      held.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (apart > 0) onLook(zoomAt(look, spread() / apart, [0, 0], image, stage));
      else onLook(panBy(look, event.clientX - before.x, event.clientY - before.y, image, stage));
    },
    onPointerUp: (event: PointerEvent<HTMLDivElement>) => void held.current.delete(event.pointerId),
    onPointerCancel: (event: PointerEvent<HTMLDivElement>) => void held.current.delete(event.pointerId),
  };
}
