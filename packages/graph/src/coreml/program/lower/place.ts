import type { MilEmitter } from "../emitter.ts";
import { axisOf, numberOf, numbersAt, plain, refused, type MilCall, type MilRule } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, cast, compare, gather, int, reshape, scalar, select, slice } from "../primitive.ts";
import { toWhole } from "./whole.ts";

/** Places counted from the front: our graphs may count from the end. */
function fromFront(call: MilCall, at: number, length: number): MilTensor {
  const { constant, dims } = call.inputs[at]!;
  if (constant === undefined) return countedFromFront(call.e, plain(call, at), length);
  const places = Array.from(constant, (place) => (place < 0 ? place + length : place));
  return call.e.constant("int32", places, dims);
}

/** Operators that give elements of their input `x`, unchanged. */
const MOVES: ReadonlySet<string> = new Set([
  "slice_by_size",
  "slice_by_index",
  "reshape",
  "transpose",
  "split",
  "squeeze",
]);

/** Whether the graph itself keeps numbers from being negative. */
function isNeverNegative(e: MilEmitter, tensor: MilTensor): boolean {
  const maker = e.makerOf(tensor);
  if (maker === undefined) return false;
  const [x, y] = [maker.inputs["x"], maker.inputs["y"]] as (MilTensor | undefined)[];
  const bounds = ({ values }: MilTensor): boolean =>
    values !== undefined && Array.from(values, Number).every((value) => value >= 0);
  if (maker.op === "maximum") return bounds(x!) || bounds(y!);
  return MOVES.has(maker.op) && isNeverNegative(e, x!);
}

function countedFromFront(e: MilEmitter, places: MilTensor, length: number): MilTensor {
  if (isNeverNegative(e, places)) return places;
  const behind = compare(e, "less", places, int(e, 0));
  return select(e, behind, binary(e, "add", places, int(e, length)), places);
}

/** Truths are picked as numbers, which is what kernels pick. */
function picked(e: MilEmitter, x: MilTensor, rule: (x: MilTensor) => MilTensor): MilTensor {
  if (x.type !== "bool") return rule(x);
  return cast(e, rule(cast(e, x, "int32")), "bool");
}

const computed = refused(
  "places that rows decide are written to",
  "OneHot and Where, which choose instead of writing",
);

/** How elements are picked by place. */
export const PLACE_RULES = {
  Gather: (call) => {
    const { e, inputs } = call;
    const axis = axisOf(call);
    const x = plain(call, 0);
    if (x.open[axis]) return refused("it picks rows of the batch", "a pick of what every row has");
    const places = fromFront(call, 1, inputs[0]!.dims[axis]!);
    // A lone place is a vector of one, whose axis goes again.
    const wide = places.dims.length === 0 ? reshape(e, places, [1], undefined) : places;
    const all = picked(e, x, (numbers) => gather(e, numbers, wide, axis));
    if (wide === places) return [all];
    const dims = all.dims.toSpliced(axis, 1);
    const open = all.open.toSpliced(axis, 1);
    const axes = e.constant("int32", [axis], [1]);
    return [e.emit("squeeze", { x: all, axes }, { type: all.type, dims, open })];
  },
  GatherElements: (call) => {
    const { e, inputs } = call;
    const axis = axisOf(call);
    const indices = fromFront(call, 1, inputs[0]!.dims[axis]!);
    const all = plain(call, 0);
    if (all.open[axis] || all.open.some((one, at) => one !== indices.open[at]))
      return refused("data and indices follow the batch differently", "Gather");
    const zeros = all.dims.map(() => 0);
    const x = slice(e, all, zeros, indices.dims.with(axis, all.dims[axis]!));
    const of = (numbers: MilTensor): MilTensor => {
      const shape = { type: numbers.type, dims: indices.dims, open: indices.open };
      return e.emit("gather_along_axis", { x: numbers, indices, axis: int(e, axis) }, shape);
    };
    return [picked(e, x, of)];
  },
  GatherND: (call) => {
    const { e, inputs, outputs } = call;
    if (numberOf(call, "batch_dims") !== 0) return refused("it has batch_dims", "GatherElements or Gather");
    const x = plain(call, 0);
    const depth = inputs[1]!.dims.at(-1)!;
    if (x.open.slice(0, depth).includes(true))
      return refused("it picks rows of the batch", "a pick of what every row has");
    const given = plain(call, 1);
    const lengths = e.constant("int32", x.dims.slice(0, depth), [depth]);
    const behind = compare(e, "less", given, int(e, 0));
    const indices = select(e, behind, binary(e, "add", given, lengths), given);
    const { dims, open } = outputs[0]!;
    return [
      picked(e, x, (numbers) =>
        e.emit("gather_nd", { x: numbers, indices }, { type: numbers.type, dims, open }),
      ),
    ];
  },
  OneHot: (call) => {
    const { e, inputs, outputs } = call;
    const depth = Math.trunc(numbersAt(call, 1)?.[0] ?? 0);
    const values = inputs[2]!;
    if (values.constant === undefined) return refused("its two values are computed", "constant ones");
    const { dims, open } = outputs[0]!;
    const named = numberOf(call, "axis");
    const axis = named < 0 ? named + dims.length : named;
    const places = countedFromFront(e, toWhole(e, plain(call, 0)), depth);
    const openAt = open.indexOf(true);
    const column = reshape(e, places, dims.with(axis, 1), openAt < 0 ? undefined : openAt);
    // Every place is compared with the one that is asked for: what is none of them is nowhere.
    const all = e.constant(
      "int32",
      Array.from({ length: depth }, (_, at) => at),
      dims.map((_, at) => (at === axis ? depth : 1)),
    );
    const type = plain(call, 2).type;
    const [off, on] = Array.from(values.constant, (value) => scalar(e, type, value)) as [
      MilTensor,
      MilTensor,
    ];
    return [select(e, compare(e, "equal", column, all), on, off)];
  },
  ScatterElements: computed,
  ScatterND: computed,
} satisfies Record<string, MilRule>;
