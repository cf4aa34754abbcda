import { unsupported } from "../unsupported.ts";
import type { MlCall, MlValue } from "./ml-call.ts";

/** A kernel and its parameters, as libsvm names them. */
export interface Kernel {
  readonly type: string;
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** A kernel of the attributes `kernel_type` and `kernel_params`: gamma, coef0, degree. */
export function kernelParameters(type: string, parameters: readonly number[] = []): Kernel {
  const [gamma = 0, coef0 = 0, degree = 0] = parameters;
  return { type, gamma, coef0, degree };
}

/** The kernel between rows `[N, F]` and support vectors: `[N, S]`. */
export function kernelOf(call: MlCall, x: MlValue, vectors: readonly number[], kernel: Kernel): MlValue {
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
