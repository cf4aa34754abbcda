/** Where things lie in the memory: {@link place} says so once, for ends of up to so many rows of so many features. */

/** Rows that a set of bits holds. */
export const FEW: i32 = 16;

// What the caller writes.
/** Bins, a row at a time. [most * features] */
export let codes: usize = 0;
/** Of each row its weight and weight times target, two float64. [most * 2] */
export let pairs: usize = 0;
/** Targets, float64. [most] */
export let targets: usize = 0;
/** How often each row was drawn; looked at where rows have weights of their own. [most] */
export let drawn: usize = 0;
/** Of each feature the bin of what is missing, -1 for none. [features] */
export let missings: usize = 0;

// What the caller reads: the columns of the nodes. [2 * most]
export let nodeFeature: usize = 0;
/** The bins on either side of the cut: the lower, and 256 times the upper. */
export let nodeCut: usize = 0;
export let nodeLeft: usize = 0;
export let nodeRight: usize = 0;
export let nodeMissingLeft: usize = 0;
/** Weight, and weight times target. */
export let nodeSums: usize = 0;
export let nodeDraws: usize = 0;
export let nodeGain: usize = 0;

// What stays here.
/** Rows of the end, ordered by node. [most] */
export let order: usize = 0;
/** Of a node's rows, where their bins begin, and their pairs. [most] */
export let places: usize = 0;
export let own: usize = 0;
/** Rows that go right, while they are parted. [most] */
export let spare: usize = 0;
/** Nodes to be grown: node, start, end, depth. [most + 2] */
export let stack: usize = 0;
/** All features, the first of which were drawn. [features] */
export let features: usize = 0;
/** Sums of a feature's bins, and 255 for those that are occupied: both 0 between scans. [256] */
export let bins: usize = 0;
export let seen: usize = 0;
/** Of few rows: where their bins begin, their pairs, targets and draws. [16] */
export let fewPlaces: usize = 0;
export let fewPairs: usize = 0;
export let fewTargets: usize = 0;
export let fewDrawn: usize = 0;
/** Bins of few rows by feature, 16 each, and which few rows they are of. [features] */
export let fewCodes: usize = 0;
export let fewStamps: usize = 0;
/** Few rows by bin: bins, and pairs. [16] */
export let sortedBins: usize = 0;
export let sortedPairs: usize = 0;
/** Places of few rows among them. [16] */
export let ranks: usize = 0;
/** For each of few rows 16 bytes, 1 up to its own. */
export let upTo: usize = 0;
/** Nodes of few rows to be grown: rows as bits, node, depth. [18] */
export let fewStack: usize = 0;

let end: usize = 0;

function room(bytes: usize): usize {
  const at = end;
  end = (at + bytes + 15) & ~15;
  return at;
}

/** Places everything from `from` on; returns where it ends. The memory is 0 there. */
export function place(from: usize, most: usize, width: usize): usize {
  end = (from + 15) & ~15;
  codes = room(most * width);
  pairs = room(16 * most);
  targets = room(8 * most);
  drawn = room(4 * most);
  missings = room(4 * width);
  nodeFeature = room(8 * most);
  nodeCut = room(8 * most);
  nodeLeft = room(8 * most);
  nodeRight = room(8 * most);
  nodeMissingLeft = room(2 * most);
  nodeSums = room(32 * most);
  nodeDraws = room(16 * most);
  nodeGain = room(16 * most);
  order = room(4 * most);
  places = room(4 * most);
  own = room(16 * most);
  spare = room(4 * most);
  stack = room(16 * (most + 2));
  features = room(4 * width);
  bins = room(256 * 16);
  seen = room(256);
  fewPlaces = room(4 * FEW);
  fewPairs = room(16 * FEW);
  fewTargets = room(8 * FEW);
  fewDrawn = room(4 * FEW);
  fewCodes = room(16 * width);
  fewStamps = room(4 * width);
  sortedBins = room(FEW);
  sortedPairs = room(16 * FEW);
  ranks = room(FEW);
  upTo = room(16 * FEW);
  fewStack = room(16 * (FEW + 2));
  return end;
}

/** Writes what does not change, once the memory is there. */
export function fillTables(): void {
  for (let row: i32 = 0; row < FEW; row++)
    for (let lane: i32 = 0; lane < FEW; lane++) store<u8>(upTo + 16 * row + lane, u8(lane <= row));
}
