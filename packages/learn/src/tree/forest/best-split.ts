import type { Random } from "../../random.ts";
import type { BinnedFeature } from "../binned-table.ts";
import { binCentre, cutBetween } from "./bin-centre.ts";
import { drawBelow, tossCoin } from "./draw.ts";
import type { ForestGrowth } from "./forest-source.ts";
import { clearBins, fillBins, pickBins, pickEnds } from "./bin-sum.ts";
import { enoughGain } from "./enough-gain.ts";
import { isNear } from "./near-row.ts";
import { MANY, type NodeRows } from "./node-rows.ts";
import { orderByShare, orderings, shuffleBins } from "./order-category.ts";
import { CONSTANT, MISSING, scanFew } from "./scan-few.ts";
import { placeRows, scanNumber } from "./scan-number.ts";
import { randomCut, scanRandom } from "./scan-random.ts";
import { floorOf, scanBoundaries, type Boundary, type Found, type SideLimits } from "./scan-boundary.ts";

/** How a node is split. */
export interface ForestSplit {
  readonly feature: number;
  /** Bins up to this go left; of a categorical feature -1. */
  readonly cut: number;
  /** 1 for bins of a categorical feature that go left; undefined for numbers. */
  readonly goesLeft: Uint8Array | undefined;
  readonly missingLeft: boolean;
  /** Drop of weight times impurity. */
  readonly gain: number;
}

/** What the search for splits keeps from node to node. */
export interface SplitSearch {
  readonly rows: NodeRows;
  readonly growth: ForestGrowth;
  readonly limits: SideLimits;
  /** All features, the first of which were drawn for the node at hand; in their order when a tree begins. */
  readonly features: Int32Array;
  /** Per feature, where its bins lie. */
  readonly centres: readonly Float64Array[];
}

/** Prepares the search for a forest. */
export function splitSearch(rows: NodeRows, growth: ForestGrowth): SplitSearch {
  const { features } = rows.source.table;
  const weighted = rows.source.weight !== undefined;
  const draws = weighted && growth.minChildRows > 1;
  return {
    rows,
    growth,
    limits: { weight: growth.minChildWeight, rows: weighted && !draws ? 0 : growth.minChildRows, draws },
    features: Int32Array.from(features, (_, at) => at),
    centres: features.map(binCentre),
  };
}

/**
 * The best split of the rows that were gathered, among features drawn at random: as many as the growth says, and more
 * while all that were drawn are constant here (as scikit-learn does), fewer once none can be better. Undefined where no
 * boundary is legal or helps enough.
 */
export function bestSplit(
  search: SplitSearch,
  start: number,
  end: number,
  random: Random,
): ForestSplit | undefined {
  const { rows, growth, features, limits } = search;
  const found: Found = { score: -Infinity, low: 0, high: 0, at: 0, missingLeft: false, weight: 0 };
  const best = { feature: -1, cut: -1, goesLeft: undefined as Uint8Array | undefined };
  const F = features.length;
  const count = end - start;
  const { classes, byRow } = rows.source;
  const quick = !limits.draws && (growth.extra || count < MANY);
  const numbers = !limits.draws && !growth.extra && classes === 0;
  const wide = numbers && placeRows(rows, start, count);
  const codes = isNear(rows.near, start, end) ? rows.near.codes : byRow;
  const floor = floorOf(rows.total[0]!, limits);
  const enough = enoughGain(rows.source, rows.total, count);
  for (let drawn = 0, changing = 0; drawn < F; drawn++) {
    if (drawn >= growth.featuresByNode && changing > 0) break;
    const other = drawn + drawBelow(random, F - drawn);
    const feature = features[other]!;
    features[other] = features[drawn]!;
    features[drawn] = feature;
    const of = rows.source.table.features[feature]!;
    const ends = quick && growth.extra ? pickEnds(rows, feature, start, count) : 0;
    if (ends === 0 && !numbers) pickBins(rows, feature, start, count);
    if (of.kind === "numeric" && (quick || (numbers && !of.missing))) {
      const missing = of.missing ? of.bins - 1 : -1;
      const cut = growth.extra
        ? scanRandom(rows, count, missing, floor, search.centres[feature]!, random, ends, found)
        : !numbers
          ? scanFew(rows, count, missing, floor, found)
          : wide
            ? scanNumber(rows, codes, feature, count, missing, floor, found)
            : scanNumber(rows, rows.source.table.bins[feature]!, 0, count, missing, floor, found);
      if (cut >= 0) {
        best.feature = feature;
        best.cut = growth.extra ? cut : cutBetween(search.centres[feature]!, found.low, found.high);
        best.goesLeft = undefined;
        found.missingLeft = found.weight * 2 >= rows.total[0]!;
        if (found.score >= enough) break;
      }
      if (cut !== CONSTANT && cut !== MISSING) changing++;
      if (cut !== MISSING) continue;
    }
    if (numbers) pickBins(rows, feature, start, count);
    const occupied = fillBins(rows, feature, count, limits.draws);
    if (occupied > 1) {
      changing++;
      if (scanFeature(search, of, feature, occupied, random, found)) {
        best.feature = feature;
        best.cut = of.kind === "numeric" ? cutOf(rows, of, search.centres[feature]!, occupied, found.at) : -1;
        best.goesLeft = of.kind === "numeric" ? undefined : leftBins(rows, of, occupied, found);
      }
    }
    clearBins(rows, occupied);
  }
  const gain = (found.score - ownScore(rows)) * rows.source.gainScale;
  // A drop that is nothing but rounding counts as none, not as less than none.
  const slack = Math.abs(found.score) * 1e-12;
  if (best.feature < 0 || !(gain + slack >= growth.minGain)) return undefined;
  return { ...best, missingLeft: found.missingLeft, gain: Math.max(gain, 0) };
}

