import { useEffect, useRef, useState } from "react";

import { formatCount, formatNumber } from "../../state/format";
import { placed, useStage } from "../useStage";
import type { Look, Size } from "../zoom";
import { differenceOf } from "./difference";
import type { Picture } from "./usePicture";

interface Props {
  left: Picture | null;
  right: Picture | null;
  frame: Size | null;
  look: Look;
  onLook(look: Look): void;
  onScale?(scale: number): void;
  gain: number;
  name: string;
}

/** Larger images are compared at a size of so many pixels: beyond it the page would stand still. */
const MOST_PIXELS = 16_000_000;

interface Told {
  text: string;
  same: boolean;
}

/** What differs between two images, and how much in numbers. */
export function DifferenceLayer({ left, right, frame, look, onLook, onScale, gain, name }: Props) {
  const { host, scale, hand } = useStage(frame, look, onLook);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => {
    if (scale !== null) onScale?.(scale);
  }, [scale, onScale]);
  useEffect(() => {
    if (left && right && frame && canvas.current) setTold(draw(canvas.current, left, right, frame, gain));
  }, [left, right, frame, gain]);
  const close = scale !== null && scale > 1;
  return (
    <>
      <div ref={host} className="viewer-stage" {...hand}>
        <canvas ref={canvas} role="img" aria-label={name} className={close ? "pixels" : undefined} style={placed(frame, scale, look)} />
      </div>
      {told && (
        <p className={`pair-told${told.same ? " pair-same" : ""}`} role="status">
          {told.text}
        </p>
      )}
    </>
  );
}

function draw(canvas: HTMLCanvasElement, left: Picture, right: Picture, frame: Size, gain: number): Told {
  const shrink = Math.min(1, Math.sqrt(MOST_PIXELS / (frame.width * frame.height)));
  const width = Math.max(1, Math.round(frame.width * shrink));
  const height = Math.max(1, Math.round(frame.height * shrink));
  const [a, b] = [pixelsOf(left, width, height), pixelsOf(right, width, height)];
  if (!a || !b) return { text: "This browser gives no pixels to compare.", same: false };
  const { pixels, ...found } = differenceOf(a, b, gain);
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  const sizes = sameSize(left.size, right.size) ? "" : `; of ${named(left.size)} and ${named(right.size)}, compared at ${width} × ${height}`;
  const smaller = shrink < 1 && sizes === "" ? `; compared at ${width} × ${height}` : "";
  return { text: describe(found) + sizes + smaller, same: found.different === 0 };
}

function describe({ different, count, largest, mean }: { different: number; count: number; largest: number; mean: number }): string {
  if (different === 0) return "Not one pixel differs";
  const share = (different / count) * 100;
  const percent = share < 0.01 ? "less than 0.01" : formatNumber(Math.round(share * 100) / 100);
  return `${formatCount(different)} pixels differ (${percent} %), by ${formatNumber(Math.round(largest))} of 255 at most, ${formatNumber(Number(mean.toPrecision(3)))} in the mean`;
}

/** Fitted into the frame as it is on the other stages. */
function pixelsOf({ image, size }: Picture, width: number, height: number): Uint8ClampedArray | null {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  const scale = Math.min(width / size.width, height / size.height);
  const [w, h] = [size.width * scale, size.height * scale];
  context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
  return context.getImageData(0, 0, width, height).data;
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

function named({ width, height }: Size): string {
  return `${width} × ${height}`;
}
