import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { defineMl, type MlCall, type MlValue } from "./ml-call.ts";

/** A kernel and its parameters, as libsvm names them. */
interface Kernel {
  readonly type: string;
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** The kernel between rows `[N, F]` and support vectors: `[N, S]`. */
function kernelOf(call: MlCall, x: MlValue, vectors: readonly number[], kernel: Kernel): MlValue {
  const { op, constant } = call;
  const width = x.dims[1] as number;
  const count = vectors.length / width;
  const scalar = (value: number): MlValue => constant("float32", [value], []);
  if (kernel.type === "RBF") {
    // Not as a difference of squares, of which near neighbours would leave nothing.
    const apart = op("Sub", [
      op("Unsqueeze", [x, constant("int64", [1])]),
      constant("float32", vectors, [count, width]),
    ]);
    const squares = op("ReduceSumSquare", [apart, constant("int64", [2])], { keepdims: 0 });
    return op("Exp", [op("Mul", [squares, scalar(-kernel.gamma)])]);
  }
  const turned = Array.from(
    { length: vectors.length },
    (_, at) => vectors[(at % count) * width + Math.floor(at / count)]!,
  );
  const product = op("MatMul", [x, constant("float32", turned, [width, count])]);
  if (kernel.type === "LINEAR") return product;
  const moved = op("Add", [op("Mul", [product, scalar(kernel.gamma)]), scalar(kernel.coef0)]);
  if (kernel.type === "POLY") return op("Pow", [moved, scalar(kernel.degree)]);
  if (kernel.type === "SIGMOID") return op("Tanh", [moved]);
  throw unsupported(call.who, "kernel_type LINEAR, POLY, RBF, SIGMOID", kernel.type);
}

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
    const [gamma = 0, coef0 = 0, degree = 0] = attributes.kernel_params ?? [];
    const kernel = { type: attributes.kernel_type, gamma, coef0, degree };
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
