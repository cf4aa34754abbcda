import type { BinnedFeature } from "../binned-table.ts";
import type { ForestSplit } from "./best-split.ts";
import type { ForestSource } from "./forest-source.ts";
import { nodeList, type NodeList } from "./node-list.ts";
import { writeValue, type NodeRows } from "./node-rows.ts";

/** A tree that is being grown; used for one after the other. */
export interface ForestDraft {
  readonly source: ForestSource;
  readonly list: NodeList;
  /** Of each branch the last bin that goes left. */
  readonly cuts: Int32Array;
  /** Of each branch that asks for a category, in the order of the list's sets, 1 for bins that go left. */
  readonly goesLeft: Uint8Array[];
}

/** Room for trees of so many leaves. */
export function forestDraft(source: ForestSource, leaves: number): ForestDraft {
  const list = nodeList(Math.max(1, 2 * leaves - 1), source.classes === 0 ? 1 : source.classes);
  return { source, list, cuts: new Int32Array(list.feature.length), goesLeft: [] };
}

/** Says of a node what was gathered of its rows. */
export function writeLeaf({ list }: ForestDraft, node: number, rows: NodeRows): void {
  list.rows[node] = rows.draws;
  list.weight[node] = rows.total[0]!;
  writeValue(rows, list.value, node * list.width);
}

/** Makes a branch of a leaf; its children are written by whoever parts its rows. */
export function writeBranch(
  { source, list, cuts, goesLeft }: ForestDraft,
  node: number,
  split: ForestSplit,
): void {
  const feature = source.table.features[split.feature]!;
  list.feature[node] = split.feature;
  list.missingLeft[node] = split.missingLeft ? 1 : 0;
  list.gain[node] = split.gain;
  cuts[node] = split.cut;
  if (split.goesLeft !== undefined) goesLeft.push(split.goesLeft);
  if (feature.kind === "numeric") list.threshold[node] = feature.upper[split.cut]!;
  else {
    list.set[node] = list.sets.length;
    list.sets.push(codesOf(feature, split));
  }
}

/** The codes of bins that go left; those without a bin of their own go where what is missing goes. */
function codesOf(feature: BinnedFeature & { kind: "categorical" }, split: ForestSplit): Uint32Array {
  const bits = new Uint32Array((feature.categories.length + 31) >>> 5);
  if (split.missingLeft)
    for (let code = 0; code < feature.categories.length; code++) bits[code >>> 5]! |= 1 << (code & 31);
  for (const [bin, code] of feature.codes.entries()) {
    if (split.goesLeft![bin] === 1) bits[code >>> 5]! |= 1 << (code & 31);
    else bits[code >>> 5]! &= ~(1 << (code & 31));
  }
  return bits;
}
