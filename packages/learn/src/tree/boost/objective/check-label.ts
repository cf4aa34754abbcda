import { tidelineError } from "@tideline/spec";
import type { BoostTarget } from "./objective.ts";

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

/**
 * Labels whose mean has a logarithm: none below 0, and some above.
 *
 * @throws DATA_MALFORMED naming the first that is not; NOT_ENOUGH_DATA where all are 0.
 */
export function checkCounts(who: string, target: BoostTarget): void {
  checkLabels(who, target, "a finite number of at least 0", (value) => value >= 0 && value < Infinity);
  const { y, weight } = target;
  for (let row = 0; row < y.length; row++)
    if (y[row]! > 0 && (weight === undefined || weight[row]! > 0)) return;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: "y",
    expected: "a label above 0 in a row that counts",
    received: "none",
    remedy: "The logarithm of the mean is learnt, and 0 has none.",
  });
}
