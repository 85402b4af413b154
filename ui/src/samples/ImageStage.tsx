import { useEffect, useState } from "react";

import { useText } from "../state/useText";
import { placed, useStage } from "./useStage";
import type { Look, Size } from "./zoom";

interface Props {
  src: string;
  name: string;
  look: Look;
  onLook(look: Look): void;
  /** Tells the scale in force, for the bar. */
  onScale(scale: number): void;
}

/** An image to look at closely. */
export function ImageStage({ src, name, look, onLook, onScale }: Props) {
  const [image, setImage] = useState<Size | null>(null);
  const [broken, setBroken] = useState<string | null>(null);
  const { host, scale, hand } = useStage(image, look, onLook);
  useEffect(() => {
    if (scale !== null) onScale(scale);
  }, [scale, onScale]);

  const { problem } = useText(broken === src ? src : null, 1);
  if (broken === src) return <p className="viewer-note">The image cannot be shown: {problem ?? "it is not an image"}.</p>;
  return (
    <div ref={host} className="viewer-stage" {...hand}>
      <img
        src={src}
        alt={name}
        draggable={false}
        className={scale !== null && scale > 1 ? "pixels" : undefined}
        style={placed(image, scale, look)}
        onLoad={({ currentTarget }) => setImage(sizeOf(currentTarget))}
        onError={() => setBroken(src)}
      />
    </div>
  );
}

/** A drawing without a size of its own has none to zoom to. */
export function sizeOf({ naturalWidth, naturalHeight }: HTMLImageElement): Size {
  return { width: naturalWidth || 800, height: naturalHeight || 600 };
}
