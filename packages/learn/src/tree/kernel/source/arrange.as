import { BLOCKS, BLOCK_TABLE, COLUMNS, ROWS, firstPlace, setup } from "./address";

/** Copies columns into blocks of neighbouring features, row by row. */
export function arrange(thread: u32): void {
  const rows = setup(ROWS);
  const from = firstPlace(rows, thread);
  const to = firstPlace(rows, thread + 1);
  const blocks = setup(BLOCKS);
  for (let block: u32 = 0; block < blocks; block++) {
    const entry = setup(BLOCK_TABLE) + 16 * block;
    const columns = setup(COLUMNS) + rows * load<u32>(entry);
    arrangeBlock(columns, rows, load<u32>(entry, 4), load<u32>(entry, 8), from, to);
  }
}

/** A few rows at a time, so that their codes stay in the cache while column after column is dealt out. */
export function arrangeBlock(columns: usize, rows: u32, width: u32, codes: usize, from: u32, to: u32): void {
  for (let start = from; start < to; start += 512) {
    const count = min<u32>(512, to - start);
    for (let f: u32 = 0; f < width; f++) {
      let source = columns + f * rows + start;
      let target = codes + start * width + f;
      const end = source + count;
      while (source < end) {
        store<u8>(target, load<u8>(source));
        source++;
        target += width;
      }
    }
  }
}
