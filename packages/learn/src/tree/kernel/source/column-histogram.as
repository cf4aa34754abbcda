/** Sums of a few rows by one feature, from its column; where so few features of a block are asked that it does not pay. */
export function columnRows(column: usize, pairs: usize, histogram: usize, rows: usize, count: u32): void {
  const end = rows + 4 * count;
  while (rows < end) {
    const pair = load<u32>(pairs);
    const at = histogram + (usize(load<u8>(column + load<u32>(rows))) << 3);
    store<i64>(at, load<i64>(at) + ((i64(i32(pair & 0xffff0000)) << 16) | i64(pair & 0xffff)));
    rows += 4;
    pairs += 4;
  }
}
