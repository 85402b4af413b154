import { useEffect, useState } from "react";

import { sizeOf } from "../ImageStage";
import type { Size } from "../zoom";

export interface Picture {
  image: HTMLImageElement;
  size: Size;
}

/** An image, loaded; the last one stays until the next is here. `broken` is the address that gave none. */
export function usePicture(src: string): { picture: Picture | null; broken: boolean } {
  const [state, setState] = useState<{ picture: Picture | null; broken: string }>({ picture: null, broken: "" });
  useEffect(() => {
    let wanted = true;
    const image = new Image();
    image.onload = () => wanted && setState({ picture: { image, size: sizeOf(image) }, broken: "" });
    image.onerror = () => wanted && setState({ picture: null, broken: src });
    image.src = src;
    return () => {
      wanted = false;
    };
  }, [src]);
  return { picture: state.picture, broken: state.broken === src };
}
