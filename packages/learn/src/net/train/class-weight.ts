import { tidelineError } from "@tideline/spec";
import type { NetColumn } from "./net-data.ts";

/** Weights of classes: one for each, or `balanced` to let every class count alike. */
export type ClassWeights = "balanced" | readonly number[];

/**
 * The weight of each row: its own times its class's. `balanced` gives class k the weight `sum / (K * sum of k)`, as
 * scikit-learn's `class_weight="balanced"`, where K counts the classes that occur and sums are of row weights, so the
 * weights keep their sum.
 *
 * @param target class numbers, one for each row.
 * @throws ARGUMENT_INVALID for a target that is no class number, or weights that do not cover the classes.
 */
export function rowWeights(
  target: NetColumn,
  rows: number,
  own: Float32Array | Float64Array | undefined,
  classes: ClassWeights | undefined,
): Float32Array {
  const weight = own === undefined ? new Float32Array(rows).fill(1) : Float32Array.from(own);
  if (classes === undefined) return weight;
  const labels = Int32Array.from({ length: rows }, (_, row) => classOf(target, row, rows));
  const factors = classes === "balanced" ? balanced(labels, weight) : classes;
  for (const [k, factor] of factors.entries())
    if (!(factor >= 0 && factor < Infinity))
      throw wrong(`classWeights[${k}]`, "a finite weight of at least 0", String(factor));
  for (let row = 0; row < rows; row++) {
    const factor = factors[labels[row]!];
    if (factor === undefined)
      throw wrong("classWeights", `a weight for class ${labels[row]}`, `${factors.length} weights`);
    weight[row]! *= factor;
  }
  if (!weight.some((value) => value > 0))
    throw wrong("classWeights", "a class with rows and a weight above 0", "none");
  return weight;
}

function balanced(labels: Int32Array, weight: Float32Array): readonly number[] {
  const sums: number[] = [];
  let total = 0;
  for (const [row, label] of labels.entries()) {
    while (sums.length <= label) sums.push(0);
    sums[label]! += weight[row]!;
    total += weight[row]!;
  }
  const occurring = sums.filter((sum) => sum > 0).length;
  return sums.map((sum) => (sum > 0 ? total / (occurring * sum) : 1));
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
