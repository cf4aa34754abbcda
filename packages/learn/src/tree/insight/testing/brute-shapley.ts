import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import { goesLeft } from "../branch.ts";
import { coverShares, type Cover } from "../cover.ts";
import { outputScales } from "../../model/output-scale.ts";

/** A game: what a coalition of features (bits) is worth. */
export type Game = (coalition: number) => number;

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** Members of a coalition. */
function size(coalition: number): number {
  return coalition === 0 ? 0 : (coalition & 1) + size(coalition >> 1);
}

/** Shapley values by their definition (L. Shapley, 1953): a sum over all coalitions. */
export function bruteShapley(game: Game, players: number): Float64Array {
  return Float64Array.from({ length: players }, (_, player) => {
    let sum = 0;
    for (let others = 0; others < 1 << players; others++) {
      if (others & (1 << player)) continue;
      const s = size(others);
      const weight = (factorial(s) * factorial(players - s - 1)) / factorial(players);
      sum += weight * (game(others | (1 << player)) - game(others));
    }
    return sum;
  });
}

/** The interaction of two players by its definition, half of it. */
export function brutePair(game: Game, players: number, one: number, other: number): number {
  const [a, b] = [1 << one, 1 << other];
  let sum = 0;
  for (let others = 0; others < 1 << players; others++) {
    if (others & (a | b)) continue;
    const s = size(others);
    const weight = (factorial(s) * factorial(players - s - 2)) / (2 * factorial(players - 1));
    sum += weight * (game(others | a | b) - game(others | a) - game(others | b) + game(others));
  }
  return sum;
}

/** The raw score of an output where a coalition's features are known and the others' branches are followed both ways. */
export function expectedGame(
  ensemble: TreeEnsemble,
  row: readonly number[],
  output: number,
  cover: Cover = "count",
): Game {
  const scale = outputScales(ensemble)[output]!;
  return (coalition) => {
    let sum = ensemble.base[output]!;
    for (const [at, tree] of ensemble.trees.entries()) {
      const target = ensemble.target[at]!;
      if (target >= 0 && target !== output) continue;
      const shares = coverShares("test", tree, cover);
      sum += scale * follow(tree, shares, 0, row, coalition, target < 0 ? output : 0);
    }
    return sum;
  };
}

function follow(
  tree: Tree,
  shares: Float64Array,
  node: number,
  row: readonly number[],
  coalition: number,
  k: number,
): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return tree.value[node * tree.width + k]!;
  const below = (child: number) => follow(tree, shares, child, row, coalition, k);
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  if (coalition & (1 << feature)) return below(goesLeft(tree, node, row[feature]!) ? left : right);
  return shares[left]! * below(left) + shares[right]! * below(right);
}

/** The mean raw score of an output where features outside a coalition have the values of a background. */
export function backgroundGame(
  ensemble: TreeEnsemble,
  row: readonly number[],
  background: readonly (readonly number[])[],
  output: number,
): Game {
  const everyone = (1 << row.length) - 1;
  return (coalition) => {
    const scores = background.map((other) => {
      const mixed = row.map((value, at) => (coalition & (1 << at) ? value : other[at]!));
      return expectedGame(ensemble, mixed, output)(everyone);
    });
    return scores.reduce((sum, score) => sum + score, 0) / background.length;
  };
}
