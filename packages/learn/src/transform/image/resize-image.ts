import { tidelineError } from "@tideline/spec/error";
import { checkImage, type Image } from "./image.ts";
import { recentAxisKernel } from "./recent-kernel.ts";
import type { AxisKernel, KernelOptions } from "./resize-kernel.ts";
import { wasmResize } from "./kernel/wasm-resize.ts";
import { resizeBytes } from "./resize-bytes.ts";

/** The size that an image becomes, and how. */
export interface ResizeOptions extends KernelOptions {
  readonly height: number;
  readonly width: number;
}

/**
 * An image of another size by a named kernel; see {@link KernelOptions}.
 *
 * Of bytes come bytes, equal to Pillow 13's in every bit with antialiasing: each pass in 22-bit fixed point and rounded to a
 * grey level. Of floats come floats: sums in float64 without any rounding between, so that bytes differ from
 * them by at most a grey level where a kernel has no negative weights (nearest, box, bilinear); cubics and Lanczos are cut
 * off at 0 and 255 after the first pass too, which near hard edges is more.
 *
 * @throws ARGUMENT_INVALID for an image that contradicts itself, and for a size of more than 2^28 values or a side above 2^20; DEFINITION_ILLEGAL for options.
 * @example
 * const small = resizeImage(photo, { height: 224, width: 224, kernel: "bicubic" });
 */
export function resizeImage<Values extends Uint8Array | Float32Array | Float64Array>(
  image: Image<Values>,
  options: ResizeOptions,
): Image<Values> {
  checkImage("resizeImage", image);
  const { height, width, channels } = image;
  checkSize(image, options);
  const across = recentAxisKernel(width, options.width, options);
  const down = recentAxisKernel(height, options.height, options);
  const { values } = image;
  const resized =
    values instanceof Uint8Array
      ? ((channels === 3 ? wasmResize(values, down, across) : undefined) ??
        resizeBytes(values, channels, down, across))
      : resizeFloats(values, channels, down, across);
  return Object.freeze({ height: options.height, width: options.width, channels, values: resized as Values });
}

/** Values of a resized image at most: 2 GiB of float64. */
const MOST_VALUES = 2 ** 28;
/** Pixels of its sides at most, each of which has weights of its own. */
const MOST_SIDE = 2 ** 20;

function checkSize(
  { height, channels, values }: Image<Uint8Array | Float32Array | Float64Array>,
  size: ResizeOptions,
): void {
  // Of floats all rows are kept between the passes.
  const rows = values instanceof Uint8Array ? size.height : Math.max(height, size.height);
  const fits = rows * size.width * channels <= MOST_VALUES && Math.max(size.height, size.width) <= MOST_SIDE;
  // What is no length at all is the kernels' to refuse.
  if (fits || Number.isNaN(rows * size.width)) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "resizeImage",
    field: "height, width",
    expected: `at most ${MOST_VALUES} values, and ${MOST_SIDE} pixels a side`,
    received: `[${size.height}, ${size.width}, ${channels}]`,
  });
}

function resizeFloats(
  values: Float32Array | Float64Array,
  channels: number,
  down: AxisKernel,
  across: AxisKernel,
): Float32Array | Float64Array {
  const between = new Float64Array(down.from * across.to * channels);
  const row = across.from * channels;
  for (let y = 0, at = 0; y < down.from; y++)
    for (let x = 0; x < across.to; x++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let from = y * row + across.first[x]! * channels + c;
        for (let k = x * across.taps; k < (x + 1) * across.taps; k++, from += channels)
          sum += across.weights[k]! * values[from]!;
        between[at++] = sum;
      }
  const width = across.to * channels;
  const sums = new Float64Array(width);
  const out = new (values instanceof Float32Array ? Float32Array : Float64Array)(down.to * width);
  for (let y = 0; y < down.to; y++) {
    sums.fill(0);
    for (let k = 0; k < down.taps; k++) {
      const weight = down.weights[y * down.taps + k]!;
      if (weight === 0) continue;
      const from = (down.first[y]! + k) * width;
      for (let x = 0; x < width; x++) sums[x]! += weight * between[from + x]!;
    }
    out.set(sums, y * width);
  }
  return out;
}
