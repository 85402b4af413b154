// Two images looked at together, of two iterations or two tasks: side by side, one over the other with a line to swipe, or
// what differs between them. They share one look: whatever zooms or moves one does so to the other.

import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";

import { placed, useStage } from "../useStage";
import type { Look, Size } from "../zoom";
import { DifferenceLayer } from "./DifferenceLayer";
import { usePicture, type Picture } from "./usePicture";
import "../samples.css";
import "./compare.css";

export const PAIR_MODES = ["side", "swipe", "difference"] as const;
export type PairMode = (typeof PAIR_MODES)[number];

export interface PairSide {
  src: string;
  /** What it is, for those who cannot see it: title, series, iteration. */
  name: string;
  /** What tells it from the other: its iteration, or its task. */
  label: string;
}

interface Props {
  left: PairSide;
  right: PairSide;
  mode: PairMode;
  look: Look;
  onLook(look: Look): void;
  /** Where the line of `swipe` is, from 0 (all right) to 1 (all left). */
  swipe: number;
  onSwipe(swipe: number): void;
  /** Differences are shown so many times as strong. */
  gain: number;
  /** Tells the scale in force, for a bar. */
  onScale?(scale: number): void;
}

/** Fills what it is put into, which must have a height and be positioned. */
export function ImagePair({ left, right, mode, look, onLook, swipe, onSwipe, gain, onScale }: Props) {
  const one = usePicture(left.src);
  const other = usePicture(right.src);
  if (one.broken || other.broken) return <Broken names={[...(one.broken ? [left.name] : []), ...(other.broken ? [right.name] : [])]} />;
  // Both are drawn in the frame of the larger: what lies at a place of one lies there in the other.
  const frame = frameOf(one.picture, other.picture);
  const stage = { frame, look, onLook, ...(onScale ? { onScale } : {}) };
  const [a, b] = [
    { picture: one.picture, side: left },
    { picture: other.picture, side: right },
  ];
  if (mode === "side")
    return (
      <div className="pair pair-side">
        <SideStage {...stage} shown={a} />
        <SideStage {...stage} shown={b} />
      </div>
    );
  if (mode === "swipe") return <SwipeStage {...stage} left={a} right={b} swipe={swipe} onSwipe={onSwipe} />;
  return (
    <div className="pair">
      <DifferenceLayer {...stage} left={one.picture} right={other.picture} gain={gain} name={`difference of ${left.name} and ${right.name}`} />
      <Labels left={left.label} right={right.label} />
    </div>
  );
}

function frameOf(a: Picture | null, b: Picture | null): Size | null {
  if (!a || !b) return (a ?? b)?.size ?? null;
  return a.size.width * a.size.height >= b.size.width * b.size.height ? a.size : b.size;
}

interface Shown {
  picture: Picture | null;
  side: PairSide;
}

interface StageProps {
  frame: Size | null;
  look: Look;
  onLook(look: Look): void;
  onScale?(scale: number): void;
}

function useTold(scale: number | null, onScale?: (scale: number) => void): void {
  useEffect(() => {
    if (scale !== null) onScale?.(scale);
  }, [scale, onScale]);
}

function SideStage({ frame, look, onLook, onScale, shown }: StageProps & { shown: Shown }) {
  const { host, scale, hand } = useStage(frame, look, onLook);
  useTold(scale, onScale);
  return (
    <div className="pair-half">
      <div ref={host} className="viewer-stage" {...hand}>
        <Framed shown={shown} scale={scale} style={placed(frame, scale, look)} />
      </div>
      <span className="pair-label pair-left clip">{shown.side.label}</span>
    </div>
  );
}

function Framed({ shown: { picture, side }, scale, style }: { shown: Shown; scale: number | null; style: CSSProperties }) {
  if (!picture) return null;
  const close = scale !== null && scale > 1;
  return <img src={picture.image.src} alt={side.name} draggable={false} className={close ? "pair-image pixels" : "pair-image"} style={style} />;
}

interface SwipeProps extends StageProps {
  left: Shown;
  right: Shown;
  swipe: number;
  onSwipe(swipe: number): void;
}

function SwipeStage({ frame, look, onLook, onScale, left, right, swipe, onSwipe }: SwipeProps) {
  const { host, scale, hand } = useStage(frame, look, onLook);
  useTold(scale, onScale);
  const style = placed(frame, scale, look);
  const cut = `${swipe * 100}%`;
  return (
    <div className="pair">
      <div ref={host} className="viewer-stage" {...hand}>
        <div className="pair-layer" style={{ clipPath: `inset(0 calc(100% - ${cut}) 0 0)` }}>
          <Framed shown={left} scale={scale} style={style} />
        </div>
        <div className="pair-layer" style={{ clipPath: `inset(0 0 0 ${cut})` }}>
          <Framed shown={right} scale={scale} style={style} />
        </div>
      </div>
      <SwipeLine swipe={swipe} onSwipe={onSwipe} />
      <Labels left={left.side.label} right={right.side.label} />
    </div>
  );
}

const STEP = 0.02;

/** The line between the two, moved by hand or by the arrow keys. */
function SwipeLine({ swipe, onSwipe }: { swipe: number; onSwipe(swipe: number): void }) {
  const line = useRef<HTMLDivElement>(null);
  const go = (to: number) => onSwipe(Math.min(1, Math.max(0, to)));
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const box = line.current?.parentElement?.getBoundingClientRect();
    if (box && event.buttons > 0) go((event.clientX - box.left) / box.width);
  };
  const key = (event: KeyboardEvent) => {
    const to = { ArrowLeft: swipe - STEP, ArrowRight: swipe + STEP, Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  return (
    <div
      ref={line}
      className="pair-line"
      style={{ left: `${swipe * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label="line between the two images"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(swipe * 100)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDoubleClick={() => go(0.5)}
      onKeyDown={key}
    />
  );
}

function Labels({ left, right }: { left: string; right: string }) {
  return (
    <>
      <span className="pair-label pair-left clip">{left}</span>
      <span className="pair-label pair-right clip">{right}</span>
    </>
  );
}

function Broken({ names }: { names: readonly string[] }) {
  return <p className="viewer-note sample-bad">Cannot be compared: {names.join(" and ")} cannot be shown as an image.</p>;
}
