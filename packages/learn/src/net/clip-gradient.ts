import type { GraphBuilder, Value } from "@tideline/graph";
import { positive } from "./check-option.ts";

/** How a gradient is kept small; by value first where both are given. */
export interface Clip {
  /** Largest Euclidean norm over all parameters; a longer gradient is shortened, its direction kept. */
  readonly norm?: number;
  /** Largest size of each number. */
  readonly value?: number;
}

/** Keeps the division defined where the gradient is 0; PyTorch's `clip_grad_norm_` adds the same. */
const SMALL = 1e-6;

/**
 * Clips a flat gradient (R. Pascanu et al., "On the difficulty of training recurrent neural networks", ICML 2013).
 *
 * @param gradient float32 [P].
 * @returns the clipped gradient, and the norm that it had as it came.
 */
export function clipGradient(
  g: GraphBuilder,
  gradient: Value,
  { norm: most, value }: Clip,
): { readonly gradient: Value; readonly norm: Value } {
  const norm = normOf(g, gradient);
  let clipped = gradient;
  if (value !== undefined) {
    positive("clip", "value", value);
    clipped = g.op("Clip", [clipped, g.scalar(-value), g.scalar(value)]);
  }
  if (most !== undefined) {
    positive("clip", "norm", most);
    const long = value === undefined ? norm : normOf(g, clipped);
    const factor = g.op("Div", [g.scalar(most), g.op("Add", [long, g.scalar(SMALL)])]);
    clipped = g.op("Mul", [clipped, g.op("Min", [factor, g.scalar(1)])]);
  }
  return { gradient: clipped, norm };
}

/** The Euclidean norm of a vector. Its squares are those that Adam wants, too: runtimes compute them once. */
function normOf(g: GraphBuilder, vector: Value): Value {
  return g.op("Sqrt", [g.op("ReduceSum", [g.op("Mul", [vector, vector])], { keepdims: 0 })]);
}
