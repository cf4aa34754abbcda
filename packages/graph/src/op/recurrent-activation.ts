/** A function between the gates of a recurrent operator; `alpha` and `beta` where it has such. */
export interface RecurrentActivation {
  readonly alpha?: number;
  readonly beta?: number;
  apply(x: number, alpha: number, beta: number): number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The functions that ONNX names for its recurrent operators, in lower case since names are compared that way. */
export const RECURRENT_ACTIVATIONS: ReadonlyMap<string, RecurrentActivation> = new Map(
  Object.entries<RecurrentActivation>({
    relu: { apply: (x) => Math.max(0, x) },
    tanh: { apply: (x) => Math.tanh(x) },
    sigmoid: { apply: sigmoid },
    affine: { alpha: 1, beta: 0, apply: (x, alpha, beta) => alpha * x + beta },
    leakyrelu: { alpha: 0.01, apply: (x, alpha) => (x >= 0 ? x : alpha * x) },
    thresholdedrelu: { alpha: 1, apply: (x, alpha) => (x > alpha ? x : 0) },
    scaledtanh: { alpha: 1, beta: 1, apply: (x, alpha, beta) => alpha * Math.tanh(beta * x) },
    hardsigmoid: {
      alpha: 0.2,
      beta: 0.5,
      apply: (x, alpha, beta) => Math.min(1, Math.max(0, alpha * x + beta)),
    },
    elu: { alpha: 1, apply: (x, alpha) => (x >= 0 ? x : alpha * Math.expm1(x)) },
    softsign: { apply: (x) => x / (1 + Math.abs(x)) },
    softplus: { apply: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  }),
);
