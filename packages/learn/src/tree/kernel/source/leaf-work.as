import {
  BLOCKS, BLOCK_TABLE, COLUMNS, FEATURES, FEATURE_BYTES, HISTOGRAMS, LEAF_BEGIN, LEAF_COUNT, ORDER, PAIRS, ROWS, SCRATCH,
  SCRATCH_BYTES, SLOT_BYTES, THREADS, WANTED, setup, word,
} from "./address";
import { denseRows, directRows, gatheredRows } from "./histogram";
import { columnRows } from "./column-histogram";
import { scanFeature } from "./scan";
import { subtract } from "./subtract";

/**
 * What is to be done with histograms, one block of features after the other: a thread owns its blocks, so that steps
 * need not wait for other threads. Words: 0 number of steps, then of each what it is and two numbers:
 *
 * 1 the sums of leaf a into slot b; 2 the same where the leaf has all rows of the table in their order; 3 slot a less
 * slot b; 4 the splits of slot a.
 */
export function leafWork(thread: u32): void {
  const threads = setup(THREADS);
  const blocks = setup(BLOCKS);
  const last = (blocks * (thread + 1)) / threads;
  const steps = word(0);
  for (let block = (blocks * thread) / threads; block < last; block++) {
    const entry = setup(BLOCK_TABLE) + 16 * block;
    for (let step: u32 = 0; step < steps; step++) {
      const wanted = setup(WANTED) + step * setup(FEATURES) + load<u32>(entry);
      perform(word(1 + 3 * step), word(2 + 3 * step), word(3 + 3 * step), entry, wanted, thread);
    }
  }
}

function perform(step: u32, a: u32, b: u32, entry: usize, wanted: usize, thread: u32): void {
  const first = load<u32>(entry);
  const width = load<u32>(entry, 4);
  if (step == 1 || step == 2) sums(step == 2, a, place(b, first), entry, wanted, thread);
  else if (step == 3) subtract(place(a, first), place(b, first), width * FEATURE_BYTES);
  else {
    const histogram = place(a, first);
    for (let f: u32 = 0; f < width; f++) scanFeature(first + f, histogram + f * FEATURE_BYTES);
  }
}

// @ts-ignore: decorator
@inline function place(slot: u32, feature: u32): usize {
  return setup(HISTOGRAMS) + slot * setup(SLOT_BYTES) + feature * FEATURE_BYTES;
}

function sums(whole: bool, leaf: u32, histogram: usize, entry: usize, wanted: usize, thread: u32): void {
  const width = load<u32>(entry, 4);
  const codes: usize = load<u32>(entry, 8);
  const pairs: usize = setup(PAIRS);
  let asked: u32 = 0;
  for (let f: u32 = 0; f < width; f++) asked += u32(load<u8>(wanted + f) != 0);
  if (asked == 0) return;
  memory.fill(histogram, 0, width * FEATURE_BYTES);
  const alone = asked * 3 < width;
  if (whole && !alone) {
    denseRows(width, codes, pairs, histogram, setup(ROWS));
    return;
  }
  const threads = setup(THREADS);
  const scratch = setup(SCRATCH) + SCRATCH_BYTES * thread;
  for (let part: u32 = 0; part < threads; part++) {
    const at = 4 * (leaf * threads + part);
    const count = load<u32>(setup(LEAF_COUNT) + at);
    if (count == 0) continue;
    const rows = setup(ORDER) + 4 * load<u32>(setup(LEAF_BEGIN) + at);
    if (alone) {
      for (let f: u32 = 0; f < width; f++) {
        if (load<u8>(wanted + f) == 0) continue;
        const column = setup(COLUMNS) + (load<u32>(entry) + f) * setup(ROWS);
        columnRows(column, pairs, histogram + f * FEATURE_BYTES, rows, count);
      }
    } else if (load<u32>(rows + 4 * (count - 1)) - load<u32>(rows) < count * 3) {
      directRows(width, codes, pairs, histogram, rows, count);
    } else gatheredRows(width, codes, pairs, histogram, rows, count, scratch);
  }
}
