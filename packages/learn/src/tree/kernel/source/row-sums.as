import {
  BLOCKS, BLOCK_TABLE, CLAIMS, FEATURE_BYTES, HISTOGRAMS, LEAF_BEGIN, LEAF_COUNT, ORDER, OWN_SUMS, PAIRS, SCRATCH,
  SCRATCH_BYTES, SLOT_BYTES, THREADS, WANTED, setup, word,
} from "./address";
import { addBlock } from "./leaf-work";

/** Rows that a thread takes at a time: the sums of one block after the other are in its first cache for as long. */
const CLAIM: u32 = 2048;

/**
 * The sums of a leaf's rows by all features, where a row's codes lie in one line of the cache: each thread takes some rows at a
 * time, first of its own part, then of what others have left, so that none waits for long, and each line is fetched once. Thread 0
 * sums into the slot, others into histograms of their own; `mergeRows` brings them together. Words: 0 leaf, 1 slot, 2 whether
 * the leaf has all rows of the table in their order. The claims are 0 when it begins.
 */
export function sumRows(thread: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  const threads = setup(THREADS);
  const histogram = histogramOf(thread, word(1));
  memory.fill(histogram, 0, setup(SLOT_BYTES));
  const scratch = setup(SCRATCH) + SCRATCH_BYTES * thread;
  for (let turn: u32 = 0; turn < threads; turn++) {
    const part = thread + turn < threads ? thread + turn : thread + turn - threads;
    const at = 4 * (word(0) * threads + part);
    const begin = load<u32>(setup(LEAF_BEGIN) + at);
    const count = load<u32>(setup(LEAF_COUNT) + at);
    if (count == 0) continue;
    const all = setup(ORDER) + 4 * begin;
    const near = load<u32>(all + 4 * (count - 1)) - load<u32>(all) < count * 3;
    while (true) {
      const done = CLAIM * atomic.add<u32>(setup(CLAIMS) + 64 * part, 1);
      if (done >= count) break;
      const some = min<u32>(CLAIM, count - done);
      addRows(near, histogram, all + 4 * done, setup(PAIRS) + 4 * (begin + done), some, scratch);
    }
  }
}

// @ts-ignore: decorator
@inline function histogramOf(thread: u32, slot: u32): usize {
  return thread == 0 ? setup(HISTOGRAMS) + slot * setup(SLOT_BYTES) : setup(OWN_SUMS) + (thread - 1) * setup(SLOT_BYTES);
}

function addRows(near: bool, histogram: usize, rows: usize, pairs: usize, count: u32, scratch: usize): void {
  const end = setup(BLOCK_TABLE) + 8 * setup(BLOCKS);
  // All of them are wanted.
  for (let entry = setup(BLOCK_TABLE); entry < end; entry += 8) {
    addBlock(word(2) != 0, near, entry, setup(WANTED), histogram, rows, pairs, count, scratch);
  }
}

/** Adds what other threads have summed of features from `first` to before `last` to a slot's histogram. */
export function mergeRows(histogram: usize, first: u32, last: u32): void {
  for (let thread: u32 = 1; thread < setup(THREADS); thread++) {
    const own = setup(OWN_SUMS) + (thread - 1) * setup(SLOT_BYTES);
    for (let at = first * FEATURE_BYTES; at < last * FEATURE_BYTES; at += 32) {
      v128.store(histogram + at, i64x2.add(v128.load(histogram + at), v128.load(own + at)));
      v128.store(histogram + at, i64x2.add(v128.load(histogram + at, 16), v128.load(own + at, 16)), 16);
    }
  }
}
