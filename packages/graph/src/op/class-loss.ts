import { ELEMENT_TYPES, valuesOf } from "../element-type.ts";
import { elementCount, type Dim } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import {
  formatInputs,
  illegal,
  type AttributeRules,
  type GradientCall,
  type OpCall,
  type OpEvaluation,
  type OpInput,
  type ResolvedAttributes,
  type Tensor,
} from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The attributes of losses over classes. */
export const CLASS_LOSS_RULES = {
  ignore_index: { type: "int" },
  reduction: { type: "string", default: "mean" },
} as const satisfies AttributeRules;

type Rules = typeof CLASS_LOSS_RULES;

/** The type of a loss over scores `[N, C, ...]`, target classes `[N, ...]` and weights `[C]`: `[N, ...]`, or one number. */
export function classLossType(call: OpCall<Rules>): OpInput {
  const [scores, target, weight] = [call.inputs[0]!, call.inputs[1]!, call.inputs[2]];
  const elementType = sharedType(call, "a floating-point type", weight ? [scores, weight] : [scores]);
  const [rows, classes, ...rest] = scores.dims;
  const { reduction } = call.attributes;
  const fits =
    scores.dims.length >= 2 &&
    target.dims.join() === [rows, ...rest].join() &&
    (target.elementType === "int64" || target.elementType === "int32") &&
    (weight === undefined || weight.dims.join() === String(classes));
  if (!fits)
    throw illegal(
      call.who,
      "inputs",
      "scores [N, C, ...], whole numbers [N, ...] and, where given, weights [C]",
      formatInputs(call.inputs),
    );
  if (!["none", "sum", "mean"].includes(reduction))
    throw illegal(call.who, "reduction", "none, sum or mean", reduction);
  const dims: readonly Dim[] = reduction === "none" ? target.dims : [];
  return { elementType, dims };
}

/**
 * The loss of each position, `-weight[t] x[n, t, ...]`, or their sum, or that over the sum of the weights; 0 where the
 * target is `ignore_index`.
 */
export function classLoss(
  logs: Tensor,
  { inputs, attributes }: Pick<OpEvaluation<Rules>, "inputs" | "attributes">,
): Float64Array {
  const [target, weight] = [inputs[1]!, inputs[2]];
  const classes = logs.dims[1]!;
  const inner = elementCount(logs.dims.slice(2));
  let total = 0;
  const losses = target.values.map((class_, at) => {
    if (class_ === attributes.ignore_index) return 0;
    if (class_ < 0 || class_ >= classes)
      throw illegal("a loss", "target", `classes from 0 to ${classes - 1}`, String(class_));
    const factor = weight?.values[class_] ?? 1;
    total += factor;
    return -factor * logs.values[(Math.floor(at / inner) * classes + class_) * inner + (at % inner)]!;
  });
  if (attributes.reduction === "none") return losses;
  const sum = losses.reduce((all, one) => all + one, 0);
  return Float64Array.of(attributes.reduction === "sum" ? sum : sum / total);
}

/** What the gradients of losses over classes are made of. */
export interface ClassLossSlope {
  /** The gradient of the logarithms that the loss picks from, `[N, C, ...]`: 0 but at each target. */
  readonly onLogs: Value;
  /** The gradient of the weights, where it is asked for. */
  readonly onWeight: Value | undefined;
}

/** The gradient of `classLoss`, from the gradient `dy` of its result `y`. */
export function classLossSlope(
  { g, inputs, attributes, wanted }: GradientCall<Rules>,
  logs: Value,
  y: Value,
  dy: Value,
): ClassLossSlope {
  const [target, weight] = [inputs[1]!, inputs[2]];
  const [rows, classes, ...rest] = dimsOf(logs) as [number, number, ...number[]];
  const { ignore_index, reduction } = attributes as ResolvedAttributes<Rules>;
  const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
  const total = (value: Value, axes?: readonly number[]): Value =>
    g.op("ReduceSum", [value, axes && g.ints(axes)], { keepdims: 0 });
  const ones = rest.map(() => 1);
  // A class that is ignored is met by no target.
  const numbers = Array.from({ length: classes }, (_, at) => (at === ignore_index ? -1 : at));
  const list = g.constant(valuesOf(target.elementType, numbers), [1, classes, ...ones]);
  const hit = g.op("Cast", [g.op("Equal", [reshaped(g, target, [rows, 1, ...rest]), list])], {
    to: ELEMENT_TYPES[logs.elementType].code,
  });
  const wide = weight && reshaped(g, weight, [1, classes, ...ones]);
  const weighted = wide ? mul(hit, wide) : hit;
  const divisor = reduction === "mean" ? total(weighted) : undefined;
  const per = divisor ? g.op("Div", [dy, divisor]) : dy;
  const each = reduction === "none" ? reshaped(g, per, [rows, 1, ...rest]) : per;
  const back = g.op("Neg", [each]);
  const others = [0, ...rest.map((_, at) => at + 2)];
  const onWeight = (): Value => {
    // Each position's own loss, unweighted; the mean's divisor grows with the weight, too.
    const own = divisor ? g.op("Add", [logs, y]) : logs;
    return total(mul(mul(hit, own), back), others);
  };
  return { onLogs: mul(weighted, back), onWeight: weight && wanted[2] ? onWeight() : undefined };
}

/** Zeros for a loss that only its further output reaches. */
export function noLoss(g: GradientCall["g"], y: Value): Value {
  const dims = dimsOf(y);
  return dims.length === 0 ? scalarLike(g, y, 0) : g.op("Expand", [scalarLike(g, y, 0), g.ints(dims)]);
}
