import { tidelineError } from "@tideline/spec";
import type { Groups } from "../group.ts";
import { indexGroups } from "../group.ts";
import type { Indices, Matrix } from "../matrix.ts";
import { binOf } from "./psi.ts";

/** Rows of features with the class that the model predicted and the person that each came from. */
export interface PredictedRows {
  /** [N, F] */
  readonly features: Matrix;
  /** [N], predicted, in 0..classCount-1. */
  readonly classes: Indices;
  /** [N] */
  readonly people: Groups;
}

/** Bins of each feature: `edges[f]` are the interior edges; `bins` is the width of every histogram. */
export interface Bins {
  readonly edges: readonly (readonly number[])[];
  /** One more than the most bins of a feature; the last is for missing values (NaN). */
  readonly bins: number;
}

/** Counts of rows; people are numbered by ascending key. */
export interface ClassHistograms {
  readonly keys: readonly (string | number)[];
  /** [people, classes] */
  readonly rows: Float64Array;
  /** [people, classes, features, bins] */
  readonly counts: Float64Array;
}

/**
 * Counts the rows of each person and class into bins.
 *
 * @throws ARGUMENT_INVALID when lengths differ or a class is outside 0..classCount-1.
 */
export function countHistograms(
  who: string,
  source: PredictedRows,
  classCount: number,
  bins: Bins,
): ClassHistograms {
  const { features, classes, people } = source;
  checkRows(who, source, classCount);
  const { keys, index } = indexGroups(people);
  const F = features.columns;
  const cell = F * bins.bins;
  const rows = new Float64Array(keys.length * classCount);
  const counts = new Float64Array(keys.length * classCount * cell);
  for (let i = 0; i < features.rows; i++) {
    const slot = index[i]! * classCount + classes[i]!;
    rows[slot]!++;
    for (let f = 0; f < F; f++) {
      const bin = binOf(features.values[i * F + f]!, bins.edges[f]!, bins.bins - 1);
      counts[slot * cell + f * bins.bins + bin]!++;
    }
  }
  return { keys, rows, counts };
}

function checkRows(who: string, source: PredictedRows, classCount: number): void {
  const { features, classes, people } = source;
  if (classes.length !== features.rows || people.length !== features.rows) {
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "classes, people",
      expected: `${features.rows} entries each, one for each row of features`,
      received: `${classes.length} and ${people.length}`,
    });
  }
  for (let i = 0; i < classes.length; i++) {
    const label = classes[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classCount) {
      throw tidelineError("ARGUMENT_INVALID", {
        who,
        field: `classes[${i}]`,
        expected: `an integer in 0..${classCount - 1}`,
        received: String(label),
      });
    }
  }
}
