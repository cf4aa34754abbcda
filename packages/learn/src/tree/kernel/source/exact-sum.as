import { GRADIENT, HESSIAN, LEAF_BEGIN, LEAF_COUNT, LEAF_SUMS, ORDER, THREADS, setup, word } from "./address";

/** Exact sums of every leaf that is a thread's turn. Words: 0 number of leaves. */
export function exactSums(thread: u32): void {
  const threads = setup(THREADS);
  for (let leaf = thread; leaf < word(0); leaf += threads) {
    const into = setup(LEAF_SUMS) + 16 * leaf;
    store<f64>(into, 0);
    store<f64>(into, 0, 8);
    for (let part: u32 = 0; part < threads; part++) {
      const place = 4 * (leaf * threads + part);
      const rows = setup(ORDER) + 4 * load<u32>(setup(LEAF_BEGIN) + place);
      sumRows(rows, load<u32>(setup(LEAF_COUNT) + place), setup(GRADIENT), setup(HESSIAN), into);
    }
  }
}

/** One by one, as the oracle adds. */
export function sumRows(rows: usize, count: u32, gradient: usize, hessian: usize, into: usize): void {
  let g = load<f64>(into);
  let h = load<f64>(into, 8);
  for (let i: u32 = 0; i < count; i++) {
    const at = load<u32>(rows + 4 * i) << 2;
    g += f64(load<f32>(gradient + at));
    h += f64(load<f32>(hessian + at));
  }
  store<f64>(into, g);
  store<f64>(into, h, 8);
}
