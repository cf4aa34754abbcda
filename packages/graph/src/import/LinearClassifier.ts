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
    const { who, op, cast, constant } = call;
    const { coefficients, intercepts, classlabels_ints, classlabels_strings, post_transform } =
      given.attributes;
    const labels = classlabels_strings?.length ? classlabels_strings : (classlabels_ints ?? []);
    if (labels.length < 2) throw unsupported(who, "labels of at least 2 classes", String(labels.length));
    const targets = intercepts?.length || coefficients.length / Number(given.inputs[0]!.dims[1]);
    if (targets !== labels.length && !(targets === 1 && labels.length === 2))
      throw illegal(who, "coefficients", `a row for each of ${labels.length} classes`, `${targets} rows`);
    const raw = linearScores(call, { coefficients, intercepts, targets });
    let scores: MlValue;
    let place: MlValue;
    if (targets === 1) {
      const second = op("Gather", [raw, constant("int64", [0], [])], { axis: 1 });
      place = cast(op("Greater", [second, constant("float32", [0], [])]), "int64");
      scores = bothScores(call, raw, post_transform);
    } else {
      place = op("ArgMax", [raw], { axis: 1, keepdims: 0 });
      scores = transformed(call, raw, post_transform);
    }
    const isShared =
      post_transform === "SOFTMAX"
        ? targets > 1
        : post_transform === "LOGISTIC" &&
          (targets === 1 || (targets === 2 && isMirrored(coefficients, intercepts)));
    labelled(call, place, labels);
    if (given.node.outputs[1]) {
      given.result(1, scores);
      if (isShared) call.shares({ ...scores, name: given.node.outputs[1] });
    }
  },
});

/** The scores of two classes from the second one's. */
function bothScores({ who, op, constant }: MlCall, score: MlValue, transform: string): MlValue {
  if (transform === "LOGISTIC") {
    const both = op("Concat", [op("Neg", [score]), score], { axis: 1 });
    return op("Sigmoid", [both]);
  }
  if (transform !== "NONE" && transform !== "SOFTMAX")
    throw unsupported(who, "post_transform NONE, LOGISTIC, SOFTMAX", transform);
  return op("Concat", [op("Sub", [constant("float32", [1], []), score]), score], { axis: 1 });
}
