import type { OpName } from "../../op/op-name.ts";
import { chosen, isEqual, isLess } from "../double/compare.ts";
import { floorQuotient } from "../double/floor-quotient.ts";
import {
  constantPair,
  floorOf,
  loneNumber,
  lowOf,
  negativeOf,
  productOf,
  quotientOf,
  sumOf,
  zerosLike,
  type Pair,
} from "../double/pair.ts";
import {
  ANY_SPAN,
  eitherSpan,
  floorSpan,
  magnitudeSpan,
  negativeSpan,
  productSpan,
  sumSpan,
  type Span,
} from "../double/span.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { liteTypeOf } from "../lite-type.ts";
import {
  numberOf,
  numbersAt,
  plainValue,
  refused,
  type LiteCall,
  type LiteDouble,
  type LiteLowering,
  type Refusal,
  type LiteResult,
  type LiteValue,
} from "../lowering.ts";
import { identityOrder } from "../order.ts";
import { broadcasting, cast, compare, concat, reshape, scalar, slice } from "../primitive.ts";

/** An operand as a pair; what is no float64 is one without a rest. */
function pairAt({ e, inputs }: LiteCall, at: number): Pair & Pick<LiteDouble, "trace"> {
  const value = inputs[at]!;
  if (value.constant !== undefined && value.tensor === undefined)
    return constantPair(e, value.constant, value.dims);
  const tensor = plainValue(e, value);
  return value.double === undefined ? { high: tensor, span: ANY_SPAN } : { high: tensor, ...value.double };
}

/** A pair as the one result of a node. */
function given({ high, ...double }: Pair, trace?: LiteDouble["trace"]): readonly LiteResult[] {
  const order = identityOrder(high.dims.length);
  return [{ tensor: high, order, double: { ...double, ...(trace && { trace }) } }];
}

type Two = (e: LiteEmitter, a: Pair, b: Pair, span: Span) => Pair;

const ofTwo =
  (rule: Two, span: (a: Span, b: Span) => Span): LiteLowering =>
  (call) => {
    const [a, b] = [pairAt(call, 0), pairAt(call, 1)];
    return given(rule(call.e, a, b, span(a.span, b.span)));
  };

const truth =
  (rule: (e: LiteEmitter, a: Pair, b: Pair) => LiteTensor): LiteLowering =>
  (call) => [rule(call.e, pairAt(call, 0), pairAt(call, 1))];

const less =
  (op: "LESS" | "LESS_EQUAL", turned: boolean): LiteLowering =>
  (call) => {
    const [a, b] = [pairAt(call, 0), pairAt(call, 1)];
    return [turned ? isLess(call.e, op, b, a) : isLess(call.e, op, a, b)];
  };

/** The larger or the smaller one; NaN where one is. */
const extreme =
  (smaller: boolean): LiteLowering =>
  (call) => {
    const { e, inputs } = call;
    const all = inputs.map((_, at) => pairAt(call, at));
    return given(
      all.reduce((a: Pair, b: Pair) => {
        const taken = smaller ? isLess(e, "LESS", b, a) : isLess(e, "LESS", a, b);
        const strange = compare(e, "NOT_EQUAL", b.high, b.high);
        return chosen(e, broadcasting(e, "LOGICAL_OR", [taken, strange], "BOOL"), b, a);
      }),
    );
  };

/** `a - by * floor(a / by)`, where the parts are known to be that, is what was left of the division already. */
const difference: LiteLowering = (call) => {
  const [a, b] = [pairAt(call, 0), pairAt(call, 1)];
  if (b.trace?.kind === "multiple" && b.trace.of === a.high) return given(b.trace.rest);
  const negative = negativeOf(call.e, b, negativeSpan(b.span));
  return given(sumOf(call.e, a, negative, sumSpan(a.span, negative.span)));
};

const product: LiteLowering = (call) => {
  const [a, b] = [pairAt(call, 0), pairAt(call, 1)];
  const made = productOf(call.e, a, b, productSpan(a.span, b.span));
  const [factor, other] = a.trace === undefined ? [b, a] : [a, b];
  const { trace } = factor;
  return trace?.kind === "floor" && loneNumber(other) === trace.by
    ? given(made, { ...trace, kind: "multiple" })
    : given(made);
};

