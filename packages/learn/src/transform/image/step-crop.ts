import { illegalOption, positiveInteger, wholeNumber } from "../../net/check-option.ts";
import type { Image, ImageShape } from "./image.ts";
import type { ImageStepDef, StepOf } from "./image-step.ts";

/** A part of an image. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * A part of an image.
 *
 * @throws DEFINITION_ILLEGAL for a box that leaves the image.
 */
export function cropImage<Values extends Uint8Array | Float32Array | Float64Array>(
  image: Image<Values>,
  box: Box,
): Image<Values> {
  const { top, left, height, width } = checkBox("cropImage", box, image);
  const { channels, values } = image;
  const out = values.slice(0, height * width * channels) as Values;
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    out.set(values.subarray(from, from + width * channels), y * width * channels);
  }
  return Object.freeze({ height, width, channels, values: out });
}

function checkBox(who: string, box: Box, { height, width }: ImageShape): Box {
  wholeNumber(who, "top", box.top);
  wholeNumber(who, "left", box.left);
  positiveInteger(who, "height", box.height);
  positiveInteger(who, "width", box.width);
  if (box.top + box.height <= height && box.left + box.width <= width) return box;
  const part = `${box.height} x ${box.width} from (${box.top}, ${box.left})`;
  throw illegalOption(who, "box", `a part of the ${height} x ${width} image`, part);
}

/** The number rounded, halves to even, as Python's `round`. */
export function halfToEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

function boxOf({ height, width, top, left }: StepOf<"crop">, from: ImageShape): Box {
  const middle = (whole: number, part: number) => halfToEven((whole - part) / 2);
  const box = {
    height,
    width,
    top: top ?? middle(from.height, height),
    left: left ?? middle(from.width, width),
  };
  return checkBox("crop", box, from);
}

export const crop: ImageStepDef<StepOf<"crop">> = {
  shape(step, from) {
    const { height, width } = boxOf(step, from);
    return { height, width, channels: from.channels };
  },
  apply: (step, image) => cropImage(image, boxOf(step, image)),
  lower(step, g, x, from) {
    const { top, left, height, width } = boxOf(step, from);
    return g.op("Slice", [x, g.ints([top, left]), g.ints([top + height, left + width]), g.ints([2, 3])]);
  },
};
