import type { LiteTensor } from "../lite-graph.ts";
import {
  floating,
  inOrder,
  numberOf,
  refused,
  type LiteCall,
  type LiteLowering,
  type Refusal,
  type LiteRule,
} from "../lowering.ts";
import { channelsLast } from "../order.ts";
import { binary, reduce, scalar, unary } from "../primitive.ts";
import {
  asImage,
  imageSliding,
  isSame,
  ofImage,
  paddedImage,
  slidingOptions,
  type ImageSliding,
} from "./image.ts";

/** The geometry of a pool without dilations, which kernels do not have. */
function poolSliding(call: LiteCall): ImageSliding | Refusal {
  const sliding = imageSliding(call);
  if ("unsupported" in sliding) return sliding;
  return sliding.dilations.some((dilation) => dilation !== 1)
    ? refused("it has dilations", "a pool without them")
    : sliding;
}

function pooled(
  call: LiteCall,
  op: "AVERAGE_POOL_2D" | "MAX_POOL_2D",
  sliding: ImageSliding,
  x: LiteTensor,
  same: boolean,
): LiteTensor {
  const [filter_height, filter_width] = sliding.kernel;
  const options = { ...slidingOptions(sliding, same), filter_height, filter_width };
  const dims = [x.dims[0]!, ...sliding.lengths, x.dims[3]!];
  return call.e.emit(op, [x], { type: x.type, dims, open: x.open }, options);
}

const maxPool: LiteLowering = floating((call) => {
  const sliding = poolSliding(call);
  if ("unsupported" in sliding) return sliding;
  const same = isSame(sliding);
  const image = asImage(call.e, call.inputs[0]!);
  const x = same ? image : paddedImage(call.e, image, sliding, -Infinity);
  return [ofImage(call.e, pooled(call, "MAX_POOL_2D", sliding, x, same), call.outputs[0]!.dims.length)];
});

/** By how many places each window divides, over the size of the kernel; undefined where all divide by that. */
function shares(sliding: ImageSliding, padding: boolean): Float64Array | undefined {
  const along = ([0, 1] as const).map((axis) =>
    Array.from({ length: sliding.lengths[axis] }, (_, at) => {
      const start = at * sliding.strides[axis] - sliding.before[axis];
      const low = padding ? start : Math.max(0, start);
      const end = sliding.sizes[axis] + (padding ? sliding.behind[axis] : 0);
      return Math.min(start + sliding.kernel[axis], end) - low;
    }),
  );
  const size = sliding.kernel[0] * sliding.kernel[1];
  const list = along[0]!.flatMap((height) => along[1]!.map((width) => size / (height * width)));
  return list.every((share) => share === 1) ? undefined : Float64Array.from(list);
}

const averagePool: LiteLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const sliding = poolSliding(call);
  if ("unsupported" in sliding) return sliding;
  const padding = numberOf(call, "count_include_pad") !== 0;
  const same = isSame(sliding);
  const image = asImage(e, inputs[0]!);
  const rank = outputs[0]!.dims.length;
  // The kernel divides by the places inside of the image.
  const bare = [...sliding.before, ...sliding.behind].every((count) => count === 0);
  if (same && (!padding || bare))
    return [ofImage(e, pooled(call, "AVERAGE_POOL_2D", sliding, image, true), rank)];
  const mean = pooled(call, "AVERAGE_POOL_2D", sliding, paddedImage(e, image, sliding), false);
  const share = shares(sliding, padding);
  const scaled = share && e.constant("FLOAT32", share, [1, ...sliding.lengths, 1]);
  return [ofImage(e, scaled === undefined ? mean : binary(e, "MUL", mean, scaled), rank)];
});

/** Over all spatial axes at once. */
const whole = (rule: (call: LiteCall, x: LiteTensor, axes: readonly number[]) => LiteTensor): LiteLowering =>
  floating((call) => {
    const rank = call.inputs[0]!.dims.length;
    const order = channelsLast(rank);
    const x = inOrder(call.e, call.inputs[0]!, order);
    return [
      {
        tensor: rule(
          call,
          x,
          Array.from({ length: rank - 2 }, (_, axis) => axis + 1),
        ),
        order,
      },
    ];
  });

/** How pools are written. */
export const POOLING_RULES = {
  AveragePool: averagePool,
  GlobalAveragePool: whole(({ e }, x, axes) => reduce(e, "MEAN", x, axes, true)),
  GlobalLpPool: whole((call, x, axes) => {
    const { e } = call;
    const p = numberOf(call, "p");
    const power = (value: LiteTensor, exponent: number): LiteTensor =>
      exponent === 1 ? value : binary(e, "POW", value, scalar(e, "FLOAT32", exponent));
    return power(reduce(e, "SUM", power(unary(e, "ABS", x), p), axes, true), 1 / p);
  }),
  GlobalMaxPool: whole(({ e }, x, axes) => reduce(e, "REDUCE_MAX", x, axes, true)),
  LpPool: refused("there is no kernel for it", "AveragePool of a power, and Pow"),
  MaxPool: maxPool,
} satisfies Record<string, LiteRule>;
