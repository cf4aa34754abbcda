import type { Random } from "../../../random.ts";
import type { Tree, TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../../tree-table.ts";
import { treeEnsemble } from "../ensemble.ts";
import { ZERO_SIZE } from "../zero.ts";

/** What a random ensemble looks like. */
export interface RandomForm {
  readonly trees: number;
  /** Leaves of a tree at most. */
  readonly leaves: number;
  /** Every tree has that many. */
  readonly exact?: boolean;
  readonly outputs?: number;
  /** Trees as wide as all outputs. */
  readonly wide?: boolean;
  readonly average?: boolean;
  readonly features: readonly TreeFeature[];
  /** Thresholds. Default: half of them among -2 to 2 in steps of a half, else normal. */
  readonly threshold?: (random: Random) => number;
  /** Rows of a leaf, for branches that have those of their leaves. Default: nodes have rows at random. */
  readonly leafRows?: (random: Random) => number;
}

/** A numeric feature for each name. */
export const numbers = (count: number, zeroIsMissing = false): TreeFeature[] =>
  Array.from({ length: count }, (_, at) => ({ kind: "numeric", name: `n${at}`, zeroIsMissing }));

/** A categorical feature with the categories "c0", "c1", ... */
export const categories = (name: string, count: number): TreeFeature => ({
  kind: "categorical",
  name,
  categories: Array.from({ length: count }, (_, code) => `c${code}`),
});

const drawThreshold = (random: Random): number => {
  const kind = random.integer(16);
  if (kind === 0)
    return [Infinity, -Infinity, 0, -0, ZERO_SIZE, -ZERO_SIZE, 1e300, -1e300][random.integer(8)]!;
  return kind < 8 ? (random.integer(9) - 4) / 2 : random.normal();
};

function randomTree(random: Random, { leaves, features, threshold, ...form }: RandomForm): Tree {
  const width = form.wide === true ? (form.outputs ?? 1) : 1;
  // A branch takes the place of a random leaf; nodes are numbered as they are made, which is before their children.
  const wanted = form.exact === true ? leaves : 1 + random.integer(leaves);
  const feature = [-1];
  const left = [-1];
  const right = [-1];
  for (let open = [0]; open.length < wanted;) {
    const [node] = open.splice(random.integer(open.length), 1) as [number];
    feature[node] = random.integer(features.length);
    const first = feature.length;
    const turned = random.integer(2);
    left[node] = first + turned;
    right[node] = first + 1 - turned;
    for (const list of [feature, left, right]) list.push(-1, -1);
    open = [...open, first, first + 1];
  }
  const sets: Uint32Array[] = [];
  const set = feature.map((asked) => {
    const one = features[asked];
    if (one?.kind !== "categorical") return -1;
    const words = Array.from({ length: (one.categories.length + 31) >>> 5 }, () => 0);
    const share = random.integer(4);
    for (let code = 0; code < one.categories.length; code++)
      if (random.integer(4) <= share) words[code >>> 5]! |= 1 << (code & 31);
    // Words of zeros at the end may be left out.
    while (words.length > 0 && words.at(-1) === 0) words.pop();
    return sets.push(Uint32Array.from(words)) - 1;
  });
  const draw = threshold ?? drawThreshold;
  const { leafRows } = form;
  const positive = () => {
    if (leafRows === undefined) return Float64Array.from(feature, () => random.integer(1000));
    const sums = new Float64Array(feature.length);
    for (let node = sums.length - 1; node >= 0; node--)
      sums[node] = feature[node] === -1 ? leafRows(random) : sums[left[node]!]! + sums[right[node]!]!;
    return sums[0] === 0 ? sums.fill(1) : sums;
  };
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(feature, (asked) =>
      features[asked]?.kind === "numeric" ? draw(random) : Number.NaN,
    ),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(feature, (asked) => (asked === -1 ? 0 : random.integer(2))),
    set: Int32Array.from(set),
    sets,
    width,
    value: Float64Array.from({ length: feature.length * width }, () => random.normal()),
    count: positive(),
    weight: positive(),
    gain: Float64Array.from(feature, (asked) => (asked === -1 ? 0 : random.uniform())),
  };
}

/** An ensemble of random trees. */
export function randomEnsemble(random: Random, form: RandomForm): TreeEnsemble {
  const { outputs = 1, features, average = false } = form;
  return treeEnsemble({
    features,
    outputs,
    average,
    base: Float64Array.from({ length: outputs }, () => random.normal()),
    trees: Array.from({ length: form.trees }, () => randomTree(random, form)),
  });
}

/**
 * Rows that an ensemble's thresholds matter to: NaN, infinities, zeros, the thresholds themselves and their neighbours, numbers
 * in between; codes, some of them of no category.
 *
 * @param round what numbers are rounded to
 */
export function tryingTable(
  random: Random,
  { features, trees }: TreeEnsemble,
  rows: number,
  neighbours: (value: number) => readonly number[],
): TreeTable {
  const columns = features.map((feature, at): TreeColumn => {
    if (feature.kind === "categorical") {
      const { name, categories } = feature;
      const codes = Int32Array.from({ length: rows }, () => random.integer(categories.length + 3) - 1);
      return { kind: "categorical", name, categories, codes };
    }
    const thresholds = trees.flatMap(({ feature: asked, threshold }) =>
      [...threshold].filter((_, node) => asked[node] === at),
    );
    const special = [Number.NaN, Infinity, -Infinity, 0, -0, ZERO_SIZE, -ZERO_SIZE, 1e-36];
    const draw = (): number => {
      const kind = random.integer(8);
      if (kind === 0) return special[random.integer(special.length)]!;
      if (kind < 6 && thresholds.length > 0) {
        const near = neighbours(thresholds[random.integer(thresholds.length)]!);
        return near[random.integer(near.length)]!;
      }
      return random.normal();
    };
    return { kind: "numeric", name: feature.name, values: Float64Array.from({ length: rows }, draw) };
  });
  return { rows, columns };
}

/** Row `row` of a table as numbers, codes for categories. */
export function rowNumbers({ columns }: TreeTable, row: number): number[] {
  return columns.map((column) => (column.kind === "numeric" ? column.values[row]! : column.codes[row]!));
}
