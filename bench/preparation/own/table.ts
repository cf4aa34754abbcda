import { join } from "node:path";
import { collectFrame, columnNamed, numbersOf, type Frame } from "@tideline/learn/frame";
import { chain, oneHotEncoder, simpleImputer, standardScaler } from "@tideline/learn/transform/column";
import { parquetSource } from "@tideline/pipeline/frame/parquet";
import { nodeColumnThreads } from "@tideline/pipeline/frame/threads";
import { ownCase } from "../own-case.ts";

const numbers = Array.from({ length: 30 }, (_, at) => `n${at}`);
const names = Array.from({ length: 10 }, (_, at) => `c${at}`);

/** The sum of a column's numbers, of their squares, or of what their cubes are without a sign. */
function sumOf(rows: Frame, name: string, power: 1 | 2 | 3, absolute: boolean): number {
  const values = numbersOf(columnNamed(rows, name));
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    const raised = power === 1 ? value : power === 2 ? value * value : value * value * value;
    sum += absolute ? Math.abs(raised) : raised;
  }
  return sum;
}

/** Impute with the mean, standardise, one-hot: fitted and applied, as a chain. */
export const own = ownCase({
  async load(folder) {
    const threads = nodeColumnThreads();
    const source = await parquetSource(join(folder, "table.parquet"), { shared: true });
    return { threads, rows: await collectFrame(source) };
  },
  async run({ threads, rows }) {
    const steps = [
      simpleImputer({ columns: numbers }),
      standardScaler({ columns: numbers }),
      oneHotEncoder({ columns: names, dtype: "boolean" }),
    ];
    return (await chain(steps).fitTransformWith(threads, rows)).rows;
  },
  digest: (rows) => ({
    width: rows.columns.length,
    absolute: sumOf(rows, "n3", 1, true),
    squares: sumOf(rows, "n7", 2, false),
    cubes: sumOf(rows, "n8", 3, true),
    hot: sumOf(rows, "c3=c3_2", 1, false),
  }),
});
