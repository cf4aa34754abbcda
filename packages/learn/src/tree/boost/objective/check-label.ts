import { tidelineError } from "@tideline/spec";
import type { BoostTarget } from "./objective.ts";
import { meanLabel } from "./target-sum.ts";

/** @throws DATA_MALFORMED naming the first label that does not fit. */
export function checkLabels(
  who: string,
  { y }: BoostTarget,
  expected: string,
  fits: (value: number) => boolean,
): void {
  for (let row = 0; row < y.length; row++) {
    if (fits(y[row]!)) continue;
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `y[${row}]`,
      expected,
      received: String(y[row]),
    });
  }
}

/** Every label is a finite number. @throws DATA_MALFORMED naming the first that is not. */
export function checkFinite(who: string, target: BoostTarget): void {
  checkLabels(who, target, "a finite number", Number.isFinite);
}

/** Every label is a finite number of at least 0. @throws DATA_MALFORMED naming the first that is not. */
export function checkCounts(who: string, target: BoostTarget): void {
  checkLabels(who, target, "a finite number of at least 0", (value) => value >= 0 && value < Infinity);
}

/**
 * The logarithm of the labels' mean: where a model of counts starts. Rows that are only looked at, or that start at another
 * model's scores, may all be 0.
 *
 * @throws NOT_ENOUGH_DATA where all labels that count are 0.
 */
export function logMean(target: BoostTarget): Float64Array {
  const { y, weight } = target;
  if (y.some((label, row) => label > 0 && (weight === undefined || weight[row]! > 0)))
    return Float64Array.of(Math.log(meanLabel(target)));
  throw tidelineError("NOT_ENOUGH_DATA", {
    who: "boostedTrees.fit",
    field: "y",
    expected: "a label above 0 in a row that counts",
    received: "none",
    remedy: "The logarithm of the mean is learnt, and 0 has none.",
  });
}
