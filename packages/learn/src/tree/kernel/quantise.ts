import { hash32 } from "./hash32.ts";

/** The derivatives of a tree's rows as integers, by row of the table. */
export interface QuantisedDerivatives {
  /** -32766 to 32766. [rows of the table] */
  readonly gradient: Int16Array;
  /** 0 to 32766. [rows of the table] */
  readonly hessian: Uint16Array;
}

/**
 * Rounds the derivatives of the tree's rows to integers, up or down at random, so that sums are right on average. For
 * a row, `bits = hash32(seed, row)`; the low 16 bits of them serve the gradient, the high 16 the hessian:
 *
 * `floor(value * (1 / scale) + (b + 0.5) / 65536)`, in float64, in this order.
 *
 * The half keeps values exact that are whole multiples of the scale. See Y. Shi et al., "Quantized training of gradient
 * boosting decision trees" (NeurIPS 2022).
 *
 * @param rows rows of the tree; others are left as they are in `into`.
 */
export function quantise(
  gradient: Float32Array,
  hessian: Float32Array,
  rows: Int32Array,
  scales: { readonly gradient: number; readonly hessian: number },
  seed: number,
  into: QuantisedDerivatives,
): void {
  const byGradient = 1 / scales.gradient;
  const byHessian = 1 / scales.hessian;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const bits = hash32(seed, row);
    into.gradient[row] = Math.floor(gradient[row]! * byGradient + ((bits & 0xffff) + 0.5) / 65536);
    into.hessian[row] = Math.floor(hessian[row]! * byHessian + ((bits >>> 16) + 0.5) / 65536);
  }
}
