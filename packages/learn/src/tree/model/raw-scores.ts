import { matrix, type Matrix } from "../../matrix.ts";
import type { TreeEnsemble } from "../tree-ensemble.ts";
import type { TreeTable } from "../tree-table.ts";
import { bindColumns } from "./bind-column.ts";
import { fillBlock } from "./fill-block.ts";
import { packEnsemble, type PackedEnsemble, type PackedTree } from "./pack.ts";
import { walkMixed, walkRows, walkTrees } from "./walk.ts";

/** Numbers of a block of rows: they lie in a core's nearest cache while all trees walk over them. */
const BLOCK_NUMBERS = 4096;
const MOST_ROWS = 256;

const packs = new WeakMap<TreeEnsemble, PackedEnsemble>();

/** The packed nodes of an ensemble, kept as long as it lives. */
function packOf(ensemble: TreeEnsemble): PackedEnsemble {
  const known = packs.get(ensemble);
  if (known !== undefined) return known;
  const pack = packEnsemble(ensemble);
  packs.set(ensemble, pack);
  return pack;
}

/** Takes what rows `from` to `from + rows` reach in a tree: its packed entries. */
type Arrive = (tree: number, ends: Int32Array, from: number, rows: number) => void;

/** Walks every tree over every row, a block of rows at a time. */
function walkAll(pack: PackedEnsemble, ensemble: TreeEnsemble, table: TreeTable, arrive: Arrive): void {
  const columns = bindColumns(ensemble, table);
  const stride = pack.slots.length + 1;
  const most = Math.max(4, Math.min(MOST_ROWS, Math.floor(BLOCK_NUMBERS / stride), table.rows));
  const block = new Float64Array(stride * most);
  const ends = new Int32Array(most);
  for (let from = 0; from < table.rows; from += most) {
    const rows = Math.min(most, table.rows - from);
    fillBlock(pack, columns, block, from, rows);
    if (rows === 1) walkOne(pack, block, ends, from, arrive);
    else
      for (let tree = 0; tree < pack.trees.length; tree++) {
        const packed = pack.trees[tree]!;
        if (packed.categorical) walkMixed(pack, packed, block, rows, ends);
        else walkRows(pack, packed, block, rows, ends);
        arrive(tree, ends, from, rows);
      }
  }
}

/** A row alone: trees side by side. */
function walkOne(
  pack: PackedEnsemble,
  block: Float64Array,
  ends: Int32Array,
  from: number,
  arrive: Arrive,
): void {
  const { trees } = pack;
  const one = new Int32Array(1);
  let tree = 0;
  const plain = (packed: PackedTree | undefined) => packed !== undefined && !packed.categorical;
  while (tree < trees.length) {
    if (plain(trees[tree]) && plain(trees[tree + 1]) && plain(trees[tree + 2]) && plain(trees[tree + 3])) {
      walkTrees(pack, tree, block, ends);
      for (let k = 0; k < 4; k++) {
        one[0] = ends[k]!;
        arrive(tree + k, one, from, 1);
      }
      tree += 4;
      continue;
    }
    walkMixed(pack, trees[tree]!, block, 1, one);
    arrive(tree, one, from, 1);
    tree += 1;
  }
}

/**
 * The raw scores of rows, no link function applied: `[rows, outputs]`, float64. A column is found by its feature's name. Of
 * sums, the base comes first and then the trees in their order; of averages the base comes last.
 *
 * @throws ARGUMENT_INVALID for a column that is missing, or has categories where numbers are asked for.
 * @example
 * const scores = rawScores(model.ensemble, treeTable({ columns: { speed: Float32Array.of(0.4, 0.6) } }));
 * scores.values[1]; // of the second row
 */
export function rawScores(ensemble: TreeEnsemble, table: TreeTable): Matrix {
  const { outputs, base, average } = ensemble;
  const pack = packOf(ensemble);
  const { trees, rows: leafRows, counts } = pack;
  const scores = new Float64Array(table.rows * outputs);
  if (!average) for (let at = 0; at < scores.length; at++) scores[at] = base[at % outputs]!;
  walkAll(pack, ensemble, table, (tree, ends, from, rows) => {
    const { target: to, bounds } = trees[tree]!;
    if (to >= 0)
      for (let row = 0, at = from * outputs + to; row < rows; row++, at += outputs)
        scores[at]! += bounds[ends[row]!]!;
    else
      for (let row = 0, at = from * outputs; row < rows; row++) {
        const leaf = bounds[ends[row]!]! * outputs;
        for (let output = 0; output < outputs; output++, at++) scores[at]! += leafRows[leaf + output]!;
      }
  });
  if (average)
    for (let at = 0; at < scores.length; at++) {
      const output = at % outputs;
      scores[at] = scores[at]! / Math.max(1, counts[output]!) + base[output]!;
    }
  return matrix(table.rows, outputs, scores);
}

/**
 * The leaf that each row reaches in each tree, by its place among the tree's nodes: `[rows][trees]`.
 *
 * @throws ARGUMENT_INVALID as {@link rawScores}.
 */
export function leafNodes(ensemble: TreeEnsemble, table: TreeTable): Int32Array {
  const pack = packOf(ensemble);
  const { trees } = pack;
  const leaves = new Int32Array(table.rows * trees.length);
  walkAll(pack, ensemble, table, (tree, ends, from, rows) => {
    const { nodes } = trees[tree]!;
    for (let row = 0, at = from * trees.length + tree; row < rows; row++, at += trees.length)
      leaves[at] = nodes[ends[row]!]!;
  });
  return leaves;
}
