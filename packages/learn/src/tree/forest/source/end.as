import {
  codes,
  drawn,
  features,
  FEW,
  missings,
  order,
  own,
  pairs,
  places,
  spare,
  stack,
  targets,
} from "./address";
import { addToBin, BETTER, CONSTANT, crossBins, MISSING_BETTER } from "./cross-bin";
import { growFew } from "./few-row";
import { low, missingLeft, score, startSearch } from "./found";
import { enoughOf, featuresByNode, floorOf, gainOf, splits, weighted, width } from "./growth";
import { drawFeature, nodes, startNodes, writeBranch, writeLeaf } from "./node";
import { seedRandom } from "./random";

let top: usize = 0;

/**
 * Grows the subtree of the first `rows` rows that the caller wrote, as `endGrower` of TypeScript does.
 *
 * @param seed of the features that nodes look at.
 * @param depth of its root, whose number in the tree is `root`.
 * @returns how many nodes it has.
 */
export function growEnd(rows: i32, seed: u32, depth: i32, root: i32): i32 {
  seedRandom(seed);
  for (let at: i32 = 0; at < width; at++) store<i32>(features + 4 * at, at);
  for (let row: i32 = 0; row < rows; row++) store<u32>(order + 4 * row, row);
  startNodes(root);
  top = stack;
  push(0, 0, rows, depth);
  while (top > stack) {
    top -= 16;
    const node = load<i32>(top), start = load<i32>(top, 4), end = load<i32>(top, 8), at = load<i32>(top, 12);
    if (end - start <= FEW) growFew(start, end, node, at);
    else visit(node, start, end, at);
  }
  return nodes;
}

// @ts-ignore: decorator
@inline function push(node: i32, start: i32, end: i32, depth: i32): void {
  store<i32>(top, node);
  store<i32>(top, start, 4);
  store<i32>(top, end, 8);
  store<i32>(top, depth, 12);
  top += 16;
}

function visit(node: i32, start: i32, end: i32, depth: i32): void {
  const rows = end - start;
  const first = load<f64>(targets + 8 * load<u32>(order + 4 * start));
  let sums = f64x2.splat(0);
  let draws: f64 = 0;
  let mixed = false;
  for (let i: i32 = 0; i < rows; i++) {
    const row = load<u32>(order + 4 * (start + i));
    const pair = v128.load(pairs + 16 * row);
    v128.store(own + 16 * i, pair);
    store<u32>(places + 4 * i, row * width);
    sums = f64x2.add(sums, pair);
    mixed = mixed || load<f64>(targets + 8 * row) != first;
    if (weighted) draws += f64(load<u32>(drawn + 4 * row));
  }
  if (!weighted) draws = f64x2.extract_lane(sums, 0);
  writeLeaf(node, sums, draws);
  if (!mixed || !splits(depth, draws)) return;
  const feature = search(rows, f64x2.extract_lane(sums, 0), f64x2.extract_lane(sums, 1));
  if (feature < 0) return;
  const gain = gainOf(score);
  if (gain < 0) return;
  const left = writeBranch(node, feature, gain);
  const middle = part(feature, start, rows);
  push(left + 1, middle, end, depth + 1);
  push(left, start, middle, depth + 1);
}

/** The feature of the best boundary, -1 for none. */
function search(rows: i32, W: f64, S: f64): i32 {
  const floor = floorOf(W);
  const enough = enoughOf(W, S, rows);
  let best: i32 = -1;
  let changing = false;
  startSearch();
  for (let at: i32 = 0; at < width; at++) {
    if (at >= featuresByNode && changing) break;
    const feature = drawFeature(at, width);
    addRows(feature, rows);
    const found = crossBins(W, S, floor, load<i32>(missings + 4 * feature));
    if (found == CONSTANT) continue;
    changing = true;
    if (found != BETTER && found != MISSING_BETTER) continue;
    best = feature;
    if (found == BETTER && score >= enough) break;
  }
  return best;
}

function addRows(feature: i32, rows: i32): void {
  const column = codes + feature;
  for (let i: i32 = 0; i < rows; i++)
    addToBin(load<u8>(column + load<u32>(places + 4 * i)), v128.load(own + 16 * i));
}

/** Rows that go left come first; both sides keep their order. Returns where the right side begins. */
function part(feature: i32, start: i32, rows: i32): i32 {
  const column = codes + feature;
  const cut: u32 = low;
  const missing: u32 = missingLeft ? load<i32>(missings + 4 * feature) : -1;
  let left = order + 4 * start;
  let right = spare;
  for (let i: i32 = 0; i < rows; i++) {
    const row = load<u32>(order + 4 * (start + i));
    const bin: u32 = load<u8>(column + load<u32>(places + 4 * i));
    const goes = u32(bin <= cut) | u32(bin == missing);
    store<u32>(left, row);
    store<u32>(right, row);
    left += goes << 2;
    right += (goes ^ 1) << 2;
  }
  memory.copy(left, spare, right - spare);
  return i32(left - order) >> 2;
}