const quotient: LiteLowering = (call) => {
  const [a, b] = [pairAt(call, 0), pairAt(call, 1)];
  const by = loneNumber(b);
  if (by === 1) return given(a, a.trace);
  const span =
    by === undefined || by === 0
      ? ANY_SPAN
      : productSpan(a.span, { low: 1 / by, high: 1 / by, whole: false });
  const made = quotientOf(call.e, a, b, span);
  return by !== undefined && by > 0 && by < Infinity
    ? given(made, { kind: "quotient", of: a, by })
    : given(made);
};

const floor: LiteLowering = (call) => {
  const a = pairAt(call, 0);
  if (a.trace?.kind !== "quotient") return given(floorOf(call.e, a, floorSpan(a.span)));
  const { of, by } = a.trace;
  const { whole, rest } = floorQuotient(call.e, of, by);
  return given(whole, { kind: "floor", of: of.high, by, rest });
};

const magnitude: LiteLowering = (call) => {
  const a = pairAt(call, 0);
  const below = compare(call.e, "LESS", a.high, scalar(call.e, "FLOAT32", 0));
  const negative = negativeOf(call.e, a, negativeSpan(a.span));
  return given({ ...chosen(call.e, below, negative, a), span: magnitudeSpan(a.span) });
};

const where: LiteLowering = (call) => {
  const condition = plainValue(call.e, call.inputs[0]!);
  return given(chosen(call.e, condition, pairAt(call, 1), pairAt(call, 2)));
};

/** The sum along an axis, half and half, so that nothing is lost. */
const reduced: LiteLowering = (call) => {
  const { e, inputs, outputs } = call;
  const rank = inputs[0]!.dims.length;
  const axes = (numbersAt(call, 1) ?? []).map((axis) => (axis < 0 ? axis + rank : axis));
  const [axis] = axes;
  if (axes.length !== 1 || axis === undefined || inputs[0]!.open[axis])
    return refused("it sums float64 along several axes", "one sum after the other");
  const part = (x: LiteTensor, from: number, count: number): LiteTensor =>
    slice(
      e,
      x,
      x.dims.map((_, at) => (at === axis ? from : 0)),
      x.dims.map((dim, at) => (at === axis ? count : dim)),
    );
  const cut = ({ high, low, span }: Pair, from: number, count: number): Pair => ({
    high: part(high, from, count),
    ...(low && { low: part(low, from, count) }),
    span,
  });
  let sum: Pair = pairAt(call, 0);
  for (let count = sum.high.dims[axis]!; count > 1; count = (count + 1) >> 1) {
    const half = count >> 1;
    const [a, b] = [cut(sum, 0, half), cut(sum, half, half)];
    const both = sumOf(e, a, b, sumSpan(a.span, b.span));
    if (count % 2 === 0) {
      sum = both;
      continue;
    }
    const last = cut(sum, count - 1, 1);
    const low = both.low && concat(e, [both.low, last.low ?? zerosLike(e, last.high)], axis);
    const span = eitherSpan(both.span, last.span);
    sum = { high: concat(e, [both.high, last.high], axis), ...(low && { low }), span };
  }
  if (numberOf(call, "keepdims") !== 0) return given(sum);
  const { dims, open } = outputs[0]!;
  const shaped = (x: LiteTensor): LiteTensor =>
    reshape(e, x, dims, open.includes(true) ? open.indexOf(true) : undefined);
  return given({ ...sum, high: shaped(sum.high), ...(sum.low && { low: shaped(sum.low) }) });
};

const converted: LiteLowering = (call) => {
  const { e, inputs, outputs } = call;
  const [{ elementType: from }] = inputs as [LiteValue];
  const [{ elementType: to }] = outputs as [LiteValue];
  if (to === "float64") {
    if (from === "float64") return given(pairAt(call, 0));
    if (from === "bool")
      return given({
        high: cast(e, plainValue(e, inputs[0]!), "FLOAT32"),
        span: { low: 0, high: 1, whole: true },
      });
    return from === "float32" || from === "float16"
      ? given({ high: plainValue(e, inputs[0]!), span: ANY_SPAN })
      : refused(`it casts ${from} to float64`, "a Cast to float32 before it");
  }
  const { high, low } = pairAt(call, 0);
  if (to === "float32" || to === "float16") return [high];
  if (to !== "bool") return refused(`it casts float64 to ${to}`, "a Cast to float32 before it");
  const zero = scalar(e, "FLOAT32", 0);
  const some = compare(e, "NOT_EQUAL", high, zero);
  return [
    low === undefined
      ? some
      : broadcasting(e, "LOGICAL_OR", [some, compare(e, "NOT_EQUAL", low, zero)], "BOOL"),
  ];
};

