import type { Image } from "../image.ts";

/** The values of an image: bytes, or floats from 0 to 255. */
export type PixelValues = Uint8Array | Float32Array | Float64Array;

/** An array of the same kind. */
export function likeValues<Values extends PixelValues>(values: Values, length: number): Values {
  const Kind = values.constructor as new (length: number) => Values;
  return new Kind(length);
}

/** A grey level within 0 and 255, whole for bytes (halves upwards). */
export function level(values: PixelValues, x: number): number {
  const bounded = x < 0 ? 0 : x > 255 ? 255 : x;
  return values instanceof Uint8Array ? Math.floor(bounded + 0.5) : bounded;
}

/** The image with other values. */
export function withValues<Values extends PixelValues>(image: Image<Values>, values: Values): Image<Values> {
  const { height, width, channels } = image;
  return Object.freeze({ height, width, channels, values });
}
