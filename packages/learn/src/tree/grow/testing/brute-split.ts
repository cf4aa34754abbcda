import type { BinnedFeature } from "../../binned-table.ts";
import type { Growth } from "../growth.ts";

/** Rows of a node with their raw values and derivatives. */
export interface BruteRows {
  readonly features: readonly BinnedFeature[];
  readonly raw: readonly Float64Array[];
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  readonly rows: readonly number[];
  /** Bounds of values in the node. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * The gain of the best split of a node, by trying every one on the raw rows in float64: each value of a numeric feature
 * as a threshold with what is missing on either side, each subset of categories. No bins, no histograms. 0 where
 * there is none.
 *
 * @param oneHot whether categories are tried only one against the rest.
 */
export function bruteGain(of: BruteRows, growth: Growth, oneHot: boolean): number {
  let best = 0;
  for (const [f, feature] of of.features.entries()) {
    for (const left of feature.kind === "numeric" ? cuts(of, f) : subsets(of, f, feature, oneHot)) {
      const direction = feature.kind === "numeric" ? (growth.monotone?.[f] ?? 0) : 0;
      best = Math.max(best, sideGain(of, growth, direction, left));
    }
  }
  return best;
}

type Side = (row: number) => boolean;

function* cuts({ raw, rows }: BruteRows, f: number): Generator<Side> {
  for (const threshold of new Set(rows.map((row) => raw[f]![row]!))) {
    if (Number.isNaN(threshold)) continue;
    yield (row) => raw[f]![row]! <= threshold;
    yield (row) => Number.isNaN(raw[f]![row]!) || raw[f]![row]! <= threshold;
  }
}

function* subsets(
  { raw, rows }: BruteRows,
  f: number,
  feature: Extract<BinnedFeature, { kind: "categorical" }>,
  oneHot: boolean,
): Generator<Side> {
  const groupOf = (row: number) => (feature.codes.includes(raw[f]![row]!) ? raw[f]![row]! : -1);
  const groups = [...new Set(rows.map(groupOf))];
  for (let subset = 1; subset < 2 ** groups.length - 1; subset++) {
    if (oneHot && (subset & (subset - 1)) !== 0) continue;
    yield (row) => ((subset >> groups.indexOf(groupOf(row))) & 1) === 1;
  }
}

/**
 * What a split saves, by the definition: the loss of the node with its best value less that of both sides with theirs.
 * 0 where it is not allowed.
 */
export function sideGain(of: BruteRows, growth: Growth, direction: number, left: Side): number {
  const sides = [of.rows.filter(left), of.rows.filter((row) => !left(row))].map((rows) => ({
    rows: rows.length,
    ...best(of, growth, rows),
  }));
  const [one, other] = sides as [(typeof sides)[0], (typeof sides)[0]];
  for (const { rows, hessian } of sides) {
    if (rows < growth.minChildRows || hessian < growth.minChildWeight || hessian === 0) return 0;
  }
  if (direction * (one.value - other.value) > 0) return 0;
  return best(of, growth, of.rows).loss - one.loss - other.loss;
}

/** The value within bounds that makes `2 g v + (h + l2) v² + 2 l1 |v|` least, and that least. */
function best({ gradient, hessian, lower, upper }: BruteRows, growth: Growth, rows: readonly number[]) {
  const g = rows.reduce((sum, row) => sum + gradient[row]!, 0);
  const h = rows.reduce((sum, row) => sum + hessian[row]!, 0);
  const pulled = Math.sign(g) * Math.max(0, Math.abs(g) - growth.l1);
  const most = growth.maxDelta > 0 ? growth.maxDelta : Infinity;
  const free = h + growth.l2 > 0 ? -pulled / (h + growth.l2) : 0;
  const value = Math.min(Math.max(Math.min(Math.max(free, -most), most), lower), upper);
  return { hessian: h, value, loss: 2 * pulled * value + (h + growth.l2) * value * value };
}
