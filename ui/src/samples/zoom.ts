// Looking closely at an image: how large it is drawn and where it lies on its stage.

export interface Size {
  width: number;
  height: number;
}

/** `scale` is screen pixels for one image pixel, null fits the stage; `x` and `y` are from centre to centre. */
export interface Look {
  scale: number | null;
  x: number;
  y: number;
}

export const FIT: Look = { scale: null, x: 0, y: 0 };
const LARGEST_FIT = 16;
const CLOSEST = 64;

/** The scale at which the image fills the stage; tiny images are not blown up beyond reason. */
export function fitScale(image: Size, stage: Size): number {
  if (image.width <= 0 || image.height <= 0) return 1;
  return Math.min(LARGEST_FIT, stage.width / image.width, stage.height / image.height);
}

export function scaleOf(look: Look, image: Size, stage: Size): number {
  return look.scale ?? fitScale(image, stage);
}

/** Closer or farther by a factor; the spot under (`px`, `py`), from the middle of the stage, stays where it is. */
export function zoomAt(look: Look, factor: number, [px, py]: readonly [number, number], image: Size, stage: Size): Look {
  const before = scaleOf(look, image, stage);
  const farthest = Math.min(1, fitScale(image, stage)) / 2;
  const scale = Math.min(CLOSEST, Math.max(farthest, before * factor));
  const ratio = scale / before;
  return held({ scale, x: px - (px - look.x) * ratio, y: py - (py - look.y) * ratio }, image, stage);
}

export function panBy(look: Look, dx: number, dy: number, image: Size, stage: Size): Look {
  return held({ ...look, x: look.x + dx, y: look.y + dy }, image, stage);
}

/** Never out of sight: along a side on which the image is smaller than the stage it stays in the middle. */
function held(look: Look, image: Size, stage: Size): Look {
  const scale = scaleOf(look, image, stage);
  const room = (length: number, space: number) => Math.max(0, (length * scale - space) / 2);
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return {
    ...look,
    x: within(look.x, room(image.width, stage.width)),
    y: within(look.y, room(image.height, stage.height)),
  };
}
