import { addScaled, dot } from "./lasso-descent.ts";

/** A class's part of an L1 logistic regression, the others held: two classes, with an offset for each row. */
export interface LogisticBlock {
  readonly columns: readonly Float64Array[];
  /** [N], weights by their sum. */
  readonly weight: Float64Array;
  /** [N], 1 where the row is of the class. */
  readonly target: Float64Array;
  /** [F + 1], the intercept last; changed in place. */
  readonly coefficients: Float64Array;
  /** [N], the class's scores; changed in place. */
  readonly scores: Float64Array;
}

const MOST_SWEEPS = 200;
const MOST_HALVINGS = 40;

/**
 * One step of Newton's method with a penalty (J. Lee, Y. Sun and M. Saunders, "Proximal Newton-type methods for minimizing
 * composite functions", SIAM J. Optim. 24, 2014): the loss by its second-order model, minimised by coordinate descent over the
 * columns in play, then as much of the step as lowers the objective.
 *
 * @param offset [N], the logarithm of the sum of the other classes' exponentials.
 * @returns the largest violation of optimality before the step.
 */
export function stepBlock(
  block: LogisticBlock,
  offset: Float64Array,
  lambda: number,
  tolerance: number,
): number {
  const { columns, weight, target, coefficients, scores } = block;
  const [rows, width] = [weight.length, columns.length];
  const slope = new Float64Array(rows);
  const bend = new Float64Array(rows);
  let intercept = 0;
  for (let i = 0; i < rows; i++) {
    const share = 1 / (1 + Math.exp(offset[i]! - scores[i]!));
    slope[i] = weight[i]! * (share - target[i]!);
    bend[i] = weight[i]! * Math.max(share * (1 - share), 1e-9);
    intercept += slope[i]!;
  }
  const along = new Float64Array(width + 1);
  along[width] = intercept;
  let violation = Math.abs(intercept);
  const own: number[] = [];
  for (let j = 0; j < width; j++) {
    const g = dot(columns[j]!, slope);
    const w = coefficients[j]!;
    along[j] = g;
    const off = w === 0 ? Math.max(0, Math.abs(g) - lambda) : Math.abs(g + Math.sign(w) * lambda);
    violation = Math.max(violation, off);
    if (w !== 0 || off > 0) own.push(j);
  }
  if (violation <= tolerance) return violation;
  const step = new Float64Array(width + 1);
  const change = descend(block, own, along, bend, lambda, step, 1e-4 * tolerance);
  lineSearch(block, offset, lambda, along, step, change);
  return violation;
}

/** Coordinate descent on the second-order model; returns what the step changes each row's score by. */
function descend(
  { columns, coefficients }: LogisticBlock,
  own: readonly number[],
  along: Float64Array,
  bend: Float64Array,
  lambda: number,
  step: Float64Array,
  still: number,
): Float64Array {
  const [rows, width] = [bend.length, columns.length];
  const change = new Float64Array(rows);
  const bends = own.map((j) => {
    const x = columns[j]!;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += bend[i]! * x[i]! * x[i]!;
    return sum;
  });
  let total = 0;
  for (let i = 0; i < rows; i++) total += bend[i]!;
  // bend * change, kept up to date: the model's slope along a column is one product with it.
  const moved = new Float64Array(rows);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let most = 0;
    for (const [place, j] of own.entries()) {
      const curve = bends[place]!;
      if (curve === 0) continue;
      const x = columns[j]!;
      const g = along[j]! + dot(x, moved);
      const now = coefficients[j]! + step[j]!;
      const free = curve * now - g;
      const by = Math.sign(free) * (Math.max(0, Math.abs(free) - lambda) / curve) - now;
      if (by === 0) continue;
      step[j]! += by;
      for (let i = 0; i < rows; i++) {
        const score = by * x[i]!;
        change[i]! += score;
        moved[i]! += bend[i]! * score;
      }
      most = Math.max(most, curve * Math.abs(by));
    }
    let g = along[width]!;
    for (let i = 0; i < rows; i++) g += moved[i]!;
    const by = -g / total;
    step[width]! += by;
    for (let i = 0; i < rows; i++) change[i]! += by;
    addScaled(moved, by, bend);
    if (Math.max(most, Math.abs(g)) <= still) break;
  }
  return change;
}

/** Takes the step, or as much of it as lowers the objective enough (L. Armijo, 1966). */
function lineSearch(
  { weight, target, coefficients, scores }: LogisticBlock,
  offset: Float64Array,
  lambda: number,
  along: Float64Array,
  step: Float64Array,
  change: Float64Array,
): void {
  const width = step.length - 1;
  const sizeAt = (share: number) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += Math.abs(coefficients[j]! + share * step[j]!);
    return lambda * sum;
  };
  const lossAt = (share: number) => {
    let sum = 0;
    for (let i = 0; i < weight.length; i++) {
      const margin = scores[i]! + share * change[i]! - offset[i]!;
      const log = margin > 0 ? margin + Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin));
      sum += weight[i]! * (log - target[i]! * margin);
    }
    return sum;
  };
  const before = lossAt(0) + sizeAt(0);
  const promised = dot(along, step) + sizeAt(1) - sizeAt(0);
  let share = 1;
  for (let halving = 0; halving < MOST_HALVINGS; halving++, share /= 2)
    // Near the optimum both sides agree to rounding; then the whole step is right.
    if (lossAt(share) + sizeAt(share) <= before + 1e-4 * share * promised + 1e-15 * Math.abs(before)) break;
  for (let j = 0; j <= width; j++) {
    const [before, by] = [coefficients[j]!, share * step[j]!];
    const after = before + by;
    // A coefficient that is stepped to 0 in several moves ends within their rounding of it.
    coefficients[j] = Math.abs(after) <= 1e-14 * Math.abs(by) ? 0 : after;
  }
  addScaled(scores, share, change);
}
