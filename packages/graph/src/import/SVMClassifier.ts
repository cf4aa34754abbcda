import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { kernelOf, kernelParameters } from "./kernel.ts";
import { labelled } from "./label.ts";
import { defineMl, type MlCall, type MlValue } from "./ml-call.ts";

/**
 * A support vector machine for classes (C.-C. Chang and C.-J. Lin, LIBSVM, ACM TIST 2:3, 2011): a machine for each pair of classes, whose
 * votes decide. Scores are those of the pairs; of two classes the one score, its negative before it, as ONNX Runtime has them.
 */
export const SVMClassifier = defineMl({
  attributes: {
    classlabels_ints: { type: "ints" },
    classlabels_strings: { type: "strings" },
    coefficients: { type: "floats", required: true },
    kernel_params: { type: "floats" },
    kernel_type: { type: "string", default: "LINEAR" },
    post_transform: { type: "string", default: "NONE" },
    prob_a: { type: "floats" },
    prob_b: { type: "floats" },
    rho: { type: "floats", required: true },
    support_vectors: { type: "floats" },
    vectors_per_class: { type: "ints" },
  },
  rewrite(given) {
    const call = given as unknown as MlCall;
    const { who, op, cast, constant } = call;
    const { coefficients, kernel_type, kernel_params, post_transform, prob_a, rho, ...rest } =
      given.attributes;
    const { support_vectors: vectors = [], vectors_per_class: sizes = [] } = rest;
    if (post_transform !== "NONE") throw unsupported(who, "post_transform NONE", post_transform);
    if (prob_a !== undefined && prob_a.length > 0)
      throw unsupported(who, "scores (SVC with probability=False)", "probabilities (prob_a)");
    const labels = rest.classlabels_strings ?? rest.classlabels_ints ?? [];
    const classes = sizes.length;
    if (classes < 2) throw unsupported(who, "support vectors by class (vectors_per_class)", "none");
    const x = cast(call.inputs[0]!, "float32");
    const width = x.dims[1];
    if (x.dims.length !== 2 || typeof width !== "number")
      throw unsupported(who, "X [N, F] of known width", `[${x.dims.join(", ")}]`);
    const count = sizes.reduce((sum, size) => sum + size, 0);
    const pairs = Array.from({ length: classes }, (_, one) => one).flatMap((one) =>
      Array.from({ length: classes - one - 1 }, (_, at) => [one, one + 1 + at] as const),
    );
    const wanted = [count * width, (classes - 1) * count, pairs.length, classes].join(", ");
    const found = [vectors.length, coefficients.length, rho.length, labels.length].join(", ");
    if (wanted !== found) throw illegal(who, "support_vectors, coefficients, rho, labels", wanted, found);
    const classOf = sizes.flatMap((size, at) => Array.from({ length: size }, () => at));
    // Of each vector the coefficients against the other classes, in their order.
    const weights = classOf.flatMap((own, vector) =>
      pairs.map(([one, other]) => {
        if (own !== one && own !== other) return 0;
        return coefficients[(own === one ? other - 1 : one) * count + vector]!;
      }),
    );
    const near = kernelOf(call, x, vectors, kernelParameters(kernel_type, kernel_params));
    const scores = op("Gemm", [
      near,
      constant("float32", weights, [count, pairs.length]),
      constant("float32", rho),
    ]);
    const won = cast(op("Greater", [scores, constant("float32", [0], [])]), "float32");
    const votes = pairs.flatMap(([one, other]) =>
      Array.from({ length: classes }, (_, at) => Number(at === one) - Number(at === other)),
    );
    // Of each pair the second has the vote until the first wins: a class is second to all before it.
    const before = Array.from({ length: classes }, (_, at) => at);
    const counted: MlValue = op("Gemm", [
      won,
      constant("float32", votes, [pairs.length, classes]),
      constant("float32", before),
    ]);
    labelled(call, op("ArgMax", [counted], { axis: 1, keepdims: 0 }), labels);
    if (call.node.outputs[1])
      call.result(1, classes === 2 ? op("Concat", [op("Neg", [scores]), scores], { axis: 1 }) : scores);
  },
});
