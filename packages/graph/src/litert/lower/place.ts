import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import type { LiteType } from "../lite-type.ts";
import {
  axisOf,
  inOrder,
  numberOf,
  numbersAt,
  plain,
  refused,
  type LiteCall,
  type LiteRule,
  type LiteValue,
} from "../lowering.ts";
import { identityOrder } from "../order.ts";
import { binary, cast, compare, gather, scalar, select, slice } from "../primitive.ts";

/** Places counted from the front: our graphs may count from the end, kernels may not. */
function fromFront({ e, inputs }: LiteCall, at: number, length: number): LiteTensor {
  const value = inputs[at] as LiteValue;
  if (value.constant !== undefined) {
    const places = Array.from(value.constant, (place) => (place < 0 ? place + length : place));
    return e.constant("INT32", places, value.dims);
  }
  return countedFromFront(e, plain({ e, inputs }, at), length);
}

/** Operators that give elements of their first input, unchanged. */
const MOVES: ReadonlySet<string> = new Set([
  "SLICE",
  "STRIDED_SLICE",
  "RESHAPE",
  "TRANSPOSE",
  "SPLIT",
  "SQUEEZE",
]);

/** Whether the graph itself keeps numbers from being negative. */
function isNeverNegative(e: LiteEmitter, tensor: LiteTensor): boolean {
  const maker = e.makerOf(tensor);
  if (maker === undefined) return false;
  if (maker.op === "MAXIMUM")
    return maker.inputs.some(
      (input) => input?.values !== undefined && Array.from(input.values, Number).every((value) => value >= 0),
    );
  return (
    MOVES.has(maker.op) && maker.inputs.some((input) => input !== undefined && isNeverNegative(e, input))
  );
}

function countedFromFront(e: LiteEmitter, places: LiteTensor, length: number): LiteTensor {
  if (isNeverNegative(e, places)) return places;
  const behind = compare(e, "LESS", places, scalar(e, places.type, 0));
  return select(e, behind, binary(e, "ADD", places, scalar(e, places.type, length)), places);
}

const TRUNCATED: ReadonlySet<string> = new Set(["FLOAT32"]);

const computed = refused(
  "places that rows decide are written to",
  "OneHot and Where, which choose instead of writing",
);

/** How elements are picked by place. */
export const PLACE_RULES = {
  Gather: (call) => {
    const { e, inputs } = call;
    const axis = axisOf(call);
    const value = inputs[0]!;
    if (value.open[axis]) return refused("it picks rows of the batch", "a pick of what every row has");
    const places = fromFront(call, 1, value.dims[axis]!);
    const order = value.order;
    if (order === undefined || places.dims.length !== 1) return [gather(e, plain(call, 0), places, axis)];
    // As many axes as before: they stay where they lie.
    return [{ tensor: gather(e, value.tensor!, places, order.indexOf(axis)), order }];
  },
  GatherElements: (call) => {
    const { e, inputs } = call;
    const axis = axisOf(call);
    const rank = inputs[0]!.dims.length;
    const order = [...identityOrder(rank).filter((at) => at !== axis), axis];
    const places = fromFront(call, 1, inputs[0]!.dims[axis]!);
    const indices = { ...inputs[1]!, tensor: places, order: identityOrder(rank) };
    const at = inOrder(e, indices, order);
    const all = inOrder(e, inputs[0]!, order);
    if (all.open.join() !== at.open.join())
      return refused("data and indices follow the batch differently", "Gather");
    const x = slice(
      e,
      all,
      order.map(() => 0),
      [...at.dims.slice(0, -1), all.dims.at(-1)!],
    );
    return [{ tensor: gather(e, x, at, rank - 1, rank - 1), order }];
  },
  GatherND: (call) => {
    const { e, inputs, outputs } = call;
    if (numberOf(call, "batch_dims") !== 0) return refused("it has batch_dims", "GatherElements or Gather");
    const x = plain(call, 0);
    const depth = inputs[1]!.dims.at(-1)!;
    const given = plain(call, 1);
    const lengths = e.constant(given.type, x.dims.slice(0, depth), [depth]);
    const behind = compare(e, "LESS", given, scalar(e, given.type, 0));
    const places = select(e, behind, binary(e, "ADD", given, lengths), given);
    const { dims, open } = outputs[0]!;
    return [e.emit("GATHER_ND", [x, places], { type: x.type, dims, open })];
  },
  OneHot: (call) => {
    const { e, inputs, outputs } = call;
    const depth = numbersAt(call, 1)?.[0];
    const values = inputs[2]!;
    if (values.constant === undefined) return refused("its two values are computed", "constant ones");
    const { dims, open } = outputs[0]!;
    const axis = numberOf(call, "axis");
    const given = plain(call, 0);
    const places = TRUNCATED.has(given.type) ? cast(e, given, "INT32") : given;
    const counted = countedFromFront(e, places, Math.trunc(depth!));
    const type = e.constant("INT32", [Math.trunc(depth!)], []);
    const kinds: Partial<Record<LiteValue["elementType"], LiteType>> = { float32: "FLOAT32", int64: "INT64" };
    const kind = kinds[values.elementType];
    if (kind === undefined) return refused(`it gives ${values.elementType}`, "float32, and a Cast behind it");
    const [off, on] = Array.from(values.constant, (value) => scalar(e, kind, value));
    const shape = { type: kind, dims, open };
    return [
      e.emit("ONE_HOT", [counted, type, on, off], shape, { axis: axis < 0 ? axis + dims.length : axis }),
    ];
  },
  ScatterElements: computed,
  ScatterND: computed,
} satisfies Record<string, LiteRule>;
