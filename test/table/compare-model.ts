import { writeTable } from "@tideline/graph";
import { loadTable } from "@tideline/predict";
import { randomModel, type ModelKind } from "./random-model.ts";
import { openOracle } from "./table-vector.ts";

/** How far the table of a random model is from ONNX Runtime. */
export interface Comparison {
  readonly rows: number;
  /** Rows whose decision differs, where the oracle's best two are more than 1e-6 apart. */
  readonly wrong: number;
  /** Rows whose decision differs, where they are not. */
  readonly tied: number;
  /** Largest difference of any number, over the larger of 1 and its size. */
  readonly difference: number;
  /** The same of features, over the larger of their deviation among the rows and their size. */
  readonly featureDifference: number;
  readonly bytes: number;
}

function largestAt(values: ArrayLike<number>): number {
  let found = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[found]!) found = at;
  return found;
}

/** Largest difference between two lists, over scales. A number that is missing in one only makes it infinite. */
function differenceOf(actual: Float32Array, wanted: Float32Array, scale: (at: number) => number): number {
  return wanted.reduce((most, value, at) => {
    if (Object.is(value, actual[at])) return most;
    const difference = Math.abs(value - actual[at]!) / scale(at);
    return difference >= 0 ? Math.max(most, difference) : Infinity;
  }, 0);
}

/** The standard deviation of each column. */
function deviations(rows: readonly Float32Array[]): Float64Array {
  return Float64Array.from(rows[0]!, (_, at) => {
    const mean = rows.reduce((sum, row) => sum + row[at]!, 0) / rows.length;
    return Math.sqrt(rows.reduce((sum, row) => sum + (row[at]! - mean) ** 2, 0) / rows.length);
  });
}

/** Writes a random model as a table and runs both over its rows. @throws when a table cannot hold it. */
export async function compareModel(kind: ModelKind, seed: number): Promise<Comparison> {
  const { model, dims, rows, decides, features } = randomModel(kind, seed);
  const result = writeTable(model.graph);
  if (!result.ok) throw new Error(`${kind} ${seed}: ${JSON.stringify(result.reasons)}`);
  const table = loadTable(result.bytes);
  const oracle = await openOracle(model);
  let [wrong, tied, difference, featureDifference] = [0, 0, 0, 0];
  const wantedRows: Readonly<Record<string, Float32Array>>[] = [];
  for (const row of rows) wantedRows.push(await oracle.run(row, dims));
  await oracle.close();
  const spread =
    features === undefined ? undefined : deviations(wantedRows.map((wanted) => wanted[features]!));
  for (const [index, row] of rows.entries()) {
    const wanted = wantedRows[index]!;
    table.run(row);
    for (const [at, { name }] of table.outputs.entries()) {
      const actual = table.read(at);
      const right = wanted[name]!;
      if (name === features)
        featureDifference = Math.max(
          featureDifference,
          differenceOf(actual, right, (k) => Math.max(spread![k]!, Math.abs(right[k]!), 1e-30)),
        );
      else
        difference = Math.max(
          difference,
          differenceOf(actual, right, (k) => Math.max(1, Math.abs(right[k]!))),
        );
      if (name !== decides || largestAt(actual) === largestAt(right)) continue;
      const [first, second] = right.toSorted((a, b) => b - a) as unknown as [number, number];
      if (first - second > 1e-6) wrong += 1;
      else tied += 1;
    }
  }
  return { rows: rows.length, wrong, tied, difference, featureDifference, bytes: result.bytes.length };
}

/** The worst of several comparisons, and their sums. */
export function sumUp(comparisons: readonly Comparison[]): Comparison {
  const worst = (name: keyof Comparison): number =>
    comparisons.reduce((most, one) => Math.max(most, one[name]), 0);
  const sum = (name: keyof Comparison): number => comparisons.reduce((total, one) => total + one[name], 0);
  return {
    rows: sum("rows"),
    wrong: sum("wrong"),
    tied: sum("tied"),
    difference: worst("difference"),
    featureDifference: worst("featureDifference"),
    bytes: worst("bytes"),
  };
}
