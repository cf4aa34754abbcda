/**
 * An exact sum of float64 values: `parts` are floats that do not overlap and whose exact sum is the sum of all
 * finite values added; `special` is the IEEE sum of the NaN and infinite ones, undefined where there were none.
 *
 * Compensated summation (Neumaier, 1974) carries one correction and still depends on the order; carrying every
 * correction does not, so that a batch, a stream and any merge give the same bits.
 *
 * Source: J. R. Shewchuk, "Adaptive precision floating-point arithmetic", Discrete & Computational Geometry 18
 * (1997), the growing expansion.
 */
export interface ExactSum {
  readonly parts: number[];
  special: number | undefined;
}

/** The sum of nothing. */
export function exactSum(): ExactSum {
  return { parts: [], special: undefined };
}

/** Adds one value, in place. */
export function addExact(sum: ExactSum, value: number): ExactSum {
  if (!Number.isFinite(value)) {
    sum.special = (sum.special ?? 0) + value;
    return sum;
  }
  const { parts } = sum;
  let carry = value;
  let kept = 0;
  for (const part of parts) {
    const high = carry + part;
    const low = Math.abs(carry) < Math.abs(part) ? carry - (high - part) : part - (high - carry);
    if (low !== 0) parts[kept++] = low;
    carry = high;
  }
  parts.length = kept;
  if (carry !== 0) parts.push(carry);
  return sum;
}

/** The product of two floats, exactly: `[rounded, rest]` (Dekker's product with Veltkamp's split). */
export function exactProduct(left: number, right: number): readonly [number, number] {
  const product = left * right;
  const [a, b] = split(left);
  const [c, d] = split(right);
  return [product, b * d - (product - a * c - b * c - a * d)];
}

/** Halves of 26 bits: 2^27 + 1 splits a 53-bit significand. */
function split(value: number): readonly [number, number] {
  const scaled = 134_217_729 * value;
  const high = scaled - (scaled - value);
  return [high, value - high];
}

/** Adds all that another sum holds, in place. */
export function mergeExact(left: ExactSum, right: ExactSum): ExactSum {
  if (right.special !== undefined) left.special = (left.special ?? 0) + right.special;
  for (const part of right.parts) addExact(left, part);
  return left;
}

/**
 * The sum, rounded once, to nearest even. NaN and infinities as in IEEE 754; a finite sum that overflows on its
 * way is NaN here, and the aggregates make it null.
 */
export function roundExact(sum: ExactSum): number {
  if (sum.special !== undefined) return sum.special;
  const { parts } = sum;
  let index = parts.length - 1;
  if (index < 0) return 0;
  let high = parts[index]!;
  let low = 0;
  while (index > 0 && low === 0) {
    index -= 1;
    const before = high;
    const part = parts[index]!;
    high = before + part;
    low = part - (high - before);
  }
  // A tie was rounded to even although smaller parts lie beyond it: go with them.
  if (index > 0 && Math.sign(low) === Math.sign(parts[index - 1]!)) {
    const twice = low * 2;
    const beyond = high + twice;
    if (beyond - high === twice) high = beyond;
  }
  return Number.isFinite(high) ? high + 0 : Number.NaN;
}
