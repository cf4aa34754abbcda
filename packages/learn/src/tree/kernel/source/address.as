/** Where things lie in the memory. `wasm-layout.ts` has the same numbers and says what each is. */

/** What threads tell each other, each on its own cache line. */
export const SEQUENCE: usize = 64;
export const FINISHED: usize = 128;
export const ASLEEP: usize = 192;
export const CALLER_ASLEEP: usize = 256;
export const FAILED: usize = 260;

/** The operation at work and its numbers. */
export const OPERATION: usize = 320;
// @ts-ignore: decorator
@inline export function word(place: u32): u32 { return load<u32>(384 + 4 * place); }
// @ts-ignore: decorator
@inline export function real(place: u32): f64 { return load<f64>(448 + 8 * place); }

/** What `wasm-layout.ts` wrote down when the memory was made. */
// @ts-ignore: decorator
@inline export function setup(place: u32): u32 { return load<u32>(640 + 4 * place); }

/** Which of the two scans of an operation a thread is at: where its limits stand, and its answers' first feature. */
let limitsAt: usize = 0;
let answersAt: u32 = 0;

export function chooseScan(scan: u32): void {
  limitsAt = setup(LIMITS) + LIMIT_BYTES * scan;
  answersAt = setup(FEATURES) * scan;
}

/** Numbers of the scan: `wasm-steps.ts` says what each is. */
// @ts-ignore: decorator
@inline export function limit(place: u32): f64 { return load<f64>(limitsAt + 8 * place); }

/** A feature's place among the answers of both scans. */
// @ts-ignore: decorator
@inline export function answer(feature: u32): u32 { return answersAt + feature; }

export const ROWS: u32 = 0;
export const FEATURES: u32 = 1;
export const BLOCKS: u32 = 2;
export const THREADS: u32 = 3;
export const COLUMNS: u32 = 4;
export const BLOCK_TABLE: u32 = 5;
export const FEATURE_TABLE: u32 = 6;
export const GRADIENT: u32 = 8;
export const HESSIAN: u32 = 9;
export const ORDER: u32 = 10;
export const MOVED: u32 = 11;
export const HISTOGRAMS: u32 = 12;
export const SLOT_BYTES: u32 = 13;
export const LEAF_BEGIN: u32 = 14;
export const LEAF_COUNT: u32 = 15;
export const GAIN: u32 = 16;
export const SPLIT_GRADIENT: u32 = 17;
export const SPLIT_HESSIAN: u32 = 18;
export const SPLIT_BIN: u32 = 19;
export const MISSING_LEFT: u32 = 20;
export const ALLOWED: u32 = 21;
export const MONOTONE: u32 = 22;
export const SCRATCH: u32 = 23;
export const BLOCK_SUMS: u32 = 24;
export const SURVEY: u32 = 25;
export const LEAF_VALUES: u32 = 26;
export const LEAF_SUMS: u32 = 27;
export const WANTED: u32 = 28;
export const GOES_LEFT: u32 = 29;
export const COMPACTION: u32 = 30;
export const SCORES: u32 = 31;
export const LABEL: u32 = 32;
export const WEIGHT: u32 = 33;
export const LARGEST_SCORE: u32 = 34;
export const SCORE_SUM: u32 = 35;
export const CODES: u32 = 7;
export const PAIRS: u32 = 36;
export const MOVED_PAIRS: u32 = 37;
export const STRIDE: u32 = 38;
export const LIMITS: u32 = 39;
export const LEFT_BINS: u32 = 40;
export const OWN_SUMS: u32 = 41;
export const CLAIMS: u32 = 42;

/** Scratch of one thread: 128 gathered rows of 16 bytes, or what a scan of bins notes. */
export const SCRATCH_BYTES: u32 = 8192;
/** The limits of a scan. */
export const LIMIT_BYTES: u32 = 256;
/** One feature's bins in a histogram. */
export const FEATURE_BYTES: u32 = 2048;
/** Rows of which sizes are summed one after the other. */
export const SUM_BLOCK: u32 = 4096;

/** First of a thread's places among `count`, a whole number of sum blocks. */
export function firstPlace(count: u32, thread: u32): u32 {
  const threads = setup(THREADS);
  const blocks = (count + SUM_BLOCK - 1) / SUM_BLOCK;
  return min<u32>(count, u32((u64(blocks) * thread) / threads) * SUM_BLOCK);
}
