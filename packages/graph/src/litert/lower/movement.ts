import {
  padEnds,
  padParts,
  padPlaces,
  sliceCuts,
  tileCounts,
  triluMask,
  type Cut,
} from "../../known-movement.ts";
import type { ShapeOpName } from "../../op/shape-ops.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  axisOf,
  inOrder,
  numberOf,
  ONE_BATCH,
  plain,
  refused,
  type LiteCall,
  type LiteLowering,
  type Refusal,
  type LiteRule,
} from "../lowering.ts";
import { identityOrder } from "../order.ts";
import { broadcasting, concat, gather, ints, pad, reshape, select, slice, transpose } from "../primitive.ts";
import { PLACE_RULES } from "./place.ts";
import { sharedOrder } from "./pointwise.ts";

/** A value in the shape of the output. */
function shaped(call: LiteCall, x: LiteTensor): readonly LiteTensor[] | Refusal {
  const { dims, open } = call.outputs[0]!;
  if (open.filter(Boolean).length > 1) return ONE_BATCH;
  return [reshape(call.e, x, dims, open.includes(true) ? open.indexOf(true) : undefined)];
}

const reshaped: LiteLowering = (call) => shaped(call, plain(call, 0));

/** Cuts of every axis; steps other than 1 need another operator. */
function cut(e: LiteEmitter, x: LiteTensor, cuts: readonly Cut[]): LiteTensor {
  const dims = cuts.map(({ length }) => length);
  if (cuts.every(({ step }) => step === 1))
    return slice(
      e,
      x,
      cuts.map(({ start }) => start),
      dims,
    );
  const ends = cuts.map(({ start, step, length }) => start + step * length);
  const bits = (chosen: (axis: number) => boolean): number =>
    dims.reduce((mask, _, axis) => mask | (chosen(axis) ? 1 << axis : 0), 0);
  const options = {
    begin_mask: bits((axis) => x.open[axis]!),
    // Backwards to the first element: an end of -1 would mean the last one.
    end_mask: bits((axis) => x.open[axis]! || ends[axis]! < 0),
  };
  const lists = [cuts.map(({ start }) => start), ends, cuts.map(({ step }) => step)];
  const inputs = [x, ...lists.map((list) => ints(e, list))];
  return e.emit("STRIDED_SLICE", inputs, { type: x.type, dims, open: x.open }, options);
}

const sliced: LiteLowering = (call) => {
  const { e, inputs } = call;
  const value = inputs[0]!;
  const cuts = sliceCuts(call);
  if ("unsupported" in cuts) return cuts;
  const order = value.order ?? identityOrder(value.dims.length);
  const moved = order.map((axis) => cuts[axis]!);
  return [{ tensor: cut(e, inOrder(e, value, order), moved), order }];
};

const concatenated: LiteLowering = (call) => {
  const { e, inputs } = call;
  const axis = axisOf(call);
  const present = inputs.map((value) => value!).filter(({ dims }) => dims[axis] !== 0);
  const order = sharedOrder(present, call.outputs[0]!.dims.length);
  const parts = present.map((value) => inOrder(e, value, order));
  return [{ tensor: concat(e, parts, order.indexOf(axis)), order }];
};

const split: LiteLowering = (call) => {
  const axis = axisOf(call);
  const order = call.inputs[0]!.order ?? identityOrder(call.inputs[0]!.dims.length);
  const x = inOrder(call.e, call.inputs[0]!, order);
  let start = 0;
  return call.outputs.map(({ dims }) => {
    const begin = order.map((at) => (at === axis ? start : 0));
    start += dims[axis]!;
    return {
      tensor: slice(
        call.e,
        x,
        begin,
        order.map((at) => dims[at]!),
      ),
      order,
    };
  });
};

/** More of every axis; a length that follows the batch stays what it is. */
const expanded: LiteLowering = (call) => {
  const { e, outputs } = call;
  const x = plain(call, 0);
  const { dims, open } = outputs[0]!;
  const lead = dims.length - x.dims.length;
  if (open.some((one, axis) => one && x.open[axis - lead] !== true)) return ONE_BATCH;
  if (!open.includes(true)) {
    const shape = { type: x.type, dims, open };
    return [x.dims.join() === dims.join() ? x : e.emit("BROADCAST_TO", [x, ints(e, dims)], shape)];
  }
  const lengths = dims.map((dim, axis) => (open[axis] ? 1 : dim));
  const truths = e.constant("BOOL", new Uint8Array(lengths.reduce((a, b) => a * b, 1)).fill(1), lengths);
  return [x.type === "BOOL" ? broadcasting(e, "LOGICAL_AND", [x, truths], "BOOL") : select(e, truths, x, x)];
};

