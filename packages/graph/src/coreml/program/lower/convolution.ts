import { slidingOf, type Sliding, type SlidingAttributes } from "../../../op/sliding.ts";
import {
  floating,
  numberOf,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
  type MilValue,
  type Refusal,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { int, ints, slice } from "../primitive.ts";

/** The geometry of a layer and how much padding each of its windows needs behind, or why it is not written. */
export function layerSliding(call: MilCall, kernelShape?: readonly number[]): Sliding | Refusal {
  const { dims } = call.inputs[0]!;
  if (dims.length < 3 || dims.length > 5)
    return refused(`${dims.length - 2} spatial axes`, "layers of one to three spatial axes");
  const attributes = call.attributes as unknown as SlidingAttributes;
  return slidingOf("writeMlProgram", dims, attributes, kernelShape ?? attributes.kernel_shape);
}

/** Padding before and behind each spatial axis, as much as the windows reach. */
export function paddingOf(sliding: Sliding, dims: readonly number[]): readonly (readonly [number, number])[] {
  const { before, kernel, dilations, strides, lengths } = sliding;
  return before.map((front, axis): readonly [number, number] => {
    const reach = (lengths[axis]! - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1;
    return [front, Math.max(0, reach - front - dims[axis + 2]!)];
  });
}

const computed = refused("its weights are computed", "constant weights");

const conv: MilLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const [x, w, b] = inputs as readonly [MilValue, MilValue, MilValue | undefined];
  const sliding = layerSliding(call, w.dims.slice(2));
  if ("unsupported" in sliding) return sliding;
  if (w.constant === undefined || (b !== undefined && b.constant === undefined)) return computed;
  const { dims, open } = outputs[0]!;
  const inputsOf = {
    x: plain(call, 0),
    weight: plain(call, 1),
    bias: b && plain(call, 2),
    strides: ints(e, sliding.strides),
    pad_type: "custom",
    pad: ints(e, paddingOf(sliding, x.dims).flat()),
    dilations: ints(e, sliding.dilations),
    groups: int(e, numberOf(call, "group")),
  };
  return [e.emit("conv", inputsOf, { type: "fp32", dims, open })];
});

const transposed: MilLowering = floating((call) => {
  const { e, inputs, outputs, attributes } = call;
  const [x, w, b] = inputs as readonly [MilValue, MilValue, MilValue | undefined];
  const spatial = x.dims.length - 2;
  if (spatial < 1 || spatial > 3)
    return refused(`${spatial} spatial axes`, "layers of one to three spatial axes");
  if (w.constant === undefined || (b !== undefined && b.constant === undefined)) return computed;
  if (attributes["auto_pad"] !== "NOTSET" && attributes["auto_pad"] !== "VALID")
    return refused(`auto_pad is ${String(attributes["auto_pad"])}`, "pads as numbers");
  if (attributes["output_shape"] !== undefined) return refused("it has output_shape", "pads as numbers");
  const list = (name: string, fill: number, count = spatial): readonly number[] =>
    (attributes[name] as readonly number[] | undefined) ?? Array.from({ length: count }, () => fill);
  const [strides, dilations] = [list("strides", 1), list("dilations", 1)];
  const before = list("pads", 0, 2 * spatial).slice(0, spatial);
  const { dims, open } = outputs[0]!;
  // All that the kernel reaches, of which the padding is cut off.
  const reach = strides.map(
    (stride, axis) => (x.dims[axis + 2]! - 1) * stride + (w.dims[axis + 2]! - 1) * dilations[axis]! + 1,
  );
  if (reach.some((length, axis) => before[axis]! + dims[axis + 2]! > length))
    return refused("output_padding goes beyond what the kernel reaches", "a Pad behind it");
  const inputsOf: Record<string, MilTensor | string | undefined> = {
    x: plain(call, 0),
    weight: plain(call, 1),
    bias: b && plain(call, 2),
    pad_type: "valid",
    strides: ints(e, strides),
    dilations: ints(e, dilations),
    groups: int(e, numberOf(call, "group")),
  };
  const full = e.emit("conv_transpose", inputsOf, {
    type: "fp32",
    dims: [dims[0]!, dims[1]!, ...reach],
    open,
  });
  return [slice(e, full, [0, 0, ...before], dims)];
});

/** How convolutions are written. */
export const CONVOLUTION_RULES = { Conv: conv, ConvTranspose: transposed } satisfies Record<string, MilRule>;
