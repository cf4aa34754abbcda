import { predictClasses } from "../../classifier.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import type { Tree } from "../tree-ensemble.ts";
import type { BinPath } from "./bin-path.ts";

/** What trees say of rows that they have not drawn, added up while the forest grows. */
export interface OutOfBagSums {
  readonly width: number;
  /** [rows * width] */
  readonly sums: Float64Array;
  /** Trees that have not drawn the row. [rows] */
  readonly trees: Int32Array;
}

/** What a forest of classes says of its own training rows by the trees alone that have not drawn them. */
export interface OutOfBagClasses {
  /** Trees that have not drawn the row. [N] */
  readonly trees: Int32Array;
  /** [N, K]; NaN for a row that every tree has drawn. */
  readonly probabilities: Matrix;
  /** Share of right answers among rows that some tree has not drawn, by their sample weights; NaN without such rows. */
  readonly accuracy: number;
}

/** What a forest of numbers says of its own training rows by the trees alone that have not drawn them. */
export interface OutOfBagNumbers {
  /** Trees that have not drawn the row. [N] */
  readonly trees: Int32Array;
  /** [N]; NaN for a row that every tree has drawn. */
  readonly predictions: Float64Array;
  /** Share of the variance that is explained, among rows that some tree has not drawn, by their sample weights. */
  readonly r2: number;
  /** Root of the mean squared error among them. */
  readonly rmse: number;
}

/** Nothing said yet. */
export function outOfBagSums(rows: number, width: number): OutOfBagSums {
  return { width, sums: new Float64Array(rows * width), trees: new Int32Array(rows) };
}

/** The leaf that each row reaches which a tree has not drawn; -1 for rows that it has. [rows] */
export function unseenLeaves(drawn: Uint32Array, path: BinPath): Int32Array {
  const leaves = new Int32Array(drawn.length);
  for (let row = 0; row < drawn.length; row++) leaves[row] = drawn[row]! > 0 ? -1 : path(row);
  return leaves;
}

/** Adds what the leaves of a tree say; trees in their order, so that sums do not depend on who grew them. */
export function addUnseen({ width, sums, trees }: OutOfBagSums, tree: Tree, leaves: Int32Array): void {
  for (let row = 0; row < leaves.length; row++) {
    const leaf = leaves[row]!;
    if (leaf < 0) continue;
    for (let k = 0; k < width; k++) sums[row * width + k]! += tree.value[leaf * width + k]!;
    trees[row]!++;
  }
}

/** Means of what was said; NaN where nothing was. */
function means({ width, sums, trees }: OutOfBagSums): Float64Array {
  return sums.map((sum, at) => sum / trees[Math.floor(at / width)]!);
}

/** @param y positions of classes. */
export function outOfBagClasses(
  out: OutOfBagSums,
  y: ArrayLike<number>,
  weight: Float64Array | undefined,
): OutOfBagClasses {
  const rows = out.trees.length;
  const said = means(out);
  const values = out.width === 1 ? bothClasses(said) : said;
  const probabilities = matrix(rows, values.length / rows, values);
  const classes = predictClasses(probabilities);
  let [right, all] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (out.trees[row] === 0) continue;
    const w = weight?.[row] ?? 1;
    all += w;
    if (classes[row] === y[row]) right += w;
  }
  return Object.freeze({ trees: out.trees, probabilities, accuracy: right / all });
}

/** Two probabilities for each of the second class. */
export function bothClasses(second: Float64Array): Float64Array {
  const out = new Float64Array(second.length * 2);
  for (let row = 0; row < second.length; row++) {
    out[2 * row] = 1 - second[row]!;
    out[2 * row + 1] = second[row]!;
  }
  return out;
}

/** @param y numbers. */
export function outOfBagNumbers(
  out: OutOfBagSums,
  y: ArrayLike<number>,
  weight: Float64Array | undefined,
): OutOfBagNumbers {
  const predictions = means(out);
  const asked = [...out.trees.keys()].filter((row) => out.trees[row]! > 0);
  const sumOf = (part: (row: number) => number) =>
    asked.reduce((sum, row) => sum + (weight?.[row] ?? 1) * part(row), 0);
  const all = sumOf(() => 1);
  const mean = sumOf((row) => y[row]! / all);
  const errors = sumOf((row) => ((y[row]! - predictions[row]!) / all) * (y[row]! - predictions[row]!));
  const spread = sumOf((row) => ((y[row]! - mean) / all) * (y[row]! - mean));
  return Object.freeze({
    trees: out.trees,
    predictions,
    r2: 1 - errors / spread,
    rmse: Math.sqrt(errors),
  });
}
