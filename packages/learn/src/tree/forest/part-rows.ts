import type { ForestSplit } from "./best-split.ts";
import { pickBins } from "./bin-sum.ts";
import type { NodeRows } from "./node-rows.ts";

/** Rows that go left come first; both sides keep their order. Returns where the right side begins. */
export function partRows(s: NodeRows, start: number, end: number, split: ForestSplit): number {
  const { order, picked, spare } = s;
  const { feature, goesLeft, cut } = split;
  const of = s.source.table.features[feature]!;
  pickBins(s, feature, start, end - start);
  if (goesLeft !== undefined) return partSet(order, spare, picked, start, end, goesLeft);
  const missing = of.kind === "numeric" && of.missing && split.missingLeft ? of.bins - 1 : -1;
  return partCut(order, spare, picked, start, end, cut, missing);
}

function partCut(
  order: Int32Array,
  spare: Int32Array,
  picked: Uint8Array,
  start: number,
  end: number,
  cut: number,
  missing: number,
): number {
  let [middle, right] = [start, 0];
  for (let at = start; at < end; at++) {
    const row = order[at]!;
    const bin = picked[at - start]!;
    const left = bin <= cut || bin === missing ? 1 : 0;
    order[middle] = row;
    spare[right] = row;
    middle += left;
    right += 1 - left;
  }
  for (let at = 0; at < right; at++) order[middle + at] = spare[at]!;
  return middle;
}

function partSet(
  order: Int32Array,
  spare: Int32Array,
  picked: Uint8Array,
  start: number,
  end: number,
  goesLeft: Uint8Array,
): number {
  let [middle, right] = [start, 0];
  for (let at = start; at < end; at++) {
    const row = order[at]!;
    const left = goesLeft[picked[at - start]!]!;
    order[middle] = row;
    spare[right] = row;
    middle += left;
    right += 1 - left;
  }
  for (let at = 0; at < right; at++) order[middle + at] = spare[at]!;
  return middle;
}
