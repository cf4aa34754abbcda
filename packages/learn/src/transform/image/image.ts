import { tidelineError } from "@tideline/spec/error";

/** An image: rows of pixels, each with its channels. */
export interface Image<Values extends Uint8Array | Float32Array | Float64Array = Uint8Array> {
  readonly height: number;
  readonly width: number;
  /** 1 (grey), 3 (colour) or 4 (with opacity). */
  readonly channels: number;
  /** `[height, width, channels]` */
  readonly values: Values;
}

/** The lengths of an image. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Wants an image's lengths to be whole and its values to be as many as they say.
 *
 * @throws ARGUMENT_INVALID
 */
export function checkImage(who: string, image: Image<Uint8Array | Float32Array | Float64Array>): void {
  const { height, width, channels, values } = image;
  const whole = [height, width, channels].every((length) => Number.isSafeInteger(length) && length > 0);
  if (whole && values.length === height * width * channels) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "image",
    expected: "values of [height, width, channels], each at least 1",
    received: `[${height}, ${width}, ${channels}] with ${values.length} values`,
  });
}
