import { padEnds, padParts, padPlaces, sliceCuts, tileCounts, triluMask } from "../../../known-movement.ts";
import type { ShapeOpName } from "../../../op/shape-ops.ts";
import {
  axisOf,
  numberOf,
  ONE_BATCH,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
  type Refusal,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { concat, cut, gather, ints, pad, reshape, scalar, select, transpose } from "../primitive.ts";
import { PLACE_RULES } from "./place.ts";

/** A value in the shape of the output. */
function shaped(call: MilCall, x: MilTensor): readonly MilTensor[] | Refusal {
  const { dims, open } = call.outputs[0]!;
  if (open.filter(Boolean).length > 1) return ONE_BATCH;
  return [reshape(call.e, x, dims, open.includes(true) ? open.indexOf(true) : undefined)];
}

const reshaped: MilLowering = (call) => shaped(call, plain(call, 0));

const sliced: MilLowering = (call) => {
  const cuts = sliceCuts(call);
  return "unsupported" in cuts ? cuts : [cut(call.e, plain(call, 0), cuts)];
};

const concatenated: MilLowering = (call) => {
  const axis = axisOf(call);
  const parts = call.inputs.flatMap((value, at) => (value!.dims[axis] === 0 ? [] : [plain(call, at)]));
  if (parts.some(({ open }) => open[axis])) return ONE_BATCH;
  // Every part has to say itself that it follows the batch.
  const batch = parts.find(({ open }) => open.includes(true));
  if (batch !== undefined && parts.some(({ open }) => open.join() !== batch.open.join())) return ONE_BATCH;
  return [concat(call.e, parts, axis)];
};

const split: MilLowering = (call) => {
  const { e, outputs } = call;
  const axis = axisOf(call);
  const x = plain(call, 0);
  if (x.open[axis]) return ONE_BATCH;
  if (outputs.length === 1) return [x];
  const sizes = outputs.map(({ dims }) => dims[axis]!);
  const shapes = outputs.map(({ dims }) => ({ type: x.type, dims, open: x.open }));
  const inputs = { x, split_sizes: ints(e, sizes), axis: e.constant("int32", [axis], []) };
  return e.apply("split", inputs, shapes);
};

/** More of every axis; a length that follows the batch stays what it is. */
const expanded: MilLowering = (call) => {
  const { e, outputs } = call;
  const x = plain(call, 0);
  const { dims, open } = outputs[0]!;
  const lead = dims.length - x.dims.length;
  if (open.some((one, axis) => one && x.open[axis - lead] !== true)) return ONE_BATCH;
  const full = [...Array.from({ length: lead }, () => 1), ...x.dims];
  const openAt = open.indexOf(true);
  const wide = reshape(e, x, full, openAt < 0 ? undefined : openAt);
  const reps = dims.map((dim, axis) => (full[axis] === 1 && !open[axis] ? dim : 1));
  if (reps.every((count) => count === 1)) return [wide];
  return [e.emit("tile", { x: wide, reps: ints(e, reps) }, { type: x.type, dims, open })];
};

const padded: MilLowering = (call) => {
  const { e, inputs, attributes } = call;
  const given = plain(call, 0);
  const ends = padEnds(call);
  if ("unsupported" in ends) return ends;
  if (attributes["mode"] !== "constant") {
    // What another mode repeats is known: entries of the axis itself.
    return [
      ends.reduce((now, pair, axis) => {
        if (pair.every((count) => count === 0)) return now;
        return gather(e, now, ints(e, padPlaces(call, given.dims[axis]!, pair)), axis);
      }, given),
    ];
  }
  const filling = inputs[2] === undefined ? 0 : inputs[2].constant?.[0];
  if (filling === undefined) return refused("what it fills with is computed", "a constant filling");
  if (given.type !== "fp32")
    return refused(`it pads ${inputs[0]!.elementType}`, "a Cast to float32 before it");
  const { cuts, added } = padParts(given.dims, ends);
  return [pad(e, cut(e, given, cuts), added, filling)];
};

/** Blocks of the image that become channels, or the other way, by moving axes of a wider shape in two steps of five axes. */
const toDepth: MilLowering = (call) => {
  const { e } = call;
  const x = plain(call, 0);
  if (x.open.slice(1).includes(true)) return ONE_BATCH;
  const size = numberOf(call, "blocksize");
  const [n, c, h, w] = x.dims as readonly [number, number, number, number];
  // Rows of blocks first: [N C, H/s, s, W/s, s] to [N C, s, s, H/s, W/s], then channels behind the places of a block.
  const blocks = transpose(e, reshape(e, x, [n * c, h / size, size, w / size, size]), [0, 2, 4, 1, 3]);
  const wide = reshape(e, blocks, [n, c, size * size, (h / size) * (w / size)]);
  return shaped(call, transpose(e, wide, [0, 2, 1, 3]));
};

const fromDepth: MilLowering = (call) => {
  const { e, attributes } = call;
  const x = plain(call, 0);
  if (x.open.slice(1).includes(true)) return ONE_BATCH;
  const size = numberOf(call, "blocksize");
  const [n, depth, h, w] = x.dims as readonly [number, number, number, number];
  const c = depth / size ** 2;
  const places = h * w;
  const first =
    attributes["mode"] === "CRD"
      ? reshape(e, x, [n, c, size * size, places])
      : transpose(e, reshape(e, x, [n, size * size, c, places]), [0, 2, 1, 3]);
  const blocks = reshape(e, first, [n * c, size, size, h, w]);
  return shaped(call, transpose(e, blocks, [0, 3, 1, 4, 2]));
};

const folded = refused("only what is known before a row comes is written", "a constant in its place");

/** How operators that make, rearrange and pick elements are written. */
export const MOVEMENT_RULES = {
  ...PLACE_RULES,
  Concat: concatenated,
  Constant: folded,
  ConstantOfShape: folded,
  DepthToSpace: fromDepth,
  Expand: expanded,
  EyeLike: folded,
  Flatten: reshaped,
  Pad: padded,
  Range: folded,
  Reshape: reshaped,
  ReverseSequence: (call) => {
    const { e } = call;
    const x = plain(call, 0);
    const inputs = {
      x,
      lengths: plain(call, 1),
      seq_axis: e.constant("int32", [numberOf(call, "time_axis")], []),
      batch_axis: e.constant("int32", [numberOf(call, "batch_axis")], []),
    };
    return [e.emit("reverse_sequence", inputs, x)];
  },
  Shape: folded,
  Size: folded,
  Slice: sliced,
  SpaceToDepth: toDepth,
  Split: split,
  Squeeze: reshaped,
  Tile: (call) => {
    const x = plain(call, 0);
    const { dims, open } = call.outputs[0]!;
    const reps = tileCounts(call);
    if ("unsupported" in reps) return reps;
    return [call.e.emit("tile", { x, reps: ints(call.e, reps) }, { type: x.type, dims, open })];
  },
  Transpose: (call) => {
    const x = plain(call, 0);
    const perm = call.attributes["perm"] as readonly number[] | undefined;
    return [transpose(call.e, x, perm ?? x.dims.map((_, axis) => axis).toReversed())];
  },
  Trilu: (call) => {
    const x = plain(call, 0);
    const mask = triluMask(call);
    if ("unsupported" in mask) return mask;
    const { e } = call;
    return [select(e, e.constant("bool", mask.kept, mask.dims), x, scalar(e, x.type, 0))];
  },
  Unsqueeze: reshaped,
} satisfies Record<ShapeOpName, MilRule>;
