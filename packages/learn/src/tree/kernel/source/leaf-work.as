import {
  BLOCKS, BLOCK_TABLE, CODES, COLUMNS, FEATURES, FEATURE_BYTES, HISTOGRAMS, LEAF_BEGIN, LEAF_COUNT, ORDER, PAIRS, ROWS, SCRATCH,
  SCRATCH_BYTES, SLOT_BYTES, STRIDE, THREADS, WANTED, chooseScan, setup, word,
} from "./address";
import { denseRows, directRows, gatheredRows } from "./histogram";
import { columnRows, fourColumns } from "./column-histogram";
import { mergeRows } from "./row-sums";
import { scanFeature } from "./scan";
import { scratchOf, surveys } from "./scan-survey";
import { subtract } from "./subtract";

/** Rows whose codes stay in the second cache while one block after the other is summed. */
const CHUNK: u32 = 1024;

/**
 * What is to be done with histograms: a thread owns its blocks of features, so that steps need not
 * wait for other threads, and leaves out those that are not wanted. Words: 0 number of steps, then of each what it is and
 * two numbers:
 *
 * 1 the sums of leaf a into slot b; 2 the same where the leaf has all rows of the table in their order; 3 slot a less
 * slot b; 4 the splits of slot a, by the limits of scan b (0 or 1); 5 what `sumRows` has of slot a brought together.
 */
export function leafWork(thread: u32): void {
  const threads = setup(THREADS);
  const blocks = setup(BLOCKS);
  const own = setup(BLOCK_TABLE) + 8 * ((blocks * thread) / threads);
  const end = setup(BLOCK_TABLE) + 8 * ((blocks * (thread + 1)) / threads);
  if (own == end) return;
  const first = load<u32>(own);
  const last = load<u32>(end - 8) + load<u32>(end - 4);
  const steps = word(0);
  for (let step: u32 = 0; step < steps; step++) {
    const kind = word(1 + 3 * step), a = word(2 + 3 * step), b = word(3 + 3 * step);
    const wanted = setup(WANTED) + step * setup(FEATURES);
    if (kind <= 2) sums(kind == 2, a, place(b, 0), own, end, wanted, thread);
    else if (kind == 3) {
      for (let f = first; f < last; f++) {
        if (load<u8>(wanted + f) != 0) subtract(place(a, f), place(b, f), FEATURE_BYTES);
      }
    } else if (kind == 5) mergeRows(place(a, 0), first, last);
    else {
      chooseScan(b);
      const scratch = scratchOf(thread), surveyed = surveys();
      for (let f = first; f < last; f++) scanFeature(f, place(a, f), scratch, surveyed);
    }
  }
}

// @ts-ignore: decorator
@inline function place(slot: u32, feature: u32): usize {
  return setup(HISTOGRAMS) + slot * setup(SLOT_BYTES) + feature * FEATURE_BYTES;
}

/**
 * A few rows at a time, all blocks of the thread: neighbouring blocks share cache lines of codes, which are fetched from
 * far once.
 */
function sums(whole: bool, leaf: u32, histogram: usize, own: usize, end: usize, wanted: usize, thread: u32): void {
  const last = load<u32>(end - 8) + load<u32>(end - 4);
  const first = load<u32>(own);
  let asked: u32 = 0;
  for (let f = first; f < last; f++) {
    if (load<u8>(wanted + f) == 0) continue;
    memory.fill(histogram + f * FEATURE_BYTES, 0, FEATURE_BYTES);
    asked++;
  }
  const threads = setup(THREADS);
  const scratch = setup(SCRATCH) + SCRATCH_BYTES * thread;
  for (let part: u32 = 0; part < threads; part++) {
    const at = 4 * (leaf * threads + part);
    const begin = load<u32>(setup(LEAF_BEGIN) + at);
    const count = load<u32>(setup(LEAF_COUNT) + at);
    if (count == 0) continue;
    const all = setup(ORDER) + 4 * begin;
    const near = load<u32>(all + 4 * (count - 1)) - load<u32>(all) < count * 3;
    for (let done: u32 = 0; done < count; done += CHUNK) {
      const some = min<u32>(CHUNK, count - done);
      const rows = all + 4 * done;
      const pairs = setup(PAIRS) + 4 * (begin + done);
      if (asked * 3 < last - first) {
        addColumns(first, last, wanted, histogram, rows, pairs, some);
        continue;
      }
      for (let entry = own; entry < end; entry += 8) {
        addBlock(whole, near, entry, wanted, histogram, rows, pairs, some, scratch);
      }
    }
  }
}

/** Where few features are asked, from their columns, four at a time. */
function addColumns(first: u32, last: u32, wanted: usize, histogram: usize, rows: usize, pairs: usize, count: u32): void {
  const columns = setup(COLUMNS), all = setup(ROWS);
  let f = nextWanted(first, last, wanted);
  while (f < last) {
    const g = nextWanted(f + 1, last, wanted);
    const h = nextWanted(g + 1, last, wanted);
    const i = nextWanted(h + 1, last, wanted);
    if (i >= last) {
      for (; f < last; f = nextWanted(f + 1, last, wanted)) {
        columnRows(columns + f * all, pairs, histogram + f * FEATURE_BYTES, rows, count);
      }
      return;
    }
    fourColumns(
      columns + f * all, columns + g * all, columns + h * all, columns + i * all, histogram + f * FEATURE_BYTES,
      histogram + g * FEATURE_BYTES, histogram + h * FEATURE_BYTES, histogram + i * FEATURE_BYTES, pairs, rows, count,
    );
    f = nextWanted(i + 1, last, wanted);
  }
}

function nextWanted(feature: u32, last: u32, wanted: usize): u32 {
  while (feature < last && load<u8>(wanted + feature) == 0) feature++;
  return feature;
}

export function addBlock(
  whole: bool, near: bool, entry: usize, wanted: usize, histogram: usize, rows: usize, pairs: usize, count: u32,
  scratch: usize,
): void {
  const first = load<u32>(entry), width = load<u32>(entry, 4);
  let asked: u32 = 0;
  for (let f: u32 = 0; f < width; f++) asked += u32(load<u8>(wanted + first + f) != 0);
  if (asked == 0) return;
  histogram += first * FEATURE_BYTES;
  if (asked * 3 < width) {
    for (let f: u32 = 0; f < width; f++) {
      if (load<u8>(wanted + first + f) == 0) continue;
      columnRows(setup(COLUMNS) + (first + f) * setup(ROWS), pairs, histogram + f * FEATURE_BYTES, rows, count);
    }
    return;
  }
  const codes = setup(CODES) + first, stride = setup(STRIDE);
  if (whole) denseRows(width, codes + load<u32>(rows) * stride, stride, pairs, histogram, count);
  else if (near) directRows(width, codes, stride, pairs, histogram, rows, count);
  else gatheredRows(width, codes, stride, pairs, histogram, rows, count, scratch);
}
