import { type AggregateDef, takesOne } from "./aggregate-def.ts";
import { addExact, type ExactSum, exactProduct, exactSum, mergeExact, roundExact } from "./exact-sum.ts";

/** The greatest |value|: (1e140 n)^2, and its split, stay below 1.8e308 for up to 1e13 rows. */
export const STDDEV_LIMIT = 1e140;

export interface StddevState {
  readonly total: ExactSum;
  readonly squares: ExactSum;
  readonly rows: number;
}

/** The same floats for every order of rows, unlike `parts`: the rounded sum, the rounded rest, and its rest. */
function leading(sum: ExactSum): readonly number[] {
  const rest = mergeExact(exactSum(), sum);
  return [0, 1, 2].map(() => {
    const rounded = roundExact(rest);
    addExact(rest, -rounded);
    return rounded;
  });
}

/** rows * (sum of squares) - (sum)^2 from exact products, so that nothing cancels before the one rounding. */
function scaledVariance({ total, squares, rows }: StddevState): number {
  const difference = exactSum();
  const terms = leading(total);
  for (const left of terms) {
    for (const right of terms) {
      for (const product of exactProduct(left, -right)) addExact(difference, product);
    }
  }
  for (const part of squares.parts) {
    for (const product of exactProduct(rows, part)) addExact(difference, product);
  }
  return Math.max(0, roundExact(difference));
}

/** The deviation that a state stands for: null of fewer than two rows, NaN where a value was none that can be squared. */
export function deviationOf(state: StddevState): number | null {
  if (state.rows < 2) return null;
  if (state.total.special !== undefined) return Number.NaN;
  return Math.sqrt(scaledVariance(state) / state.rows / (state.rows - 1));
}

/**
 * The sample standard deviation (divisor n - 1) of the non-null values, from exact sums; null of fewer than two.
 * NaN if a value is NaN, infinite or beyond 1e140.
 */
export const stddev: AggregateDef<StddevState> = {
  ...takesOne(["float64"]),
  init: () => ({ total: exactSum(), squares: exactSum(), rows: 0 }),
  add: ({ total, squares, rows }, { value }) => {
    const legal = Math.abs(value as number) <= STDDEV_LIMIT ? (value as number) : Number.NaN;
    addExact(total, legal);
    for (const term of exactProduct(legal, legal)) addExact(squares, term);
    return { total, squares, rows: rows + 1 };
  },
  merge: (left, right) => ({
    total: mergeExact(left.total, right.total),
    squares: mergeExact(left.squares, right.squares),
    rows: left.rows + right.rows,
  }),
  finish: (state) => deviationOf(state),
};
