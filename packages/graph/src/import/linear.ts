import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import type { MlCall, MlValue } from "./ml-call.ts";

/** The weights of a linear model, a row a target. */
interface LinearWeights {
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[] | undefined;
  readonly targets: number;
}

/** `X * coefficients' + intercepts` of `X[N, F]`: `[N, targets]`. */
export function linearScores(call: MlCall, { coefficients, intercepts, targets }: LinearWeights): MlValue {
  const { who, op, cast, constant } = call;
  const x = call.inputs[0]!;
  const width = x.dims[1];
  if (x.dims.length !== 2 || typeof width !== "number")
    throw unsupported(who, "X [N, F] of known width", `[${x.dims.join(", ")}]`);
  if (coefficients.length !== targets * width)
    throw illegal(who, "coefficients", `${targets} rows of ${width}`, String(coefficients.length));
  if (intercepts !== undefined && intercepts.length > 0 && intercepts.length !== targets)
    throw illegal(who, "intercepts", String(targets), String(intercepts.length));
  // Weights as `[F, targets]`, which is how layers are written.
  const weights = Array.from(
    { length: coefficients.length },
    (_, at) => coefficients[(at % targets) * width + Math.floor(at / targets)]!,
  );
  const bias = intercepts === undefined || intercepts.length === 0 ? [] : [constant("float32", intercepts)];
  return op("Gemm", [cast(x, "float32"), constant("float32", weights, [width, targets]), ...bias]);
}

/** Scores after the transformation that the attribute names. */
export function transformed(call: MlCall, scores: MlValue, transform: string): MlValue {
  if (transform === "NONE") return scores;
  if (transform === "LOGISTIC") return call.op("Sigmoid", [scores]);
  if (transform === "SOFTMAX") return call.op("Softmax", [scores], { axis: 1 });
  throw unsupported(call.who, "post_transform NONE, LOGISTIC, SOFTMAX", transform);
}
