import {
  codes,
  drawn,
  fewCodes,
  fewDrawn,
  fewPairs,
  fewPlaces,
  fewStack,
  fewStamps,
  fewTargets,
  missings,
  order,
  pairs,
  ranks,
  sortedBins,
  sortedPairs,
  targets,
  upTo,
} from "./address";
import { addToBin, BETTER, crossBins, MISSING_BETTER, NO_BETTER } from "./cross-bin";
import { gainOfSums, low, missingLeft, note, score, startSearch } from "./found";
import { enoughOf, featuresByNode, floorOf, gainOf, splits, weighted, width } from "./growth";
import { drawFeature, writeBranch, writeLeaf } from "./node";

/** Which few rows are at hand: what was copied of others is out of date. */
let stamp: u32 = 0;
let rows: i32 = 0;
let top: usize = 0;

/**
 * Grows the subtree of a node of at most 16 rows. A feature's bins of all of them are one vector, and a node's rows are bits of
 * a mask: nothing moves, and few rows are sorted by counting, for each at once, those before it.
 */
export function growFew(start: i32, end: i32, node: i32, depth: i32): void {
  rows = end - start;
  if (++stamp == 0) {
    memory.fill(fewStamps, 0, 4 * width);
    stamp = 1;
  }
  for (let i: i32 = 0; i < rows; i++) {
    const row = load<u32>(order + 4 * (start + i));
    store<u32>(fewPlaces + 4 * i, row * width);
    v128.store(fewPairs + 16 * i, v128.load(pairs + 16 * row));
    store<f64>(fewTargets + 8 * i, load<f64>(targets + 8 * row));
    if (weighted) store<u32>(fewDrawn + 4 * i, load<u32>(drawn + 4 * row));
  }
  top = fewStack;
  push((1 << rows) - 1, node, depth);
  while (top > fewStack) {
    top -= 16;
    visit(load<i32>(top), load<i32>(top, 4), load<i32>(top, 8));
  }
}

// @ts-ignore: decorator
@inline function push(mask: i32, node: i32, depth: i32): void {
  store<i32>(top, mask);
  store<i32>(top, node, 4);
  store<i32>(top, depth, 8);
  top += 16;
}

function visit(mask: i32, node: i32, depth: i32): void {
  const first = load<f64>(fewTargets + 8 * ctz(mask));
  let sums = f64x2.splat(0);
  let draws: f64 = 0;
  let mixed = false;
  let bits = mask;
  do {
    const i = ctz(bits);
    bits &= bits - 1;
    sums = f64x2.add(sums, v128.load(fewPairs + 16 * i));
    mixed = mixed || load<f64>(fewTargets + 8 * i) != first;
    if (weighted) draws += f64(load<u32>(fewDrawn + 4 * i));
  } while (bits != 0);
  const W = f64x2.extract_lane(sums, 0);
  if (!weighted) draws = W;
  writeLeaf(node, sums, draws);
  if (!mixed || !splits(depth, draws)) return;
  const feature = search(mask, W, f64x2.extract_lane(sums, 1));
  if (feature < 0) return;
  const gain = gainOf(score);
  if (gain < 0) return;
  const left = writeBranch(node, feature, gain);
  const codes = v128.load(fewCodes + 16 * feature);
  let goes = i8x16.bitmask(i8x16.le_u(codes, i8x16.splat(u8(low))));
  const missing = load<i32>(missings + 4 * feature);
  if (missingLeft && missing >= 0) goes |= i8x16.bitmask(i8x16.eq(codes, i8x16.splat(u8(missing))));
  push(mask & ~goes, left + 1, depth + 1);
  push(mask & goes, left, depth + 1);
}

/** The feature of the best boundary, -1 for none. */
function search(mask: i32, W: f64, S: f64): i32 {
  const floor = floorOf(W);
  const enough = enoughOf(W, S, popcnt(mask));
  const one = ctz(mask);
  let best: i32 = -1;
  let changing = false;
  startSearch();
  for (let at: i32 = 0; at < width; at++) {
    if (at >= featuresByNode && changing) break;
    const feature = drawFeature(at, width);
    const column = fewCodes + 16 * feature;
    if (load<u32>(fewStamps + 4 * feature) != stamp) copyColumn(feature, column);
    const codes = v128.load(column);
    const same = i8x16.eq(codes, v128.load8_splat(column + one));
    if ((mask & ~i8x16.bitmask(same)) == 0) continue;
    changing = true;
    const missing = load<i32>(missings + 4 * feature);
    if (missing >= 0 && (i8x16.bitmask(i8x16.eq(codes, i8x16.splat(u8(missing)))) & mask) != 0) {
      let bits = mask;
      do {
        const i = ctz(bits);
        bits &= bits - 1;
        addToBin(load<u8>(column + i), v128.load(fewPairs + 16 * i));
      } while (bits != 0);
      if (crossBins(W, S, floor, missing) == MISSING_BETTER) best = feature;
      continue;
    }
    sort(mask, column, codes);
    if (crossSorted(popcnt(mask), W, S, floor) != BETTER) continue;
    best = feature;
    if (score >= enough) break;
  }
  return best;
}

/** Bins of a feature, for all of the few rows. */
function copyColumn(feature: i32, column: usize): void {
  store<u32>(fewStamps + 4 * feature, stamp);
  for (let i: i32 = 0; i < rows; i++)
    store<u8>(column + i, load<u8>(codes + feature + load<u32>(fewPlaces + 4 * i)));
}

/** Orders rows of a mask by bin, those of one bin as they were. No bin is 255: one more is a bin, too. */
function sort(mask: i32, column: usize, codes: v128): void {
  let before = i64x2.splat(0);
  let bits = mask;
  do {
    const i = ctz(bits);
    bits &= bits - 1;
    const least = i8x16.add(v128.load8_splat(column + i), v128.load(upTo + 16 * i));
    before = i8x16.sub(before, i8x16.ge_u(codes, least));
  } while (bits != 0);
  v128.store(ranks, before);
  bits = mask;
  do {
    const i = ctz(bits);
    bits &= bits - 1;
    const rank = <usize>load<u8>(ranks + i);
    store<u8>(sortedBins + rank, load<u8>(column + i));
    v128.store(sortedPairs + 16 * rank, v128.load(fewPairs + 16 * i));
  } while (bits != 0);
}

/** Looks at the boundaries between rows that were sorted. */
function crossSorted(count: i32, W: f64, S: f64, floor: f64): i32 {
  let sums = v128.load(sortedPairs);
  let last: i32 = load<u8>(sortedBins);
  let best = score, weight: f64 = 0;
  let below: i32 = -1, above: i32 = 0;
  for (let at: i32 = 1; at < count; at++) {
    const bin: i32 = load<u8>(sortedBins + at);
    if (bin != last) {
      const wL = f64x2.extract_lane(sums, 0);
      const gain = gainOfSums(W, S, wL, f64x2.extract_lane(sums, 1));
      if (gain > best && wL >= floor && W - wL >= floor) {
        best = gain;
        weight = wL;
        below = last;
        above = bin;
      }
      last = bin;
    }
    sums = f64x2.add(sums, v128.load(sortedPairs + 16 * at));
  }
  if (below < 0) return NO_BETTER;
  note(best, weight, below, above, weight * 2 >= W);
  return BETTER;
}
