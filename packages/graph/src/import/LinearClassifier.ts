import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { labelled } from "./label.ts";
import { linearScores, transformed } from "./linear.ts";
import { defineMl, type MlCall, type MlValue } from "./ml-call.ts";

/** Whether the second of two rows is the first one's negative, so that their sigmoids are 1 together. */
function isMirrored(coefficients: readonly number[], intercepts: readonly number[] = []): boolean {
  const mirrors = (values: readonly number[]): boolean =>
    values.slice(0, values.length / 2).every((value, at) => value === -values[at + values.length / 2]!);
  return mirrors(coefficients) && mirrors(intercepts);
}

/**
 * A linear model that votes for classes: labels `[N]`, scores `[N, classes]`. The label is that of the largest score before it is
 * transformed, the first of equal ones; with one row for two classes it is the second above 0.
 */
export const LinearClassifier = defineMl({
  attributes: {
    coefficients: { type: "floats", required: true },
    intercepts: { type: "floats" },
    classlabels_ints: { type: "ints" },
    classlabels_strings: { type: "strings" },
    multi_class: { type: "int", default: 0 },
    post_transform: { type: "string", default: "NONE" },
  },
  rewrite(given) {
    const call = given as unknown as MlCall;
    const { who } = call;
    const { coefficients, intercepts, classlabels_ints, classlabels_strings, post_transform } =
      given.attributes;
    const labels = classlabels_strings?.length ? classlabels_strings : (classlabels_ints ?? []);
    if (labels.length < 2) throw unsupported(who, "labels of at least 2 classes", String(labels.length));
    const targets = intercepts?.length || coefficients.length / Number(given.inputs[0]!.dims[1]);
    if (targets !== labels.length && !(targets === 1 && labels.length === 2))
      throw illegal(who, "coefficients", `a row for each of ${labels.length} classes`, `${targets} rows`);
    const isSingle = targets === 1;
    // Two rows that mirror each other are one as well: so formats that know models of two classes see one.
    const isPair = isSingle || (targets === 2 && isMirrored(coefficients, intercepts));
    const raw = isPair
      ? mirrored(call, coefficients.slice(-coefficients.length / targets), intercepts?.slice(-1))
      : linearScores(call, { coefficients, intercepts, targets });
    const place = call.op("ArgMax", [raw], { axis: 1, keepdims: 0 });
    // Without a transformation, and of SOFTMAX too, ONNX Runtime gives one row's two scores as 1 - score and score.
    const scores =
      isSingle && (post_transform === "NONE" || post_transform === "SOFTMAX")
        ? call.op("Add", [raw, call.constant("float32", [1, 0])])
        : transformed(call, raw, post_transform);
    const isShared = (post_transform === "SOFTMAX" && !isSingle) || (post_transform === "LOGISTIC" && isPair);
    labelled(call, place, labels);
    if (given.node.outputs[1]) {
      given.result(1, scores);
      if (isShared) call.shares({ ...scores, name: given.node.outputs[1] });
    }
  },
});

/** The negative of a score beside it: the larger one says the same as above 0. */
function mirrored(
  call: MlCall,
  coefficients: readonly number[],
  intercepts: readonly number[] | undefined,
): MlValue {
  const score = linearScores(call, { coefficients, intercepts, targets: 1 });
  return call.op("Concat", [call.op("Neg", [score]), score], { axis: 1 });
}
