import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import { askedColumns } from "../asked-column.ts";
import { goesLeft } from "../branch.ts";
import { coverShares, type Cover } from "../cover.ts";
import { outputScales } from "../../model/output-scale.ts";
import type { GridColumn } from "./dependence-axis.ts";

/** The mean of the leaves that each point of a grid leads to, other branches followed in the proportion of their rows. */
export function coverDependence(
  who: string,
  ensemble: TreeEnsemble,
  grid: readonly GridColumn[],
  cover: Cover,
): Float64Array {
  const { outputs, features, trees } = ensemble;
  const points = grid.reduce((product, { values }) => product * values.length, 1);
  const mean = Float64Array.from(
    { length: outputs * points },
    (_, at) => ensemble.base[Math.floor(at / points)]!,
  );
  const scales = outputScales(ensemble);
  const asked = pointColumns(
    grid.map(({ at, column, values }) => {
      const only = { features: [features[at]!] };
      return { at, values: askedColumns(only, { rows: values.length, columns: [column] })[0]! };
    }),
    points,
  );
  for (const [place, tree] of trees.entries()) {
    const shares = coverShares(who, tree, cover);
    const target = Math.max(0, ensemble.target[place]!);
    for (let point = 0; point < points; point++) {
      const sums = expectedScore(tree, shares, asked, point);
      for (let k = 0; k < tree.width; k++) mean[(target + k) * points + point]! += scales[target]! * sums[k]!;
    }
  }
  return mean;
}

/** For each feature of the grid its value at each point; the last feature's values go by first. */
function pointColumns(
  axes: readonly { readonly at: number; readonly values: Float64Array }[],
  points: number,
): ReadonlyMap<number, Float64Array> {
  let every = 1;
  const columns = axes.toReversed().map(({ at, values }) => {
    const step = every;
    every *= values.length;
    return [
      at,
      Float64Array.from({ length: points }, (_, point) => values[Math.floor(point / step) % values.length]!),
    ] as const;
  });
  return new Map(columns);
}

function expectedScore(
  tree: Tree,
  shares: Float64Array,
  asked: ReadonlyMap<number, Float64Array>,
  point: number,
): Float64Array {
  const { feature, left, right, value, width } = tree;
  const reached = new Float64Array(feature.length);
  const sums = new Float64Array(width);
  reached[0] = 1;
  for (let node = 0; node < reached.length; node++) {
    const weight = reached[node]!;
    if (weight === 0) continue;
    if (feature[node]! < 0) {
      for (let k = 0; k < width; k++) sums[k]! += weight * value[node * width + k]!;
      continue;
    }
    const column = asked.get(feature[node]!);
    if (column === undefined) {
      reached[left[node]!] = weight * shares[left[node]!]!;
      reached[right[node]!] = weight * shares[right[node]!]!;
    } else reached[goesLeft(tree, node, column[point]!) ? left[node]! : right[node]!] = weight;
  }
  return sums;
}
