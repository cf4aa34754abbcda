import { BINARY_KINDS, UNARY_KINDS } from "@tideline/predict";
import type { Forest } from "../../op/forest.ts";
import { binaryThreshold, classifierForest } from "../../op/TreeEnsembleClassifier.ts";
import { regressorForest } from "../../op/TreeEnsembleRegressor.ts";
import { activationWords, COPY, placeOf, type Activation, type Emitter } from "../emitter.ts";
import { forestWords } from "../forest-words.ts";
import { numberOf, type LowerCall, type Lowering } from "../lowering.ts";
import type { View } from "../view.ts";

/** The sums of an ensemble over one row, `[1, targets]`, or why a table cannot hold it. */
function sums(emitter: Emitter, x: View, forest: Forest, targets: number): View | string {
  const source = emitter.dense(x);
  const features = x.dims.at(-1)!;
  if (x.dims[0] !== 1) return "several rows at once";
  const words = forestWords(forest, { features, targets });
  if (typeof words === "string") return words;
  const { roots, nodes, bits, rows } = words;
  const weights = rows && emitter.constant(Float32Array.from(rows.flat()), [rows.length, targets]);
  return emitter.emit("trees", [source, weights], [1, targets], (target) => [
    features,
    placeOf(source),
    targets,
    target,
    roots.length,
    { words: roots },
    nodes.length / 2,
    { words: nodes },
    bits,
    rows === undefined ? 0 : 1,
    rows?.length ?? 1,
    weights === undefined ? 0 : placeOf(weights),
  ]);
}

/** The sums plus base values, where there are any. */
function withBase(call: LowerCall, view: View): View {
  const base = call.attributes["base_values"] as readonly number[];
  if (base.length === 0) return view;
  return call.emitter.binary(
    BINARY_KINDS.add,
    view,
    call.emitter.constant(Float32Array.from(base), [base.length]),
    view.dims,
  );
}

/** Two numbers `[1, 2]` of one: each a factor times it, plus an offset. */
function pairOf(
  emitter: Emitter,
  x: View,
  factors: readonly [number, number],
  offsets: readonly [number, number],
  activation: Activation = COPY,
): View {
  const [by, plus] = [factors, offsets].map((list) => emitter.constant(Float32Array.from(list), [1, 2]));
  return emitter.emit("matmul", [x, by, plus], [1, 2], (target) => [
    1,
    1,
    1,
    2,
    placeOf(x),
    0,
    0,
    0,
    placeOf(by),
    0,
    0,
    1,
    placeOf(plus),
    0,
    1,
    target,
    ...activationWords(activation),
  ]);
}

/** The label of the largest of some scores: its index, through a tree that knows the labels where they are others. */
function labelOf(emitter: Emitter, scores: View, labels: readonly number[]): View | string {
  const index = emitter.emit("argmax", [scores], [1], (target) => [
    0,
    1,
    scores.dims.at(-1)!,
    1,
    placeOf(scores),
    target,
  ]);
  if (labels.every((label, at) => label === at)) return index;
  const last = labels.length - 1;
  const nodes = labels.flatMap((label, at): Forest["nodes"] => {
    const leaf = { weights: [[0, label]] as const };
    if (at === last) return [leaf];
    const branch = { mode: "BRANCH_LEQ", feature: 0, value: at + 0.5, missingYes: false } as const;
    return [{ ...branch, yes: 2 * at + 1, no: 2 * at + 2 }, leaf];
  });
  const found = sums(emitter, { ...index, dims: [1, 1], strides: [1, 1] }, { roots: [0], nodes }, 1);
  return typeof found === "string" ? found : { ...found, dims: [1], strides: [1] };
}

/** A classifier's label and scores. */
export const lowerClassifier: Lowering = (call) => {
  const { emitter, inputs } = call;
  const attributes = call.attributes as unknown as Parameters<typeof classifierForest>[1];
  const { classlabels_int64s: labels, post_transform } = attributes;
  const x = inputs[0]!;
  const forest = classifierForest("", attributes, x.dims[1]!);
  const binary = labels.length === 2;
  const votes = sums(emitter, x.view, forest, binary ? 1 : labels.length);
  if (typeof votes === "string") return votes;
  const scores = withBase(call, votes);
  const threshold = binaryThreshold(attributes);
  const label = labelOf(emitter, binary ? pairOf(emitter, scores, [0, 1], [threshold, 0]) : scores, labels);
  if (typeof label === "string") return label;
  const logistic = post_transform === "LOGISTIC";
  if (binary) {
    const shares = !logistic && threshold > 0;
    const activation = logistic ? { kind: UNARY_KINDS.sigmoid } : COPY;
    return [label, pairOf(emitter, scores, [-1, 1], [shares ? 1 : 0, 0], activation)];
  }
  if (post_transform === "NONE") return [label, scores];
  if (logistic) return [label, emitter.unary(scores, { kind: UNARY_KINDS.sigmoid })];
  return [
    label,
    emitter.emit("softmax", [scores], scores.dims, (target) => [
      0,
      1,
      labels.length,
      1,
      placeOf(scores),
      target,
    ]),
  ];
};

/** A regressor's sums or averages. */
export const lowerRegressor: Lowering = (call) => {
  const { emitter, inputs } = call;
  const attributes = call.attributes as unknown as Parameters<typeof regressorForest>[1];
  const x = inputs[0]!;
  const forest = regressorForest("", attributes, x.dims[1]!);
  const total = sums(emitter, x.view, forest, numberOf(call, "n_targets"));
  if (typeof total === "string") return total;
  const count = attributes.aggregate_function === "AVERAGE" ? forest.roots.length : 1;
  const divisor = emitter.constant(Float32Array.of(count), []);
  const result = count === 1 ? total : emitter.binary(BINARY_KINDS.div, total, divisor, total.dims);
  return [withBase(call, result)];
};
