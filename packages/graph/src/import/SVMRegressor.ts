import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { kernelOf, kernelParameters } from "./kernel.ts";
import { defineMl, type MlCall } from "./ml-call.ts";

/**
 * A support vector machine for numbers (C.-C. Chang and C.-J. Lin, LIBSVM, ACM TIST 2:3, 2011): the kernel with each support vector,
 * weighed and added up; of one class, 1 above 0 and -1 elsewhere.
 */
export const SVMRegressor = defineMl({
  attributes: {
    coefficients: { type: "floats", required: true },
    kernel_params: { type: "floats" },
    kernel_type: { type: "string", default: "LINEAR" },
    n_supports: { type: "int", default: 0 },
    one_class: { type: "int", default: 0 },
    post_transform: { type: "string", default: "NONE" },
    rho: { type: "floats", required: true },
    support_vectors: { type: "floats" },
  },
  rewrite(given) {
    const call = given as unknown as MlCall;
    const { who, op, cast, constant } = call;
    const { attributes } = given;
    if (attributes.post_transform !== "NONE")
      throw unsupported(who, "post_transform NONE", attributes.post_transform);
    const x = cast(call.inputs[0]!, "float32");
    const width = x.dims[1];
    if (x.dims.length !== 2 || typeof width !== "number")
      throw unsupported(who, "X [N, F] of known width", `[${x.dims.join(", ")}]`);
    const { n_supports: count, coefficients, rho, support_vectors: vectors = [] } = attributes;
    const terms = count > 0 ? count : width;
    if (coefficients.length !== terms || rho.length !== 1)
      throw illegal(
        who,
        "coefficients and rho",
        `${terms} and 1`,
        `${coefficients.length} and ${rho.length}`,
      );
    if (count > 0 && vectors.length !== count * width)
      throw illegal(who, "support_vectors", `${count} rows of ${width}`, String(vectors.length));
    const kernel = kernelParameters(attributes.kernel_type, attributes.kernel_params);
    const near = count > 0 ? kernelOf(call, x, vectors, kernel) : x;
    const scores = op("Gemm", [
      near,
      constant("float32", coefficients, [terms, 1]),
      constant("float32", rho),
    ]);
    if (attributes.one_class === 0) return given.result(0, scores);
    const isIn = op("Greater", [scores, constant("float32", [0], [])]);
    const [one, other] = [constant("float32", [1], []), constant("float32", [-1], [])];
    given.result(0, op("Where", [isIn, one, other]));
  },
});
