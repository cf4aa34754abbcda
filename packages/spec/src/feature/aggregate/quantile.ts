import { type AggregateDef, takesOne } from "./aggregate-def.ts";

/**
 * The quantile of `rows` values in order: between the two places that `(rows - 1) * probability` lies between, in
 * proportion (the seventh definition of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
 * Statistician 50, 1996; the default of NumPy, pandas and DuckDB's `quantile_cont`, whose roundings these are).
 *
 * @param valueAt the value at a place, 0 the least
 */
export function quantileOf(
  rows: number,
  probability: number,
  valueAt: (place: number) => number,
): number | null {
  if (rows === 0) return null;
  const exact = (rows - 1) * probability;
  const place = Math.floor(exact);
  const share = exact - place;
  const below = valueAt(place);
  return (share === 0 ? below : below * (1 - share) + valueAt(place + 1) * share) + 0;
}

/**
 * The quantile of the non-null values; null of none. NaN is the greatest value, and what lies between opposite infinities
 * is NaN. Its state grows with the rows.
 */
export function quantile(probability: number): AggregateDef<number[]> {
  return {
    ...takesOne(["float64"]),
    parameter: {
      takes: "a probability from 0 to 1",
      fits: (value) => value >= 0 && value <= 1,
    },
    init: () => [],
    add: (state, { value }) => {
      state.push(value as number);
      return state;
    },
    merge: (left, right) => {
      for (const value of right) left.push(value);
      return left;
    },
    finish: (state) => {
      // The order of typed arrays is the language's: NaN last.
      const sorted = Float64Array.from(state).sort();
      return quantileOf(sorted.length, probability, (place) => sorted[place]!);
    },
  };
}
