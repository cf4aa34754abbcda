import { tidelineError } from "@tideline/spec";
import type { NetColumn } from "./net-data.ts";

/** Weights of classes: one for each, or `balanced` to let every class count alike. */
export type ClassWeights = "balanced" | readonly number[];

/**
 * The weight of each row: its own times its class's. `balanced` gives class k the weight `sum / (K * sum of k)`, as
 * scikit-learn's `class_weight="balanced"`, where K counts the classes that occur and sums are of row weights, so the
 * weights keep their sum.
 *
 * @param labels class numbers below `classes`, one for each row.
 * @param own weights of rows; given back as they are where classes have none.
 * @throws ARGUMENT_INVALID for weights that do not cover the classes, are none, or leave no row.
 */
export function classWeightedRows(
  who: string,
  labels: ArrayLike<number>,
  classes: number,
  own: Float64Array | undefined,
  given: ClassWeights | undefined,
): Float64Array | undefined {
  if (given === undefined) return own;
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (given !== "balanced" && given.length !== classes)
    throw wrong("classWeights", `${classes} weights, one for each class`, String(given.length));
  const weight = own === undefined ? new Float64Array(labels.length).fill(1) : own.slice();
  const factors = given === "balanced" ? balanced(labels, weight, classes) : given;
  for (const [k, factor] of factors.entries())
    if (!(factor >= 0 && factor < Infinity))
      throw wrong(`classWeights[${k}]`, "a finite weight of at least 0", String(factor));
  for (let row = 0; row < weight.length; row++) weight[row]! *= factors[labels[row]!]!;
  if (!weight.some((value) => value > 0))
    throw wrong("classWeights", "a class with rows and a weight above 0", "none");
  return weight;
}

function balanced(labels: ArrayLike<number>, weight: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (const [row, own] of weight.entries()) {
    sums[labels[row]!]! += own;
    total += own;
  }
  const occurring = sums.filter((sum) => sum > 0).length;
  return sums.map((sum) => (sum > 0 ? total / (occurring * sum) : 1));
}

/**
 * Weights of rows as nets take them: {@link classWeightedRows} in float32.
 *
 * @param target class numbers, one for each row.
 * @throws ARGUMENT_INVALID for a target that is no class number, weights that do not cover the classes, and those that are
 *   infinite in float32.
 */
export function rowWeights(
  target: NetColumn,
  rows: number,
  own: Float32Array | Float64Array | undefined,
  classes: ClassWeights | undefined,
): Float32Array {
  if (classes === undefined)
    return own === undefined ? new Float32Array(rows).fill(1) : Float32Array.from(own);
  const labels = Int32Array.from({ length: rows }, (_, row) => classOf(target, row, rows));
  const count = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  if (classes !== "balanced" && classes.length < count)
    throw wrong("classWeights", `a weight for class ${count - 1}`, `${classes.length} weights`);
  const weights = classWeightedRows(
    "trainNet",
    labels,
    classes === "balanced" ? count : classes.length,
    own && Float64Array.from(own),
    classes,
  )!;
  const narrow = Float32Array.from(weights);
  const infinite = narrow.indexOf(Infinity);
  if (infinite >= 0)
    throw wrong(
      `weight of row ${infinite}`,
      "a finite float32, that of its class included",
      String(weights[infinite]),
    );
  if (!narrow.some((value) => value > 0))
    throw wrong("classWeights", "a class with rows and a weight above 0", "none in float32");
  return narrow;
}

/** No classifier of ours has more classes; a larger number is a mistaken target, and must not size an array. */
const MOST_CLASSES = 1_000_000;

function classOf(target: NetColumn, row: number, rows: number): number {
  const label = target.values.length === rows ? Number(target.values[row]) : NaN;
  if (Number.isInteger(label) && label >= 0 && label < MOST_CLASSES) return label;
  throw wrong(`target[${row}]`, "a class number, as class weights need", String(label));
}

function wrong(field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who: "trainNet", field, expected, received });
}
