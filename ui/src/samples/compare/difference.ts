// What differs between two images, pixel by pixel.

export interface Difference {
  /** RGBA of |a - b| a channel, times the gain, on black; a difference of opacity shows in all three. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** How many pixels differ at all. */
  different: number;
  count: number;
  /** The largest difference of a channel, and the mean over the channels of all pixels; 0 to 255. */
  largest: number;
  mean: number;
}

/** Compare two images of one size, given as RGBA bytes. Colours under no opacity are not seen, so they do not count. */
export function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>, gain: number): Difference {
  const count = Math.floor(a.length / 4);
  const pixels = new Uint8ClampedArray(count * 4);
  let [different, largest, sum] = [0, 0, 0];
  for (let at = 0; at < count * 4; at += 4) {
    const [alphaA, alphaB] = [a[at + 3]!, b[at + 3]!];
    const opacity = Math.abs(alphaA - alphaB);
    let most = opacity;
    for (let channel = at; channel < at + 3; channel++) {
      const seen = Math.abs((a[channel]! * alphaA - b[channel]! * alphaB) / 255);
      const by = Math.max(seen, opacity);
      if (by > most) most = by;
      sum += by;
      pixels[channel] = by * gain;
    }
    pixels[at + 3] = 255;
    if (most > 0) different++;
    if (most > largest) largest = most;
  }
  return { pixels, different, count, largest, mean: count ? sum / (count * 3) : 0 };
}
