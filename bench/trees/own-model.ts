import { boostedTrees, chooseKernels, randomForest, type OpenTreeKernels } from "@tideline/learn/tree";
import { nodeForestThreads } from "../../packages/pipeline/src/runtime/forest-threads.ts";
import { nodeTreeThreads } from "../../packages/pipeline/src/runtime/tree-threads.ts";
import type { TreeSetting } from "./case.ts";
import { readNumbers, type LoadedPart } from "./data-file.ts";
import type { OpenCall } from "./message.ts";
import { binnedFiles, rowsOf, trainClasses } from "./own-rows.ts";

/** A model of ours, as the comparison asks it. */
export interface OwnModel {
  /** Numbers, or probabilities: of the second class for two, else of each. */
  predict(columns: readonly Float32Array[]): Float64Array;
}

const classNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, k) => `class ${k}`);

/** The only column of numbers, or the second of two, or all. */
function outputsOf(task: OpenCall["task"], { values }: { readonly values: ArrayLike<number> }): Float64Array {
  if (task !== "binary") return Float64Array.from(values);
  return Float64Array.from({ length: values.length / 2 }, (_, row) => values[2 * row + 1]!);
}

/** Rows and numbers, or rows and classes. */
async function trainingRows(
  call: OpenCall,
  loaded: LoadedPart | undefined,
  { bins }: TreeSetting,
  seed: number,
  { reserve }: OpenTreeKernels,
) {
  const { family, files, task } = call;
  // A forest's own default, as it bins columns itself, and memory that its threads share; boosting works where bins stand.
  const options =
    family === "forest"
      ? { minBinRows: 1, allocate: (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes)) }
      : { allocate: reserve?.() };
  const rows =
    loaded === undefined
      ? { binned: await binnedFiles(call, { bins, seed, ...options }) }
      : rowsOf(call, loaded.columns);
  if (task === "regression") return { ...rows, y: loaded?.y ?? readNumbers(files.train.y, files.train.rows) };
  const classes = classNames(task === "binary" ? 2 : call.classes);
  return { ...rows, y: loaded === undefined ? trainClasses(call) : new Int32Array(loaded.y), classes };
}

/**
 * Trains a model of ours as a user would, with the kernels that suit the place: from columns, or from their files a piece
 * at a time.
 */
export async function trainOwn(
  call: OpenCall,
  loaded: LoadedPart | undefined,
  setting: TreeSetting,
  seed: number,
): Promise<OwnModel> {
  const { family, task, threads } = call;
  const { open: kernels } = chooseKernels({ threads: nodeTreeThreads() });
  const rows = await trainingRows(call, loaded, setting, seed, kernels);
  const { rounds, minChildRows, minChildWeight, bins, leaves, rate, ...drawn } = setting;
  // Rows from files have their bins already.
  const both = { minChildRows, minChildWeight, seed, ...("binned" in rows ? {} : { bins }) };
  if (family === "forest") {
    const forest = { ...both, trees: rounds, outOfBag: false };
    const fit = { crew: nodeForestThreads(threads) };
    if (!("classes" in rows)) {
      const model = await randomForest({ ...forest, task: "regression", features: 1 / 3 }).fit(rows, fit);
      return { predict: (asked) => model.predict(rowsOf(call, asked)) };
    }
    const model = await randomForest(forest).fit(rows, fit);
    return { predict: (asked) => outputsOf(task, model.predictProbabilities(rowsOf(call, asked))) };
  }
  const boosting = { ...both, ...drawn, rounds, leaves, rate };
  const fit = { kernels, threads };
  if (!("classes" in rows)) {
    const model = await boostedTrees({ ...boosting, task: "regression" }).fit(rows, fit);
    return { predict: (asked) => model.predict(rowsOf(call, asked)) };
  }
  const model = await boostedTrees(boosting).fit(rows, fit);
  return { predict: (asked) => outputsOf(task, model.predictProbabilities(rowsOf(call, asked))) };
}
