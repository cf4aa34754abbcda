import type { ReductionOpName } from "../../../op/reduction-ops.ts";
import type { MilEmitter } from "../emitter.ts";
import {
  axisOf,
  floating,
  numberOf,
  numbersAt,
  numeric,
  ONE_BATCH,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import {
  binary,
  cast,
  compare,
  int,
  reduce,
  scalar,
  select,
  truth,
  unary,
  withNumber,
} from "../primitive.ts";
import { logarithm } from "./pointwise.ts";
import { PRODUCT_RULES } from "./product.ts";

/** The axes that a Reduce node names, counted from the front; all, where it names none. */
function axesOf(call: MilCall): readonly number[] {
  const rank = call.inputs[0]!.dims.length;
  const axes = (numbersAt(call, 1) ?? []).map((axis) => (axis < 0 ? axis + rank : axis));
  const all = axes.length === 0 && numberOf(call, "noop_with_empty_axes") === 0;
  return all ? Array.from({ length: rank }, (_, axis) => axis) : axes;
}

/** A reduction, with work before and behind. */
function reduction(
  op: string,
  {
    before = (_, x) => x,
    behind = (_, x) => x,
  }: {
    readonly before?: (e: MilEmitter, x: MilTensor) => MilTensor;
    readonly behind?: (e: MilEmitter, x: MilTensor) => MilTensor;
  } = {},
): MilLowering {
  return numeric((call) => {
    const { e } = call;
    const keep = numberOf(call, "keepdims") !== 0;
    return [behind(e, reduce(e, op, before(e, plain(call, 0)), axesOf(call), keep))];
  });
}

const square = (e: MilEmitter, x: MilTensor): MilTensor => binary(e, "mul", x, x);
const size = (e: MilEmitter, x: MilTensor): MilTensor => unary(e, "abs", x);
const root = (e: MilEmitter, x: MilTensor): MilTensor => unary(e, "sqrt", x);

/** The place of the first element that is largest or smallest; of the last one by looking from behind. */
function place(op: "reduce_argmax" | "reduce_argmin"): MilLowering {
  return numeric((call) => {
    const { e } = call;
    const axis = axisOf(call);
    const x = plain(call, 0);
    const last = numberOf(call, "select_last_index") !== 0;
    if (last && x.open[axis]) return ONE_BATCH;
    const from = last ? unary(e, "reverse", x, { axes: e.constant("int32", [axis], [1]) }) : x;
    const keep = numberOf(call, "keepdims") !== 0;
    const shape = {
      type: "int32" as const,
      dims: keep ? x.dims.with(axis, 1) : x.dims.toSpliced(axis, 1),
      open: keep ? x.open.with(axis, false) : x.open.toSpliced(axis, 1),
    };
    const found = e.emit(op, { x: from, axis: int(e, axis), keep_dims: truth(e, keep) }, shape);
    return [last ? binary(e, "sub", int(e, x.dims[axis]! - 1), found) : found];
  });
}

/** `x` divided by its length along an axis, 0 where that is 0. */
const normalised: MilLowering = floating((call) => {
  const { e } = call;
  const x = plain(call, 0);
  const one = numberOf(call, "p") === 1;
  const sum = reduce(e, "reduce_sum", one ? size(e, x) : square(e, x), [axisOf(call)], true);
  const length = one ? sum : root(e, sum);
  const zero = compare(e, "equal", length, scalar(e, x.type, 0));
  return [binary(e, "real_div", x, select(e, zero, scalar(e, x.type, 1), length))];
});

const topK: MilLowering = numeric((call) => {
  const { e, outputs } = call;
  const x = plain(call, 0);
  const axis = axisOf(call);
  const { dims } = outputs[0]!;
  const inputs = {
    x,
    k: int(e, dims[axis]!),
    axis: int(e, axis),
    ascending: truth(e, numberOf(call, "largest") === 0),
  };
  return e.apply("topk", inputs, [
    { type: x.type, dims, open: x.open },
    { type: "int32", dims, open: x.open },
  ]);
});

/** A finite number below all that a largest one can be. */
const LOWEST = -3e38;

/** The logarithm of a sum of powers, about the largest exponent, so that nothing overflows. */
function logSumExp(e: MilEmitter, x: MilTensor, axes: readonly number[], keep: boolean): MilTensor {
  const largest = (kept: boolean): MilTensor =>
    withNumber(e, "maximum", reduce(e, "reduce_max", x, axes, kept), LOWEST);
  const sum = reduce(e, "reduce_sum", unary(e, "exp", binary(e, "sub", x, largest(true))), axes, keep);
  return binary(e, "add", logarithm(e, sum), largest(keep));
}

/** How reductions, and what else goes along axes, are written. */
export const REDUCTION_RULES = {
  ...PRODUCT_RULES,
  ArgMax: place("reduce_argmax"),
  ArgMin: place("reduce_argmin"),
  CumSum: numeric((call) => {
    const { e } = call;
    const x = plain(call, 0);
    const axis = numbersAt(call, 1)?.[0];
    if (axis === undefined) return refused("its axis is computed", "a constant axis");
    return [
      unary(e, "cumsum", x, {
        axis: int(e, axis < 0 ? axis + x.dims.length : axis),
        exclusive: truth(e, numberOf(call, "exclusive") !== 0),
        reverse: truth(e, numberOf(call, "reverse") !== 0),
      }),
    ];
  }),
  Hardmax: floating((call) => {
    const { e } = call;
    const x = plain(call, 0);
    const axis = axisOf(call);
    if (x.open[axis]) return ONE_BATCH;
    const shape = { type: "int32" as const, dims: x.dims.with(axis, 1), open: x.open };
    const found = e.emit("reduce_argmax", { x, axis: int(e, axis), keep_dims: truth(e, true) }, shape);
    const count = x.dims[axis]!;
    const places = e.constant(
      "int32",
      Array.from({ length: count }, (_, at) => at),
      x.dims.map((_, one) => (one === axis ? count : 1)),
    );
    return [cast(e, compare(e, "equal", found, places), "fp32")];
  }),
  LogSoftmax: floating((call) => {
    const { e } = call;
    const x = plain(call, 0);
    const axis = [axisOf(call)];
    // About the largest number first: what is left is small, and exact.
    const centred = binary(e, "sub", x, reduce(e, "reduce_max", x, axis, true));
    const sum = reduce(e, "reduce_sum", unary(e, "exp", centred), axis, true);
    return [binary(e, "sub", centred, logarithm(e, sum))];
  }),
  LpNormalization: normalised,
  ReduceL1: reduction("reduce_sum", { before: size }),
  ReduceL2: reduction("reduce_sum", { before: square, behind: root }),
  ReduceLogSum: reduction("reduce_sum", { behind: logarithm }),
  ReduceLogSumExp: floating(
    (call) => [logSumExp(call.e, plain(call, 0), axesOf(call), numberOf(call, "keepdims") !== 0)],
    1,
  ),
  ReduceMax: reduction("reduce_max"),
  ReduceMean: reduction("reduce_mean"),
  ReduceMin: reduction("reduce_min"),
  ReduceProd: reduction("reduce_prod"),
  ReduceSum: reduction("reduce_sum"),
  ReduceSumSquare: reduction("reduce_sum", { before: square }),
  Softmax: floating((call) => [
    unary(call.e, "softmax", plain(call, 0), { axis: int(call.e, axisOf(call)) }),
  ]),
  TopK: topK,
} satisfies Record<ReductionOpName, MilRule>;
