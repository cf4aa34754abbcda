import type { GraphBuilder, Value } from "@tideline/graph";
import { positiveInteger } from "../../net/check-option.ts";
import type { ImageShape, Image } from "./image.ts";
import type { ImageStepDef, StepOf } from "./image-step.ts";
import { rowsFirst } from "./fixed-axis.ts";
import { resizeImage } from "./resize-image.ts";
import { axisKernel, kernelOf, type AxisKernel, type KernelOptions } from "./resize-kernel.ts";

/** Where an image goes: its new lengths. */
export interface Target extends KernelOptions {
  readonly height: number;
  readonly width: number;
  readonly bytes?: boolean;
}

/** Pixels of another size; with `bytes` by way of whole grey levels. */
export function resizePixels(image: Image<Float64Array>, target: Target): Image<Float64Array> {
  if (target.bytes !== true) return resizeImage(image, target);
  const values = Uint8Array.from(image.values, (value) =>
    Math.min(255, Math.max(0, Math.floor(value + 0.5))),
  );
  const resized = resizeImage({ ...image, values }, target);
  return { ...resized, values: Float64Array.from(resized.values) };
}

/** The weights of an axis as a matrix, `[to, from]` or its transpose `[from, to]`. */
function denseKernel({ from, to, taps, first, weights }: AxisKernel, transposed: boolean): Float32Array {
  const out = new Float32Array(from * to);
  for (let x = 0; x < to; x++)
    for (let k = 0; k < taps; k++) {
      const at = first[x]! + k;
      out[transposed ? at * to + x : x * from + at] = weights[x * taps + k]!;
    }
  return out;
}

/**
 * Adds a resize to a graph as two products with constant matrices, across and then down: exact for every kernel, where the
 * operator Resize of runtimes knows no Lanczos, box or Hamming, and converters know it only in part.
 *
 * @param x float32, [N, channels, height, width]
 */
export function lowerResize(g: GraphBuilder, x: Value, from: ImageShape, target: Target): Value {
  const whole = (value: Value): Value =>
    target.bytes === true
      ? g.op("Clip", [g.op("Floor", [g.op("Add", [value, g.scalar(0.5)])]), g.scalar(0), g.scalar(255)])
      : value;
  const across = axisKernel(from.width, target.width, target);
  const down = axisKernel(from.height, target.height, target);
  const goAcross = (value: Value): Value => {
    if (from.width === target.width) return value;
    const matrix = g.constant(denseKernel(across, true), [from.width, target.width]);
    return whole(g.op("MatMul", [value, matrix]));
  };
  const goDown = (value: Value): Value => {
    if (from.height === target.height) return value;
    const matrix = g.constant(denseKernel(down, false), [target.height, from.height]);
    return whole(g.op("MatMul", [matrix, value]));
  };
  return rowsFirst(down, across) ? goAcross(goDown(x)) : goDown(goAcross(x));
}

function target(who: string, { height, width, bytes, ...kernel }: Target): Target {
  return {
    height: positiveInteger(who, "height", height),
    width: positiveInteger(who, "width", width),
    bytes: bytes === true,
    ...kernelOf(who, kernel),
  };
}

export const resize: ImageStepDef<StepOf<"resize">> = {
  shape: (step, { channels }) => ({ ...lengths(target("resize", step)), channels }),
  apply: (step, image) => resizePixels(image, target("resize", step)),
  lower: (step, g, x, from) => lowerResize(g, x, from, target("resize", step)),
};

function lengths({ height, width }: Target): { height: number; width: number } {
  return { height, width };
}

/** As torchvision: the longer side rounded down. */
function shorterTo(step: StepOf<"resizeShorter">, { height, width }: ImageShape): Target {
  const size = positiveInteger("resizeShorter", "size", step.size);
  const [tall, wide] =
    height <= width
      ? [size, Math.floor((size * width) / height)]
      : [Math.floor((size * height) / width), size];
  const { step: _, size: __, ...kernel } = step;
  return target("resizeShorter", { ...kernel, height: tall, width: wide });
}

export const resizeShorter: ImageStepDef<StepOf<"resizeShorter">> = {
  shape: (step, from) => ({ ...lengths(shorterTo(step, from)), channels: from.channels }),
  apply: (step, image) => resizePixels(image, shorterTo(step, image)),
  lower: (step, g, x, from) => lowerResize(g, x, from, shorterTo(step, from)),
};
