import type { ReductionOpName } from "../../op/reduction-ops.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteOpName } from "../lite-op.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  axisOf,
  floating,
  inOrder,
  numberOf,
  numbersAt,
  numeric,
  plain,
  plainValue,
  refused,
  type LiteCall,
  type LiteLowering,
  type LiteRule,
} from "../lowering.ts";
import { identityOrder } from "../order.ts";
import { binary, cast, compare, ints, reduce, scalar, select, unary } from "../primitive.ts";
import { PRODUCT_RULES } from "./product.ts";

/** The axes that a Reduce node names, counted from the front; all, where it names none. */
function axesOf(call: LiteCall): readonly number[] {
  const rank = call.inputs[0]!.dims.length;
  const axes = (numbersAt(call, 1) ?? []).map((axis) => (axis < 0 ? axis + rank : axis));
  return axes.length > 0 || numberOf(call, "noop_with_empty_axes") !== 0 ? axes : identityOrder(rank);
}

/** A reduction, with work before and behind, in whatever order the axes lie. */
function reduction(
  op: LiteOpName,
  {
    before = (_, x) => x,
    behind = (_, x) => x,
  }: {
    readonly before?: (e: LiteEmitter, x: LiteTensor) => LiteTensor;
    readonly behind?: (e: LiteEmitter, x: LiteTensor) => LiteTensor;
  } = {},
): LiteLowering {
  return numeric((call) => {
    const [value] = call.inputs;
    const axes = axesOf(call);
    const keep = numberOf(call, "keepdims") !== 0;
    const order = value!.order ?? identityOrder(value!.dims.length);
    const x = value!.tensor ?? plain(call, 0);
    const places = order.flatMap((axis, at) => (axes.includes(axis) ? [at] : []));
    const tensor = behind(call.e, reduce(call.e, op, before(call.e, x), places, keep));
    if (keep) return [{ tensor, order }];
    const left = order.filter((axis) => !axes.includes(axis));
    const ranks = left.toSorted((a, b) => a - b);
    return [{ tensor, order: left.map((axis) => ranks.indexOf(axis)) }];
  });
}

const square = (e: LiteEmitter, x: LiteTensor): LiteTensor => binary(e, "MUL", x, x);
const size = (e: LiteEmitter, x: LiteTensor): LiteTensor =>
  x.type === "INT64" ? binary(e, "MAXIMUM", x, unary(e, "NEG", x)) : unary(e, "ABS", x);
const root = (e: LiteEmitter, x: LiteTensor): LiteTensor => unary(e, "SQRT", x);
const logarithm = (e: LiteEmitter, x: LiteTensor): LiteTensor => unary(e, "LOG", x);

/** Along an axis that the kernel wants last. */
function along(rule: (e: LiteEmitter, x: LiteTensor, call: LiteCall) => LiteTensor): LiteLowering {
  return floating((call) => {
    const [value] = call.inputs;
    const axis = axisOf(call);
    const now = value!.order ?? identityOrder(value!.dims.length);
    const order = now.at(-1) === axis ? now : [...now.filter((at) => at !== axis), axis];
    return [{ tensor: rule(call.e, inOrder(call.e, value!, order), call), order }];
  });
}

/** The place of the first element that is largest or smallest; of the last one by looking from behind. */
function place(op: "ARG_MAX" | "ARG_MIN"): LiteLowering {
  return numeric((call) => {
    const { e, outputs } = call;
    const axis = axisOf(call);
    const x = plain(call, 0);
    if (x.type === "INT64") return refused("it compares int64", "a Cast to int32 or float32 before it");
    const last = numberOf(call, "select_last_index") !== 0;
    const from = last ? e.emit("REVERSE_V2", [x, ints(e, [axis])], x) : x;
    const shape = {
      type: "INT64" as const,
      dims: x.dims.toSpliced(axis, 1),
      open: x.open.toSpliced(axis, 1),
    };
    let found = e.emit(op, [from, ints(e, [axis])], shape, { output_type: 4 });
    if (last) found = binary(e, "SUB", scalar(e, "INT64", x.dims[axis]! - 1), found);
    if (numberOf(call, "keepdims") === 0) return [found];
    const { dims, open } = outputs[0]!;
    const lengths = dims.map((dim, at) => (open[at] ? -1 : dim));
    return [e.emit("RESHAPE", [found, ints(e, lengths)], { type: "INT64", dims, open })];
  });
}

