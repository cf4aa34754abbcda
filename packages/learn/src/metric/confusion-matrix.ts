import { tidelineError } from "@tideline/spec";
import type { Indices } from "../matrix.ts";
import { checkPairs } from "./pair.ts";

/**
 * Counts of rows, `[true class][predicted class]`, as scikit-learn's `confusion_matrix`.
 *
 * @throws ARGUMENT_INVALID when the lengths differ or are 0, or a class is not in 0..classCount-1.
 */
export function confusionMatrix(
  y: Indices,
  predicted: Indices,
  classCount: number,
): readonly (readonly number[])[] {
  checkPairs("confusionMatrix", y, predicted);
  const counts = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (let i = 0; i < y.length; i++) {
    const row = counts[y[i]!];
    const column = predicted[i]!;
    if (row?.[column] === undefined) {
      throw tidelineError("ARGUMENT_INVALID", {
        who: "confusionMatrix",
        field: `row ${i}`,
        expected: `classes in 0..${classCount - 1}`,
        received: `${y[i]} and ${column}`,
      });
    }
    row[column]!++;
  }
  return Object.freeze(counts.map((row) => Object.freeze(row)));
}
