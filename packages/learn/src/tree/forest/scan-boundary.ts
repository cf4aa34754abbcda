import type { NodeRows } from "./node-rows.ts";

/** The best boundary so far of a node. */
export interface Found {
  /** Of numbers the drop of variance times weight, of classes the sum over both sides of squared sums by weight; -Infinity for none. */
  score: number;
  /** Of what `scanFew` found, the bins on either side. */
  low: number;
  high: number;
  /** How many of the bins, in the order that they were looked at, go left. */
  at: number;
  /** Whether what is missing was seen there and goes left. */
  missingLeft: boolean;
  /** Weight that goes left. */
  weight: number;
}

/** What both sides of a boundary need. */
export interface SideLimits {
  readonly weight: number;
  /** Times that rows were drawn; looked at where `draws` is set, else a part of `weight`. */
  readonly rows: number;
  readonly draws: boolean;
}

/** One boundary to look at, for random ones. */
export interface Boundary {
  readonly at: number;
  readonly missingLeft: boolean;
}

/**
 * Looks at the boundaries between the first `count` occupied bins: everything up to there goes left. `missing` is the
 * bin of missing rows (-1: none of the node), which are tried on both sides, and against all others. Returns whether
 * something better than `found` turned up, which is written there.
 */
export function scanBoundaries(
  s: NodeRows,
  count: number,
  missing: number,
  limits: SideLimits,
  found: Found,
  only?: Boundary,
): boolean {
  return s.source.classes === 0
    ? scanNumbers(s, count, missing, limits, found, only)
    : scanClasses(s, count, missing, limits, found, only);
}

function scanNumbers(
  s: NodeRows,
  count: number,
  missing: number,
  limits: SideLimits,
  found: Found,
  only: Boundary | undefined,
): boolean {
  const { bins, occupied, binDraws, draws } = s;
  const [W, S] = [s.total[0]!, s.total[1]!];
  const { draws: counting, rows: least } = limits;
  const floor = floorOf(W, limits);
  const missingWeight = missing < 0 ? 0 : bins[missing * 2]!;
  const missingSum = missing < 0 ? 0 : bins[missing * 2 + 1]!;
  const missingDraws = missing < 0 ? 0 : binDraws[missing]!;
  const last = missing < 0 ? count - 1 : count;
  let [weight, sum, times, better] = [0, 0, 0, false];
  for (let at = 1; at <= last; at++) {
    const bin = occupied[at - 1]!;
    weight += bins[bin * 2]!;
    sum += bins[bin * 2 + 1]!;
    if (counting) times += binDraws[bin]!;
    if (only !== undefined && at !== only.at) continue;
    const sides = missing < 0 || at === count ? 1 : 2;
    for (let side = 0; side < sides; side++) {
      const missingLeft = side === 1;
      if (only !== undefined && missingLeft !== only.missingLeft) continue;
      const wL = missingLeft ? weight + missingWeight : weight;
      const wR = W - wL;
      if (!(wL >= floor && wR >= floor)) continue;
      if (counting) {
        const left = missingLeft ? times + missingDraws : times;
        if (left < least || draws - left < least) continue;
      }
      const sL = missingLeft ? sum + missingSum : sum;
      const score = gainOfSums(W, S, wL, sL);
      if (score > found.score) {
        better = true;
        found.score = score;
        found.at = at;
        found.missingLeft = missingLeft;
        found.weight = wL;
      }
    }
  }
  return better;
}

function scanClasses(
  s: NodeRows,
  count: number,
  missing: number,
  limits: SideLimits,
  found: Found,
  only: Boundary | undefined,
): boolean {
  const { bins, occupied, binDraws, draws, stride, total, left } = s;
  const W = total[0]!;
  const { draws: counting, rows: least } = limits;
  const floor = floorOf(W, limits);
  const missingDraws = missing < 0 ? 0 : binDraws[missing]!;
  const last = missing < 0 ? count - 1 : count;
  left.fill(0);
  let [times, better] = [0, false];
  for (let at = 1; at <= last; at++) {
    const bin = occupied[at - 1]!;
    const from = bin * stride;
    if (counting) times += binDraws[bin]!;
    const skip = only !== undefined && at !== only.at;
    if (skip) {
      for (let k = 0; k < stride; k++) left[k]! += bins[from + k]!;
      continue;
    }
    left[0]! += bins[from]!;
    let [squaresLeft, squaresRight] = [0, 0];
    for (let k = 1; k < stride; k++) {
      const l = left[k]! + bins[from + k]!;
      const r = total[k]! - l;
      left[k] = l;
      squaresLeft += l * l;
      squaresRight += r * r;
    }
    const sides = missing < 0 || at === count ? 1 : 2;
    for (let side = 0; side < sides; side++) {
      const missingLeft = side === 1;
      if (only !== undefined && missingLeft !== only.missingLeft) continue;
      let wL = left[0]!;
      if (missingLeft) {
        wL += bins[missing * stride]!;
        [squaresLeft, squaresRight] = [0, 0];
        for (let k = 1; k < stride; k++) {
          const l = left[k]! + bins[missing * stride + k]!;
          const r = total[k]! - l;
          squaresLeft += l * l;
          squaresRight += r * r;
        }
      }
      const wR = W - wL;
      if (!(wL >= floor && wR >= floor)) continue;
      if (counting) {
        const leftDraws = missingLeft ? times + missingDraws : times;
        if (leftDraws < least || draws - leftDraws < least) continue;
      }
      const score = squaresLeft / wL + squaresRight / wR;
      if (score > found.score) {
        better = true;
        found.score = score;
        found.at = at;
        found.missingLeft = missingLeft;
        found.weight = wL;
      }
    }
  }
  return better;
}

/**
 * By how much the sum of weight times variance drops where a part `(w, s)` of weight and sum leaves the rest of a whole:
 * `s^2 / w + (S - s)^2 / (W - w) - S^2 / W` on one fraction, exact where sums are small integers.
 */
export function gainOfSums(W: number, S: number, w: number, s: number): number {
  const t = s * W - S * w;
  return (t * t) / (w * (W - w) * W);
}

/** Differences of sums keep no digits below this share of the whole. */
const ROUNDING = 1e-12;

/** Weight of either side at least. */
export function floorOf(total: number, limits: SideLimits): number {
  return Math.max(total * ROUNDING, limits.weight, limits.draws ? 0 : limits.rows);
}