/** `x` divided by its length along an axis, 0 where that is 0. */
const normalised: LiteLowering = floating((call) => {
  const { e } = call;
  const x = plainValue(e, call.inputs[0]!);
  const axis = axisOf(call);
  const one = numberOf(call, "p") === 1;
  const sum = reduce(e, "SUM", one ? size(e, x) : square(e, x), [axis], true);
  const length = one ? sum : root(e, sum);
  const zero = compare(e, "EQUAL", length, scalar(e, x.type, 0));
  return [binary(e, "DIV", x, select(e, zero, scalar(e, x.type, 1), length))];
});

const topK: LiteLowering = numeric((call) => {
  const { e, outputs } = call;
  const axis = axisOf(call);
  const rank = call.inputs[0]!.dims.length;
  const order = [...identityOrder(rank).filter((at) => at !== axis), axis];
  const x = inOrder(e, call.inputs[0]!, order);
  if (x.type === "INT64") return refused("it compares int64", "a Cast to int32 or float32 before it");
  const smallest = numberOf(call, "largest") === 0;
  const turned = smallest ? unary(e, "NEG", x) : x;
  const shape = { dims: order.map((at) => outputs[0]!.dims[at]!), open: x.open };
  const [values, places] = e.apply(
    "TOPK_V2",
    [turned, scalar(e, "INT32", shape.dims.at(-1)!)],
    [
      { type: x.type, ...shape },
      { type: "INT32", ...shape },
    ],
  );
  return [
    { tensor: smallest ? unary(e, "NEG", values!) : values!, order },
    { tensor: cast(e, places!, "INT64"), order },
  ];
});

/** How reductions, and what else goes along axes, are written. */
export const REDUCTION_RULES = {
  ...PRODUCT_RULES,
  ArgMax: place("ARG_MAX"),
  ArgMin: place("ARG_MIN"),
  CumSum: numeric((call) => {
    const x = plain(call, 0);
    const axis = numbersAt(call, 1)?.[0];
    if (axis === undefined) return refused("its axis is computed", "a constant axis");
    const options = {
      exclusive: numberOf(call, "exclusive") !== 0,
      reverse: numberOf(call, "reverse") !== 0,
    };
    const at = scalar(call.e, "INT32", axis < 0 ? axis + x.dims.length : axis);
    return [call.e.emit("CUMSUM", [x, at], x, options)];
  }),
  Hardmax: floating((call) => {
    const { e } = call;
    const x = plain(call, 0);
    const axis = axisOf(call);
    const shape = {
      type: "INT32" as const,
      dims: x.dims.toSpliced(axis, 1),
      open: x.open.toSpliced(axis, 1),
    };
    const found = e.emit("ARG_MAX", [x, ints(e, [axis])], shape, { output_type: 2 });
    const marks = [scalar(e, "INT32", x.dims[axis]!), scalar(e, x.type, 1), scalar(e, x.type, 0)];
    return [e.emit("ONE_HOT", [found, ...marks], x, { axis })];
  }),
  LogSoftmax: along((e, x) => unary(e, "LOG_SOFTMAX", x)),
  LpNormalization: normalised,
  ReduceL1: reduction("SUM", { before: size }),
  ReduceL2: reduction("SUM", { before: square, behind: root }),
  ReduceLogSum: reduction("SUM", { behind: logarithm }),
  ReduceLogSumExp: floating((call) => {
    const { e, outputs } = call;
    const axes = axesOf(call);
    const x = plain(call, 0);
    const largest = reduce(e, "REDUCE_MAX", x, axes, true);
    const bounded = binary(e, "MAXIMUM", largest, scalar(e, x.type, -3e38));
    const sum = reduce(e, "SUM", unary(e, "EXP", binary(e, "SUB", x, bounded)), axes, true);
    const whole = binary(e, "ADD", logarithm(e, sum), bounded);
    return [numberOf(call, "keepdims") !== 0 ? whole : reduce(e, "SUM", whole, axes, false)].map((tensor) =>
      tensor.dims.length === outputs[0]!.dims.length ? tensor : whole,
    );
  }, 1),
  ReduceMax: reduction("REDUCE_MAX"),
  ReduceMean: reduction("MEAN"),
  ReduceMin: reduction("REDUCE_MIN"),
  ReduceProd: reduction("REDUCE_PROD"),
  ReduceSum: reduction("SUM"),
  ReduceSumSquare: reduction("SUM", { before: square }),
  Softmax: along((e, x) => unary(e, "SOFTMAX", x, { beta: 1 })),
  TopK: topK,
} satisfies Record<ReductionOpName, LiteRule>;
