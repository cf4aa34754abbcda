import { CODES, COLUMNS, FEATURES, ROWS, STRIDE, firstPlace, setup } from "./address";

/** Copies columns row by row. */
export function arrange(thread: u32): void {
  const rows = setup(ROWS);
  const from = firstPlace(rows, thread);
  const to = firstPlace(rows, thread + 1);
  arrangeRows(setup(COLUMNS), rows, setup(FEATURES), setup(CODES), setup(STRIDE), from, to);
}

/** A few rows at a time, so that their codes stay in the cache while column after column is dealt out. */
export function arrangeRows(
  columns: usize, rows: u32, features: u32, codes: usize, stride: u32, from: u32, to: u32,
): void {
  for (let start = from; start < to; start += 512) {
    const count = min<u32>(512, to - start);
    for (let f: u32 = 0; f < features; f++) {
      let source = columns + f * rows + start;
      let target = codes + start * stride + f;
      const end = source + count;
      while (source < end) {
        store<u8>(target, load<u8>(source));
        source++;
        target += stride;
      }
    }
  }
}
