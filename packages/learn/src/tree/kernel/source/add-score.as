import { LEAF_BEGIN, LEAF_COUNT, LEAF_VALUES, ORDER, SCORES, THREADS, setup, word } from "./address";

/** Adds leaves' values to the scores of a thread's rows. Words: 0 number of leaves, 1 offset, 2 stride. */
export function addScores(thread: u32): void {
  const threads = setup(THREADS);
  const scores = setup(SCORES) + 8 * word(1);
  for (let leaf: u32 = 0; leaf < word(0); leaf++) {
    const place = 4 * (leaf * threads + thread);
    const rows = setup(ORDER) + 4 * load<u32>(setup(LEAF_BEGIN) + place);
    const value = load<f64>(setup(LEAF_VALUES) + 8 * leaf);
    addValue(rows, load<u32>(setup(LEAF_COUNT) + place), scores, 8 * word(2), value);
  }
}

export function addValue(rows: usize, count: u32, scores: usize, stride: u32, value: f64): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = scores + load<u32>(rows + 4 * i) * stride;
    store<f64>(at, load<f64>(at) + value);
  }
}
