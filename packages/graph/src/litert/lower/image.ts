import { slidingOf, type Sliding, type SlidingAttributes } from "../../op/sliding.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  inOrder,
  type LiteCall,
  type Refusal,
  type LiteResult,
  type LiteValue,
  refused,
} from "../lowering.ts";
import { channelsLast } from "../order.ts";
import { pad, reshape } from "../primitive.ts";

/** An image of one or two spatial axes as the kernels of layers want it: `[N, height, width, C]`. */
export function asImage(e: LiteEmitter, value: LiteValue): LiteTensor {
  const x = inOrder(e, value, channelsLast(value.dims.length));
  return x.dims.length === 4 ? x : reshape(e, x, [x.dims[0]!, 1, x.dims[1]!, x.dims[2]!]);
}

/** An image as a value of so many axes again, its channels where they are. */
export function ofImage(e: LiteEmitter, x: LiteTensor, rank: number): LiteResult {
  const tensor = rank === 4 ? x : reshape(e, x, [x.dims[0]!, x.dims[2]!, x.dims[3]!]);
  return { tensor, order: channelsLast(rank) };
}

/** The geometry of a layer in two axes; a missing one has length 1. */
export interface ImageSliding {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly before: readonly [number, number];
  readonly behind: readonly [number, number];
  readonly lengths: readonly [number, number];
  /** The input's height and width. */
  readonly sizes: readonly [number, number];
}

/** The geometry of a node, or why its layer is not written. */
export function imageSliding(call: LiteCall, kernelShape?: readonly number[]): ImageSliding | Refusal {
  const { dims } = call.inputs[0]!;
  if (dims.length !== 3 && dims.length !== 4)
    return refused(`${dims.length - 2} spatial axes`, "layers of one or two spatial axes");
  const attributes = call.attributes as unknown as SlidingAttributes;
  const sliding: Sliding = slidingOf("writeLitert", dims, attributes, kernelShape ?? attributes.kernel_shape);
  const pair = (list: readonly number[], fill: number): readonly [number, number] =>
    list.length === 1 ? [fill, list[0]!] : [list[0]!, list[1]!];
  return {
    kernel: pair(sliding.kernel, 1),
    strides: pair(sliding.strides, 1),
    dilations: pair(sliding.dilations, 1),
    before: pair(sliding.before, 0),
    behind: pair(sliding.behind, 0),
    lengths: pair(sliding.lengths, 1),
    sizes: pair(dims.slice(2), 1),
  };
}

const PLACES = [0, 1] as const;

/** How far a window reaches on an axis. */
const reachOf = ({ kernel, dilations }: ImageSliding, axis: 0 | 1): number =>
  (kernel[axis] - 1) * dilations[axis] + 1;

/** Whether the padding is what kernels call SAME: as little as makes the output as long as the input over the stride. */
export function isSame(sliding: ImageSliding): boolean {
  return PLACES.every((axis) => {
    const { strides, sizes, before, behind, lengths } = sliding;
    const total = Math.max(0, (lengths[axis] - 1) * strides[axis] + reachOf(sliding, axis) - sizes[axis]);
    const fits = lengths[axis] === Math.ceil(sizes[axis] / strides[axis]);
    return fits && before[axis] === Math.floor(total / 2) && behind[axis] >= Math.ceil(total / 2);
  });
}

/** The image with the padding that a layer has, so that no kernel needs any: every window lies in it. */
export function paddedImage(e: LiteEmitter, x: LiteTensor, sliding: ImageSliding, value = 0): LiteTensor {
  const around = PLACES.map((axis): readonly [number, number] => {
    const { before, lengths, strides, sizes } = sliding;
    const end = (lengths[axis] - 1) * strides[axis] + reachOf(sliding, axis);
    return [before[axis], Math.max(0, end - before[axis] - sizes[axis])];
  });
  return pad(e, x, [[0, 0], around[0]!, around[1]!, [0, 0]], value);
}

/** Options that layers share; `SAME` is 0 and `VALID` 1. */
export function slidingOptions(sliding: ImageSliding, same: boolean): Readonly<Record<string, number>> {
  return { padding: same ? 0 : 1, stride_h: sliding.strides[0], stride_w: sliding.strides[1] };
}
