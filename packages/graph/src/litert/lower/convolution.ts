import { forEachIndex, offsetOf } from "../../shape.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  floating,
  numberOf,
  refused,
  type LiteCall,
  type LiteLowering,
  type LiteRule,
  type LiteValue,
} from "../lowering.ts";
import { filled, ints, slice } from "../primitive.ts";
import { asImage, imageSliding, isSame, ofImage, paddedImage, slidingOptions } from "./image.ts";

/** Constant weights `[a, b, height, width]` (or without height) with their axes in another order. */
function kernelOf(e: LiteEmitter, { dims, constant }: LiteValue, order: readonly number[]): LiteTensor {
  const wide = dims.length === 3 ? [dims[0]!, dims[1]!, 1, dims[2]!] : dims;
  const shape = order.map((axis) => wide[axis]!);
  const values = new Float32Array(constant!.length);
  const from = [0, 0, 0, 0];
  forEachIndex(shape, (index, flat) => {
    for (const [at, axis] of order.entries()) from[axis] = index[at]!;
    values[flat] = constant![offsetOf(from, wide)]!;
  });
  return e.constant("FLOAT32", values, shape);
}

/** The bias, which kernels want even where it is zero. */
function biasOf(call: LiteCall, filters: number): LiteTensor | undefined {
  const bias = call.inputs[2];
  if (bias === undefined) return filled(call.e, "FLOAT32", [filters], 0);
  return bias.constant && call.e.constant("FLOAT32", bias.constant, [filters]);
}

const computed = refused("its weights are computed", "constant weights");

const conv: LiteLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const [x, w] = inputs as readonly [LiteValue, LiteValue];
  const sliding = imageSliding(call, w.dims.slice(2));
  if ("unsupported" in sliding) return sliding;
  const [filters, depth] = w.dims as readonly [number, number];
  const bias = biasOf(call, filters);
  if (w.constant === undefined || bias === undefined) return computed;
  const channels = x.dims[1]!;
  const same = isSame(sliding);
  const image = asImage(e, x);
  const given = same ? image : paddedImage(e, image, sliding);
  const dims = [image.dims[0]!, ...sliding.lengths, filters];
  const options = {
    ...slidingOptions(sliding, same),
    dilation_h_factor: sliding.dilations[0],
    dilation_w_factor: sliding.dilations[1],
  };
  const shape = { type: "FLOAT32" as const, dims, open: image.open };
  // One channel in each group: every filter looks at its own.
  const result =
    numberOf(call, "group") === channels && depth === 1
      ? e.emit("DEPTHWISE_CONV_2D", [given, kernelOf(e, w, [1, 2, 3, 0]), bias], shape, {
          ...options,
          depth_multiplier: filters / channels,
        })
      : e.emit("CONV_2D", [given, kernelOf(e, w, [0, 2, 3, 1]), bias], shape, options);
  return [ofImage(e, result, outputs[0]!.dims.length)];
});

const transposed: LiteLowering = floating((call) => {
  const { e, inputs, outputs, attributes } = call;
  const [x, w] = inputs as readonly [LiteValue, LiteValue];
  const rank = x.dims.length;
  if (rank !== 3 && rank !== 4)
    return refused(`${rank - 2} spatial axes`, "layers of one or two spatial axes");
  const filters = w.dims[1]!;
  const bias = biasOf(call, filters);
  if (w.constant === undefined || bias === undefined) return computed;
  if (numberOf(call, "group") !== 1) return refused("it has groups", "a layer for each group, and Concat");
  const list = (name: string, fill: number): readonly [number, number] => {
    const values =
      (attributes[name] as readonly number[] | undefined) ?? Array.from({ length: rank - 2 }, () => fill);
    return values.length === 1 ? [fill, values[0]!] : [values[0]!, values[1]!];
  };
  if (list("dilations", 1).some((dilation) => dilation !== 1))
    return refused("it has dilations", "a layer without");
  if (attributes["auto_pad"] !== "NOTSET" && attributes["auto_pad"] !== "VALID")
    return refused(`auto_pad is ${String(attributes["auto_pad"])}`, "pads as numbers");
  if (attributes["output_shape"] !== undefined) return refused("it has output_shape", "pads as numbers");
  const strides = list("strides", 1);
  const pads =
    (attributes["pads"] as readonly number[] | undefined) ?? Array.from({ length: 2 * (rank - 2) }, () => 0);
  const before = rank === 3 ? [0, pads[0]!] : [pads[0]!, pads[1]!];
  const image = asImage(e, x);
  const kernel = rank === 3 ? [1, w.dims[2]!] : [w.dims[2]!, w.dims[3]!];
  const sizes = [image.dims[1]!, image.dims[2]!];
  const wanted = rank === 3 ? [1, outputs[0]!.dims[2]!] : outputs[0]!.dims.slice(2);
  // All that the kernels reach, of which the padding is cut off.
  const reach = [0, 1].map((axis) => (sizes[axis]! - 1) * strides[axis as 0 | 1] + kernel[axis]!);
  if ([0, 1].some((axis) => before[axis]! + wanted[axis]! > reach[axis]!))
    return refused("output_padding goes beyond what the kernel reaches", "a Pad behind it");
  if (image.open.includes(true)) {
    // The kernel wants the whole output shape, of which the batch is a part.
    return refused("the kernel wants to know the batch", "a batch of one length");
  }
  const dims = [image.dims[0]!, ...reach, filters];
  const inputs4 = [ints(e, dims), kernelOf(e, w, [1, 2, 3, 0]), image, bias];
  const shape = { type: "FLOAT32" as const, dims, open: image.open };
  const options = { padding: 1, stride_h: strides[0], stride_w: strides[1] };
  const full = e.emit("TRANSPOSE_CONV", inputs4, shape, options);
  const cut = slice(e, full, [0, ...before, 0], [dims[0]!, ...wanted, filters]);
  return [ofImage(e, cut, rank)];
});

/** How convolutions are written. */
export const CONVOLUTION_RULES = { Conv: conv, ConvTranspose: transposed } satisfies Record<string, LiteRule>;
