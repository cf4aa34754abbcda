import { boostedTrees, chooseKernels, randomForest, type TreeRows } from "@tideline/learn/tree";
import { nodeTreeThreads } from "../../packages/pipeline/src/runtime/tree-threads.ts";
import type { TreeSetting } from "./case.ts";
import type { OpenCall } from "./message.ts";

/** A model of ours, as the comparison asks it. */
export interface OwnModel {
  /** Numbers, or probabilities: of the second class for two, else of each. */
  predict(columns: readonly Float32Array[]): Float64Array;
}

/** Columns by name, those of categories as the numbers that they stand as in the file. */
function rowsOf({ files }: OpenCall, columns: readonly Float32Array[]): TreeRows {
  const name = (at: number): string => `c${at}`;
  return {
    columns: Object.fromEntries(columns.map((values, at) => [name(at), values])),
    categorical: files.categorical.map(name),
  };
}

const classNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, k) => `class ${k}`);

/** The only column of numbers, or the second of two, or all. */
function outputsOf(task: OpenCall["task"], { values }: { readonly values: ArrayLike<number> }): Float64Array {
  if (task !== "binary") return Float64Array.from(values);
  return Float64Array.from({ length: values.length / 2 }, (_, row) => values[2 * row + 1]!);
}

/** Trains a model of ours from columns, as a user would: with the kernels that suit the place. */
export async function trainOwn(
  call: OpenCall,
  { columns, y }: { readonly columns: readonly Float32Array[]; readonly y: Float64Array },
  setting: TreeSetting,
  seed: number,
): Promise<OwnModel> {
  const { family, task, threads } = call;
  const rows = rowsOf(call, columns);
  const { rounds, minChildRows, minChildWeight, bins, leaves, rate, ...drawn } = setting;
  const both = { minChildRows, minChildWeight, bins, seed };
  const labels = { y: Int32Array.from(y), classes: classNames(task === "binary" ? 2 : call.classes) };
  if (family === "forest") {
    const forest = { ...both, trees: rounds, outOfBag: false };
    if (task === "regression") {
      const model = await randomForest({ ...forest, task, features: 1 / 3 }).fit({ ...rows, y });
      return { predict: (asked) => model.predict(rowsOf(call, asked)) };
    }
    const model = await randomForest(forest).fit({ ...rows, ...labels });
    return { predict: (asked) => outputsOf(task, model.predictProbabilities(rowsOf(call, asked))) };
  }
  const boosting = { ...both, ...drawn, rounds, leaves, rate };
  const fit = { kernels: chooseKernels({ threads: nodeTreeThreads() }).open, threads };
  if (task === "regression") {
    const model = await boostedTrees({ ...boosting, task }).fit({ ...rows, y }, fit);
    return { predict: (asked) => model.predict(rowsOf(call, asked)) };
  }
  const model = await boostedTrees(boosting).fit({ ...rows, ...labels }, fit);
  return { predict: (asked) => outputsOf(task, model.predictProbabilities(rowsOf(call, asked))) };
}
