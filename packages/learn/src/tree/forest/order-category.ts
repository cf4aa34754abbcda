import type { Random } from "../../random.ts";
import { drawBelow } from "./draw.ts";
import type { NodeRows } from "./node-rows.ts";

/**
 * The sums by which the categories of a node are ordered in turn. One order of means finds the best of all subsets for
 * numbers and two classes (W. D. Fisher, "On grouping for maximum homogeneity", JASA 53, 1958); for more classes no
 * order does, and that of each class's share is tried, classes that the node lacks left out.
 */
export function orderings({ source, total, stride }: NodeRows): readonly number[] {
  if (source.classes === 0) return [1];
  return Array.from({ length: stride - 1 }, (_, k) => k + 1).filter((k) => total[k]! > 0);
}

/** Orders occupied bins by the share of a sum in their weight; equals by bin. */
export function orderByShare({ bins, stride, occupied }: NodeRows, count: number, channel: number): void {
  const share = (bin: number) => bins[bin * stride + channel]! / bins[bin * stride]!;
  occupied.subarray(0, count).sort((a, b) => share(a) - share(b) || a - b);
}

/** Puts occupied bins into a random order. */
export function shuffleBins(occupied: Int32Array, count: number, random: Random): void {
  for (let at = count - 1; at > 0; at--) {
    const other = drawBelow(random, at + 1);
    const bin = occupied[at]!;
    occupied[at] = occupied[other]!;
    occupied[other] = bin;
  }
}
