import { join } from "node:path";
import { nodeColumnThreads } from "@tideline/pipeline/frame/threads";
import { ownCase } from "../own-case.ts";

// Threads load what they need while this one does.
const threads = nodeColumnThreads();
const { collectFrame, columnOfKind } = await import("@tideline/learn/frame");
const { chain, oneHotEncoder, simpleImputer, standardScaler } =
  await import("@tideline/learn/transform/column");
const { parquetSource } = await import("@tideline/pipeline/frame/parquet");

const numbers = Array.from({ length: 30 }, (_, at) => `n${at}`);
const names = Array.from({ length: 10 }, (_, at) => `c${at}`);

type Values = Float32Array | Float64Array | Uint8Array;

/** The sum of a column's numbers without their signs. */
function absoluteOf(values: Values): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += Math.abs(values[row]!);
  return sum;
}

/** The sum of their squares. */
function squaresOf(values: Values): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row]! * values[row]!;
  return sum;
}

/** The sum of their cubes without signs. */
function cubesOf(values: Values): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += Math.abs(values[row]! * values[row]! * values[row]!);
  return sum;
}

/** Impute with the mean, standardise, one-hot: fitted and applied, as a chain. */
export const own = ownCase({
  async load(folder) {
    const source = await parquetSource(join(folder, "table.parquet"), { shared: true, crew: threads });
    return collectFrame(source);
  },
  async run(rows) {
    const steps = [
      simpleImputer({ columns: numbers }),
      standardScaler({ columns: numbers }),
      oneHotEncoder({ columns: names, dtype: "boolean" }),
    ];
    return (await chain(steps).fitTransformWith(threads, rows)).rows;
  },
  digest(rows) {
    const floats = (name: string): Values => columnOfKind(rows, name, "float").values;
    return {
      width: rows.columns.length,
      absolute: absoluteOf(floats("n3")),
      squares: squaresOf(floats("n7")),
      cubes: cubesOf(floats("n8")),
      hot: absoluteOf(columnOfKind(rows, "c3=c3_2", "boolean").values),
    };
  },
});