/** How operators are written where they compute with float64. */
const DOUBLE_RULES: Partial<Record<OpName, LiteLowering>> = {
  Abs: magnitude,
  Add: ofTwo(sumOf, sumSpan),
  Cast: converted,
  CastLike: (call) => converted({ ...call, inputs: call.inputs.slice(0, 1) }),
  Div: quotient,
  Equal: truth(isEqual),
  Floor: floor,
  Greater: less("LESS", true),
  GreaterOrEqual: less("LESS_EQUAL", true),
  IsNaN: (call) => {
    const { high } = pairAt(call, 0);
    return [compare(call.e, "NOT_EQUAL", high, high)];
  },
  Less: less("LESS", false),
  LessOrEqual: less("LESS_EQUAL", false),
  Max: extreme(false),
  Min: extreme(true),
  Mul: product,
  Neg: (call) => {
    const a = pairAt(call, 0);
    return given(negativeOf(call.e, a, negativeSpan(a.span)));
  },
  ReduceSum: reduced,
  Sub: difference,
  Where: where,
};

/** Operators that only move numbers: what is done to the larger half is done to the smaller one. */
const MOVING: ReadonlySet<string> = new Set<OpName>([
  "Concat",
  "Expand",
  "Flatten",
  "Gather",
  "Identity",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** A node's values with one half of each that is float64, as float32. */
function halfOf(call: LiteCall, half: "high" | "low"): LiteCall {
  const inputs = call.inputs.map((value, at): LiteValue | undefined => {
    if (value?.elementType !== "float64") return value;
    const pair = pairAt(call, at);
    const { constant: _, double: __, order: ___, ...rest } = value;
    const low = (): LiteTensor =>
      pair.low === undefined ? zerosLike(call.e, pair.high) : lowOf(call.e, pair);
    return { ...rest, elementType: "float32", tensor: half === "high" ? pair.high : low() };
  });
  const outputs = call.outputs.map((output) => ({
    ...output,
    ...(output.elementType === "float64" && { elementType: "float32" as const }),
  }));
  return { ...call, inputs, outputs };
}

function moved(call: LiteCall, rule: LiteLowering): readonly LiteResult[] | Refusal {
  const pairs = call.inputs.flatMap((value, at) =>
    value?.elementType === "float64" ? [pairAt(call, at)] : [],
  );
  const span = pairs.map((pair) => pair.span).reduce(eitherSpan);
  const high = rule(halfOf(call, "high"));
  if ("unsupported" in high) return high;
  const low = pairs.some((pair) => pair.low !== undefined) ? rule(halfOf(call, "low")) : undefined;
  if (low !== undefined && "unsupported" in low) return low;
  const plain = (result: LiteResult): LiteTensor => {
    if (!("tensor" in result)) return result;
    return plainValue(call.e, { elementType: "float32", dims: [], open: [], ...result });
  };
  return high.flatMap((result, at) =>
    given({ high: plain(result), ...(low && { low: plain(low[at]!) }), span }),
  );
}

/** Writes a node that computes with float64 as one of pairs of float32, by the rule for float32 where it only moves numbers. */
export function lowerDouble(
  op: string,
  call: LiteCall,
  single: LiteLowering,
): readonly LiteResult[] | Refusal {
  const other = [...call.inputs, ...call.outputs].find(
    (value) =>
      value !== undefined && value.elementType !== "float64" && liteTypeOf(value.elementType) === undefined,
  );
  if (other !== undefined) return refused(`it has ${other.elementType}`, "float32");
  if (MOVING.has(op)) return moved(call, single);
  const rule = DOUBLE_RULES[op as OpName];
  return rule === undefined
    ? refused(`it computes with float64`, "float32, behind the differences that want more")
    : rule(call);
}
