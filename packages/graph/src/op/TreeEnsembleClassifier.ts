import { FOREST_RULES, readForest, sumOfTrees, type Forest } from "./forest.ts";
import { TREE_STEPS, defineOp, formatInputs, illegal, type ResolvedAttributes } from "./op-definition.ts";

const RULES = {
  ...FOREST_RULES,
  class_ids: { type: "ints", required: true },
  class_nodeids: { type: "ints", required: true },
  class_treeids: { type: "ints", required: true },
  class_weights: { type: "floats", required: true },
  classlabels_int64s: { type: "ints", required: true },
} as const;

type Attributes = ResolvedAttributes<typeof RULES>;

/** The trees of a classifier: one score per class; of two classes only the second one's, which is target 0. */
export function classifierForest(who: string, attributes: Attributes, features: number): Forest {
  const { class_treeids, class_nodeids, class_ids, class_weights, classlabels_int64s } = attributes;
  const weights = { trees: class_treeids, nodes: class_nodeids, targets: class_ids, weights: class_weights };
  const classes = classlabels_int64s.length;
  return readForest(who, attributes, weights, { features, targets: classes === 2 ? 1 : classes });
}

/** Above which score of two classes it is the second: a sum of shares, where nothing is negative, or a margin. */
export function binaryThreshold({ class_weights }: Pick<Attributes, "class_weights">): number {
  return class_weights.every((weight) => weight >= 0) ? 0.5 : 0;
}

/** The scores of two classes from that of the second: of a probability or a margin. */
function binaryScores(score: number, attributes: Attributes): readonly [number, number] {
  if (attributes.post_transform === "LOGISTIC")
    return [1 / (1 + Math.exp(score)), 1 / (1 + Math.exp(-score))];
  return binaryThreshold(attributes) > 0 ? [1 - score, score] : [-score, score];
}

/** The scores of more than two classes after the transformation that the attribute names. */
function transformed(scores: Float64Array, { post_transform }: Attributes): Float64Array {
  if (post_transform === "NONE") return scores;
  if (post_transform === "LOGISTIC") return scores.map((score) => 1 / (1 + Math.exp(-score)));
  const largest = scores.reduce((most, score) => Math.max(most, score));
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Decision trees over `X[N, F]` that vote for classes: labels `[N]`, scores `[N, classes]`. ONNX leaves open what two classes
 * mean when both are weighed or their scores go through SOFTMAX, and runtimes disagree; so all weights of two
 * classes are given to class 0 and mean the second one, as converters of boosted trees write it.
 */
export const TreeEnsembleClassifier = defineOp({
  domain: "ai.onnx.ml",
  inputs: ["X"],
  attributes: RULES,
  infer(call) {
    const x = call.inputs[0]!;
    const { post_transform, base_values, classlabels_int64s } = call.attributes;
    const classes = classlabels_int64s.length;
    if (x.elementType !== "float32" || x.dims.length !== 2 || typeof x.dims[1] !== "number")
      throw illegal(call.who, "X", "float32 [N, F] of known width", formatInputs([x]));
    if (classes < 2) throw illegal(call.who, "classlabels_int64s", "at least 2", String(classes));
    const legal = classes === 2 ? ["NONE", "LOGISTIC"] : ["NONE", "LOGISTIC", "SOFTMAX"];
    if (!legal.includes(post_transform))
      throw illegal(call.who, "post_transform", legal.join(", "), post_transform);
    const bases = classes === 2 ? 1 : classes;
    if (base_values.length !== 0 && base_values.length !== bases)
      throw illegal(call.who, "base_values", `none or ${bases}`, String(base_values.length));
    classifierForest(call.who, call.attributes, x.dims[1]);
    return [
      { elementType: "int64", dims: [x.dims[0]!] },
      { elementType: "float32", dims: [x.dims[0]!, classes] },
    ];
  },
  evaluate({ inputs, attributes }) {
    const { dims, values } = inputs[0]!;
    const [rows, width] = dims as readonly [number, number];
    const forest = classifierForest("TreeEnsembleClassifier", attributes, width);
    const { base_values, classlabels_int64s } = attributes;
    const classes = classlabels_int64s.length;
    const targets = classes === 2 ? 1 : classes;
    const labels = new Float64Array(rows);
    const scores = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      const sums = sumOfTrees(forest, values.subarray(row * width, (row + 1) * width), targets).map(
        (sum, target) => sum + (base_values[target] ?? 0),
      );
      const best =
        classes === 2
          ? Number(sums[0]! > binaryThreshold(attributes))
          : sums.reduce((found, score, at) => (score > sums[found]! ? at : found), 0);
      labels[row] = classlabels_int64s[best]!;
      scores.set(
        classes === 2 ? binaryScores(sums[0]!, attributes) : transformed(sums, attributes),
        row * classes,
      );
    }
    return [labels, scores];
  },
  gradient: TREE_STEPS,
});
