import { forEachIndex } from "../../../shape.ts";
import type { Sliding } from "../../../op/sliding.ts";
import {
  floating,
  numberOf,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
  type Refusal,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, ints, pad, reduce, scalar, truth, unary } from "../primitive.ts";
import { layerSliding, paddingOf } from "./convolution.ts";

/** The geometry of a pool without dilations, which kernels do not have. */
function poolSliding(call: MilCall): Sliding | Refusal {
  const sliding = layerSliding(call);
  if ("unsupported" in sliding) return sliding;
  return sliding.dilations.some((dilation) => dilation !== 1)
    ? refused("it has dilations", "a pool without them")
    : sliding;
}

/** A pool of what is padded already: every window lies in it. */
function pooled(call: MilCall, op: "avg_pool" | "max_pool", sliding: Sliding, padding: number): MilTensor {
  const { e, inputs, outputs } = call;
  const around = paddingOf(sliding, inputs[0]!.dims);
  const x = pad(e, plain(call, 0), [[0, 0], [0, 0], ...around], padding);
  const more = {
    kernel_sizes: ints(e, sliding.kernel),
    strides: ints(e, sliding.strides),
    pad_type: "valid",
    ...(op === "avg_pool" && { exclude_padding_from_average: truth(e, false) }),
    ceil_mode: truth(e, false),
  };
  const { dims, open } = outputs[0]!;
  return e.emit(op, { x, ...more }, { type: x.type, dims, open });
}

/** Below every number of single precision that a layer gives; a kernel may make NaN of infinities. */
const LOWEST = -3.4e38;

const maxPool: MilLowering = floating((call) => {
  const sliding = poolSliding(call);
  return "unsupported" in sliding ? sliding : [pooled(call, "max_pool", sliding, LOWEST)];
});

/** By how many places each window divides, over the size of the kernel; undefined where all divide by that. */
function shares(call: MilCall, sliding: Sliding, padding: boolean): MilTensor | undefined {
  const { dims } = call.inputs[0]!;
  const along = sliding.lengths.map((length, axis) =>
    Array.from({ length }, (_, at) => {
      const start = at * sliding.strides[axis]! - sliding.before[axis]!;
      const low = padding ? start : Math.max(0, start);
      const end = dims[axis + 2]! + (padding ? sliding.behind[axis]! : 0);
      return sliding.kernel[axis]! / (Math.min(start + sliding.kernel[axis]!, end) - low);
    }),
  );
  if (along.every((list) => list.every((share) => share === 1))) return undefined;
  const list = new Float64Array(sliding.lengths.reduce((a, b) => a * b, 1));
  forEachIndex(sliding.lengths, (index, flat) => {
    list[flat] = index.reduce((product, at, axis) => product * along[axis]![at]!, 1);
  });
  return call.e.constant("fp32", list, [1, 1, ...sliding.lengths]);
}

const averagePool: MilLowering = floating((call) => {
  const sliding = poolSliding(call);
  if ("unsupported" in sliding) return sliding;
  const mean = pooled(call, "avg_pool", sliding, 0);
  const share = shares(call, sliding, numberOf(call, "count_include_pad") !== 0);
  return [share === undefined ? mean : binary(call.e, "mul", mean, share)];
});

/** Over all spatial axes at once. */
const whole = (rule: (call: MilCall, x: MilTensor, axes: readonly number[]) => MilTensor): MilLowering =>
  floating((call) => {
    const x = plain(call, 0);
    const axes = x.dims.slice(2).map((_, axis) => axis + 2);
    return [rule(call, x, axes)];
  });

/** How pools are written. */
export const POOLING_RULES = {
  AveragePool: averagePool,
  GlobalAveragePool: whole(({ e }, x, axes) => reduce(e, "reduce_mean", x, axes, true)),
  GlobalLpPool: whole((call, x, axes) => {
    const { e } = call;
    const p = numberOf(call, "p");
    const power = (value: MilTensor, exponent: number): MilTensor =>
      exponent === 1 ? value : binary(e, "pow", value, scalar(e, "fp32", exponent));
    return power(reduce(e, "reduce_sum", power(unary(e, "abs", x), p), axes, true), 1 / p);
  }),
  GlobalMaxPool: whole(({ e }, x, axes) => reduce(e, "reduce_max", x, axes, true)),
  LpPool: refused("there is no operator for it", "AveragePool of a power, and Pow"),
  MaxPool: maxPool,
} satisfies Record<string, MilRule>;