const padded: LiteLowering = (call) => {
  const { e, inputs, attributes } = call;
  const value = inputs[0]!;
  const ends = padEnds(call);
  if ("unsupported" in ends) return ends;
  const order = value.order ?? identityOrder(value.dims.length);
  const x = inOrder(e, value, order);
  if (attributes["mode"] !== "constant") {
    // What another mode repeats is known: entries of the axis itself.
    const tensor = ends.reduce((now, pair, axis) => {
      if (pair.every((count) => count === 0)) return now;
      return gather(e, now, ints(e, padPlaces(call, value.dims[axis]!, pair)), order.indexOf(axis));
    }, x);
    return [{ tensor, order }];
  }
  const filling = inputs[2] === undefined ? 0 : inputs[2].constant?.[0];
  if (filling === undefined) return refused("what it fills with is computed", "a constant filling");
  const { cuts, added } = padParts(value.dims, ends);
  const inner = cut(
    e,
    x,
    order.map((axis) => cuts[axis]!),
  );
  return [
    {
      tensor: pad(
        e,
        inner,
        order.map((axis) => added[axis]!),
        filling,
      ),
      order,
    },
  ];
};

/** Blocks of the image that become channels, or the other way, by moving axes of a wider shape. */
const blocks =
  (
    wide: (dims: readonly number[], size: number, call: LiteCall) => readonly number[],
    order: (call: LiteCall) => readonly number[],
  ): LiteLowering =>
  (call) => {
    const { e } = call;
    const x = plain(call, 0);
    const size = numberOf(call, "blocksize");
    const moved = transpose(e, reshape(e, x, wide(x.dims, size, call)), order(call));
    return shaped(call, moved);
  };
const isCrd = (call: LiteCall): boolean => call.attributes["mode"] === "CRD";

const folded = refused("only what is known before a row comes is written", "a constant in its place");

/** How operators that make, rearrange and pick elements are written. */
export const MOVEMENT_RULES = {
  ...PLACE_RULES,
  Concat: concatenated,
  Constant: folded,
  ConstantOfShape: folded,
  DepthToSpace: blocks(
    ([n, c, h, w], size, call) =>
      isCrd(call) ? [n!, c! / size ** 2, size, size, h!, w!] : [n!, size, size, c! / size ** 2, h!, w!],
    (call) => (isCrd(call) ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]),
  ),
  Expand: expanded,
  EyeLike: folded,
  Flatten: reshaped,
  Pad: padded,
  Range: folded,
  Reshape: reshaped,
  ReverseSequence: (call) => {
    const lengths = plain(call, 1);
    const options = { seq_dim: numberOf(call, "time_axis"), batch_dim: numberOf(call, "batch_axis") };
    const x = plain(call, 0);
    return [call.e.emit("REVERSE_SEQUENCE", [x, lengths], x, options)];
  },
  Shape: folded,
  Size: folded,
  Slice: sliced,
  SpaceToDepth: blocks(
    ([n, c, h, w], size) => [n!, c!, h! / size, size, w! / size, size],
    () => [0, 3, 5, 1, 2, 4],
  ),
  Split: split,
  Squeeze: reshaped,
  Tile: (call) => {
    const x = plain(call, 0);
    const { dims, open } = call.outputs[0]!;
    const counts = tileCounts(call);
    if ("unsupported" in counts) return counts;
    return [call.e.emit("TILE", [x, ints(call.e, counts)], { type: x.type, dims, open })];
  },
  Transpose: (call) => {
    const value = call.inputs[0]!;
    const rank = value.dims.length;
    const perm =
      (call.attributes["perm"] as readonly number[] | undefined) ?? identityOrder(rank).toReversed();
    // Nothing moves yet: the axes only get other numbers, and who wants them otherwise moves them.
    const order = value.order ?? identityOrder(rank);
    return [{ tensor: value.tensor!, order: order.map((axis) => perm.indexOf(axis)) }];
  },
  Trilu: (call) => {
    const x = plain(call, 0);
    const mask = triluMask(call);
    if ("unsupported" in mask) return mask;
    const { e } = call;
    return [select(e, e.constant("BOOL", mask.kept, mask.dims), x, e.constant(x.type, [0], []))];
  },
  Unsqueeze: reshaped,
} satisfies Record<ShapeOpName, LiteRule>;
