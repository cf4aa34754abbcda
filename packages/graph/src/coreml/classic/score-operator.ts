import { elementCount } from "../../onnx.ts";
import { rowDims, type ClassicCall } from "./classic-call.ts";
import { refusal } from "./classic-reason.ts";
import type { ClassicValue, Score } from "./classic-value.ts";
import { MOVEMENT_OPERATORS } from "./element-operator.ts";
import { moved } from "./move.ts";

type Scores = Extract<ClassicValue, { kind: "scores" }>;

const INSTEAD = "scores, softmax or a sigmoid at the end, and the rest in the app";

const constantScore = (value: number): Score => ({ factors: [], offset: value });

/** `a` and `b` times their numbers, added. */
function weighed(a: Score, times: number, b: Score, other: number): Score {
  const length = Math.max(a.factors.length, b.factors.length);
  return {
    factors: Array.from({ length }, (_, at) => times * (a.factors[at] ?? 0) + other * (b.factors[at] ?? 0)),
    offset: times * a.offset + other * b.offset,
  };
}

/** The items of an operand for each place of the output. */
function itemsOf(call: ClassicCall, value: ClassicValue | undefined, count: number): readonly Score[] {
  if (value?.kind === "scores") {
    if (value.items.length !== count && value.items.length !== 1)
      throw refusal("its scores do not go together", INSTEAD, call.node);
    return Array.from({ length: count }, (_, at) => value.items[value.items.length === 1 ? 0 : at]!);
  }
  if (value?.kind !== "constant" || (value.values.length !== 1 && value.values.length !== count))
    throw refusal("it puts scores and columns together", INSTEAD, call.node);
  return Array.from({ length: count }, (_, at) =>
    constantScore(Number(value.values[value.values.length === 1 ? 0 : at])),
  );
}

function arithmetic(call: ClassicCall, scores: Scores): ClassicValue {
  const { op } = call.node;
  const dims = rowDims(call);
  const count = elementCount(dims);
  const [a, b] = call.inputs.map((input) => itemsOf(call, input, count)) as [
    readonly Score[],
    readonly Score[],
  ];
  const items = a.map((one, at): Score => {
    const other = b[at]!;
    if (op === "Add") return weighed(one, 1, other, 1);
    if (op === "Sub") return weighed(one, 1, other, -1);
    const [score, constant] = one.factors.length === 0 && op === "Mul" ? [other, one] : [one, other];
    if (constant.factors.some((factor) => factor !== 0))
      throw refusal("it multiplies scores with scores", INSTEAD, call.node);
    return weighed(score, op === "Mul" ? constant.offset : 1 / constant.offset, constantScore(0), 0);
  });
  return { ...scores, dims, items };
}

/** What a node makes of scores. @throws a `ClassicRefusal` */
export function scoresAfter(call: ClassicCall, scores: Scores): readonly ClassicValue[] {
  const { node, inputs } = call;
  const estimators = new Set(inputs.flatMap((input) => (input?.kind === "scores" ? [input.estimator] : [])));
  if (estimators.size > 1) throw refusal("it puts two models together", "a file for each", node);
  if (node.op === "Identity") return [scores];
  if (node.op === "Cast") {
    const { elementType } = call.inferred.outputs[0]!;
    if (elementType.startsWith("float")) return [scores];
    throw refusal(`it makes ${elementType} of scores`, INSTEAD, node);
  }
  if (node.op === "ArgMax") return [{ kind: "label", of: node.inputs[0]! }];
  if (scores.link !== "none")
    throw refusal("it computes with what a softmax or a sigmoid gave", INSTEAD, node);
  if (["Add", "Sub", "Mul", "Div"].includes(node.op)) return [arithmetic(call, scores)];
  if (node.op === "Neg")
    return [{ ...scores, items: scores.items.map((item) => weighed(item, -1, constantScore(0), 0)) }];
  if (node.op === "Sigmoid") return [{ ...scores, link: "sigmoid" }];
  if (node.op === "Softmax") {
    const axis = Number(call.inferred.attributes["axis"]);
    if (scores.dims.length !== 1 || (axis !== -1 && axis !== 1))
      throw refusal("its classes are not on the last of two axes", INSTEAD, node);
    return [{ ...scores, link: "softmax" }];
  }
  if (MOVEMENT_OPERATORS.has(node.op))
    return moved(call, constantScore, "scores").map(({ dims, items }) => ({
      ...scores,
      dims,
      items: items as readonly unknown[] as readonly Score[],
    }));
  throw refusal("a model's scores go through it", INSTEAD, node);
}
