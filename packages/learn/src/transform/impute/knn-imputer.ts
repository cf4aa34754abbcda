import type { Column, FrameSchema } from "../../frame/column.ts";
import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { laneNames, widthOf } from "../lane.ts";
import { NUMBER_KINDS } from "../number-transform.ts";
import { resolveOptions } from "../resolve-options.ts";
import { noNumbers } from "../scale/not-enough.ts";
import { malformedState } from "../state-check.ts";
import type { TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { floatSchema } from "./number-schema.ts";
import { columnsOfRows, MOST_KEPT, rowKeeper, rowMatrix } from "./row-matrix.ts";

/** What {@link knnImputer} takes. */
export interface KnnImputerOptions {
  /** Rows that are averaged. Default 5. */
  readonly nNeighbors?: number;
  /** Whether near rows count more, by 1 / distance. Default "uniform". */
  readonly weights?: "uniform" | "distance";
}

const KIND = "knnImputer";
const FORMS_OF = { nNeighbors: FORMS.count, weights: namedForm("uniform", "distance") };

/** [rows, F], NaN where a number is missing. */
type Known = { readonly rows: Float64Array };

/** The definition behind {@link knnImputer}. */
export const KNN_IMPUTER: TransformDef<KnnImputerOptions, Known> = Object.freeze({
  kind: KIND,
  traits: { accepts: NUMBER_KINDS, labels: "none", memory: "rows", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: KnnImputerOptions) =>
    resolveOptions(KIND, FORMS_OF, { nNeighbors: 5, weights: "uniform" }, given),
  begin(_: KnnImputerOptions, inputs: FrameSchema) {
    const width = widthOf(inputs);
    const kept = rowKeeper(KIND, width);
    return {
      add: kept.add,
      finish() {
        const rows = kept.take();
        for (const [lane, name] of laneNames(inputs).entries()) {
          let at = lane;
          while (at < rows.length && Number.isNaN(rows[at]!)) at += width;
          if (at >= rows.length) throw noNumbers(KIND, name);
        }
        return { rows };
      },
    };
  },
  checkState({ rows }: Known, _: KnnImputerOptions, inputs: FrameSchema) {
    const width = widthOf(inputs);
    if (
      !(rows instanceof Float64Array) ||
      rows.length === 0 ||
      rows.length % width !== 0 ||
      rows.length > MOST_KEPT
    )
      throw malformedState(KIND, "rows", `rows of ${width} float64 numbers`, typeof rows);
  },
  outputs: (_: Known, _options: KnnImputerOptions, inputs: FrameSchema) => floatSchema(inputs),
  apply(state: Known, options: KnnImputerOptions, columns: readonly Column[], rows: number) {
    const values = rowMatrix(columns, rows, KIND);
    if (rows > 0) imputeRows(state.rows, values, rows, values.length / rows, options);
    return columnsOfRows(columns, values, rows);
  },
  lower: {
    unsupported: "it keeps the training rows, which are people's and do not ship to devices",
  },
});

function imputeRows(
  known: Float64Array,
  values: Float64Array,
  rows: number,
  width: number,
  { nNeighbors = 5, weights }: KnnImputerOptions,
): void {
  const count = known.length / width;
  const distance = new Float64Array(count);
  const nearest = new Int32Array(nNeighbors);
  const missing: number[] = [];
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    missing.length = 0;
    for (let lane = 0; lane < width; lane++) if (Number.isNaN(values[at + lane]!)) missing.push(lane);
    if (missing.length === 0) continue;
    distancesTo(known, values, at, width, distance);
    // All distances are those of the row as it came: filled numbers say nothing.
    const filled = missing.map((lane) =>
      averageOf(known, distance, width, lane, nearest, weights === "distance"),
    );
    for (const [place, lane] of missing.entries()) values[at + lane] = filled[place]!;
  }
}

/** Squared distances over the numbers that both rows have, as if they had all (nan-euclidean); NaN where they share none. */
function distancesTo(
  known: Float64Array,
  values: Float64Array,
  at: number,
  width: number,
  out: Float64Array,
): void {
  for (let row = 0, other = 0; row < out.length; row++, other += width) {
    let [sum, shared] = [0, 0];
    for (let lane = 0; lane < width; lane++) {
      const off = values[at + lane]! - known[other + lane]!;
      if (off === off) {
        sum += off * off;
        shared++;
      }
    }
    out[row] = shared === 0 ? Number.NaN : (sum * width) / shared;
  }
}

/** The average of a number over the nearest rows that have it; over all of them where no row is comparable. */
function averageOf(
  known: Float64Array,
  distance: Float64Array,
  width: number,
  lane: number,
  nearest: Int32Array,
  weighted: boolean,
): number {
  let found = 0;
  let [all, count] = [0, 0];
  for (let row = 0; row < distance.length; row++) {
    const value = known[row * width + lane]!;
    if (value !== value) continue;
    all += value;
    count++;
    const off = distance[row]!;
    if (off !== off) continue;
    if (found === nearest.length && off >= distance[nearest[found - 1]!]!) continue;
    let place = found < nearest.length ? found++ : found - 1;
    for (; place > 0 && distance[nearest[place - 1]!]! > off; place--) nearest[place] = nearest[place - 1]!;
    nearest[place] = row;
  }
  if (found === 0) return all / count;
  const exact = weighted && distance[nearest[0]!] === 0;
  let [sum, weights] = [0, 0];
  for (let place = 0; place < found; place++) {
    const off = distance[nearest[place]!]!;
    const weight = !weighted ? 1 : exact ? Number(off === 0) : 1 / Math.sqrt(off);
    sum += weight * known[nearest[place]! * width + lane]!;
    weights += weight;
  }
  return sum / weights;
}

/**
 * Fills what is missing with the average over the nearest training rows that have it, as scikit-learn's KNNImputer: distances over the
 * numbers that both rows have. Of equally near rows the earlier counts. It keeps the training rows; scale them first.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, ARGUMENT_INVALID for more than 33,554,432 numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * chain([standardScaler(), knnImputer({ nNeighbors: 3 })]);
 */
export function knnImputer(options: KnnImputerOptions & Selection = {}): Transform {
  return transformOf(KNN_IMPUTER, options);
}
