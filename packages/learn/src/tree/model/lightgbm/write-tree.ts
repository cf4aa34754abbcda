import type { Tree } from "../../tree-ensemble.ts";

/** How a feature's branches are written. */
export type LightgbmColumn =
  | { readonly kind: "numeric"; readonly zeroIsMissing: boolean }
  /** LightGBM's integer of each code. */
  | { readonly kind: "categorical"; readonly values: readonly number[] };

/** A tree, and which of its leaves' numbers are written. */
export interface WrittenTree {
  readonly tree: Tree;
  readonly column: number;
}

/** What becomes of leaves' numbers. */
interface LeafChange {
  readonly factor: number;
  readonly offset: number;
}

const text = (value: number): string => {
  if (Number.isNaN(value)) return "0";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
};

/** A number of rows, 0 where it is not known. */
const countOf = (value: number): number => (Number.isFinite(value) ? Math.round(value) : 0);

/**
 * The values whose bits are set: those that go left, or right where what is missing goes left. LightGBM sends right what is
 * missing or not in the set, so that such a branch has its sides exchanged.
 */
function bitsOf(tree: Tree, node: number, values: readonly number[]): number[] {
  const words = tree.sets[tree.set[node]!]!;
  const wanted = tree.missingLeft[node] === 1 ? 0 : 1;
  const bits: number[] = [];
  for (const [code, value] of values.entries()) {
    if ((((words[code >>> 5] ?? 0) >>> (code & 31)) & 1) !== wanted) continue;
    while (bits.length <= value >>> 5) bits.push(0);
    bits[value >>> 5] = (bits[value >>> 5]! | (1 << (value & 31))) >>> 0;
  }
  return bits.length === 0 ? [0] : bits;
}

/** The lines of a tree: branches in their order, then leaves in theirs; a tree that adds `offset` where there is none. */
export function writeTree(
  given: WrittenTree | undefined,
  columns: readonly LightgbmColumn[],
  { factor, offset }: LeafChange,
): string {
  if (given === undefined)
    return `num_leaves=1\nnum_cat=0\nsplit_feature=\nsplit_gain=\nthreshold=\ndecision_type=\nleft_child=\nright_child=\nleaf_value=${text(offset)}\nleaf_weight=0\nleaf_count=0\ninternal_value=\ninternal_weight=\ninternal_count=\nis_linear=0\nshrinkage=1\n`;
  const { tree, column } = given;
  const nodes = [...tree.feature.keys()];
  const branches = nodes.filter((node) => tree.feature[node] !== -1);
  const leaves = nodes.filter((node) => tree.feature[node] === -1);
  const place = new Int32Array(nodes.length);
  for (const [at, node] of branches.entries()) place[node] = at;
  for (const [at, node] of leaves.entries()) place[node] = -1 - at;

  const bounds = [0];
  const bits: number[] = [];
  const exchanged = new Set<number>();
  const thresholds: string[] = [];
  const decisions: number[] = [];
  for (const node of branches) {
    const asked = columns[tree.feature[node]!]!;
    const missingLeft = tree.missingLeft[node]!;
    if (asked.kind === "numeric") {
      thresholds.push(text(tree.threshold[node]!));
      decisions.push(2 * missingLeft + 4 * (asked.zeroIsMissing ? 1 : 2));
      continue;
    }
    if (missingLeft === 1) exchanged.add(node);
    thresholds.push(String(bounds.length - 1));
    decisions.push(1);
    bits.push(...bitsOf(tree, node, asked.values));
    bounds.push(bits.length);
  }
  const valueOf = (node: number): number => tree.value[node * tree.width + column]! * factor + offset;
  const childOf = (node: number, side: "left" | "right"): number => {
    const turned = side === "left" ? "right" : "left";
    return place[tree[exchanged.has(node) ? turned : side][node]!]!;
  };
  const line = (key: string, list: readonly number[], of: (node: number) => number): string =>
    `${key}=${list.map((node) => text(of(node))).join(" ")}`;
  return `${[
    `num_leaves=${leaves.length}`,
    `num_cat=${bounds.length - 1}`,
    line("split_feature", branches, (node) => tree.feature[node]!),
    line("split_gain", branches, (node) => tree.gain[node]!),
    `threshold=${thresholds.join(" ")}`,
    `decision_type=${decisions.join(" ")}`,
    line("left_child", branches, (node) => childOf(node, "left")),
    line("right_child", branches, (node) => childOf(node, "right")),
    line("leaf_value", leaves, valueOf),
    line("leaf_weight", leaves, (node) => tree.weight[node]!),
    line("leaf_count", leaves, (node) => countOf(tree.count[node]!)),
    line("internal_value", branches, valueOf),
    line("internal_weight", branches, (node) => tree.weight[node]!),
    line("internal_count", branches, (node) => countOf(tree.count[node]!)),
    ...(bounds.length === 1 ? [] : [`cat_boundaries=${bounds.join(" ")}`, `cat_threshold=${bits.join(" ")}`]),
    "is_linear=0",
    "shrinkage=1",
  ].join("\n")}\n`;
}