/** The score of the node unsplit; that of numbers is the drop itself. */
function ownScore({ total, source, stride }: NodeRows): number {
  if (source.classes === 0) return 0;
  let squares = 0;
  for (let k = 1; k < stride; k++) squares += total[k]! * total[k]!;
  return squares / total[0]!;
}

function scanFeature(
  search: SplitSearch,
  of: BinnedFeature,
  feature: number,
  occupied: number,
  random: Random,
  found: Found,
): boolean {
  const { rows, growth, limits } = search;
  if (of.kind === "categorical") {
    if (growth.extra) {
      shuffleBins(rows.occupied, occupied, random);
      const only = { at: 1 + drawBelow(random, occupied - 1), missingLeft: false };
      return scanBoundaries(rows, occupied, -1, limits, found, only);
    }
    return scanCategories(rows, occupied, limits, found);
  }
  const missing = of.missing && rows.occupied[occupied - 1] === of.bins - 1 ? of.bins - 1 : -1;
  const count = missing < 0 ? occupied : occupied - 1;
  const only = growth.extra
    ? randomBoundary(rows, search.centres[feature]!, count, missing, random)
    : undefined;
  const better = scanBoundaries(rows, count, missing, limits, found, only);
  // Where no row is missing, what is missing later goes with the heavier side.
  if (better && missing < 0) found.missingLeft = found.weight * 2 >= rows.total[0]!;
  return better;
}

/** The order of classes that is tried is that of each class's share: for two it finds the best of all subsets. */
function scanCategories(rows: NodeRows, occupied: number, limits: SideLimits, found: Found): boolean {
  let [better, order] = [false, undefined as Int32Array | undefined];
  for (const channel of orderings(rows)) {
    orderByShare(rows, occupied, channel);
    if (!scanBoundaries(rows, occupied, -1, limits, found)) continue;
    better = true;
    order = rows.occupied.slice(0, occupied);
  }
  if (order !== undefined) rows.occupied.set(order);
  return better;
}

function randomBoundary(
  { occupied }: NodeRows,
  centre: Float64Array,
  count: number,
  missing: number,
  random: Random,
): Boundary {
  if (count === 1) return { at: 1, missingLeft: false };
  const cut = randomCut(centre, occupied[0]!, occupied[count - 1]!, random);
  let at = 1;
  while (occupied[at]! <= cut) at++;
  return { at, missingLeft: missing >= 0 && tossCoin(random) };
}

/** In the middle of the gap; behind all that is present where only missing rows go right. */
function cutOf(
  { occupied }: NodeRows,
  of: BinnedFeature & { kind: "numeric" },
  centre: Float64Array,
  count: number,
  at: number,
): number {
  const values = of.missing ? of.bins - 1 : of.bins;
  if (at >= count || occupied[at]! >= values) return values - 1;
  return cutBetween(centre, occupied[at - 1]!, occupied[at]!);
}

/** Bins on the left: those that were scanned first, and where they weigh more those that no row of the node is in. */
function leftBins(rows: NodeRows, of: BinnedFeature, occupied: number, found: Found): Uint8Array {
  const left = new Uint8Array(of.bins).fill(found.weight * 2 > rows.total[0]! ? 1 : 0);
  for (let at = 0; at < occupied; at++) left[rows.occupied[at]!] = at < found.at ? 1 : 0;
  found.missingLeft = left[of.bins - 1] === 1;
  return left;
}
