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

/** The same of four features at once: a row and its pair are looked up once for all. */
export function fourColumns(
  c0: usize, c1: usize, c2: usize, c3: usize, h0: usize, h1: usize, h2: usize, h3: usize, pairs: usize, rows: usize, count: u32,
): void {
  const end = rows + 4 * count;
  while (rows < end) {
    const pair = load<u32>(pairs);
    const both = (i64(i32(pair & 0xffff0000)) << 16) | i64(pair & 0xffff);
    const row = load<u32>(rows);
    let at = h0 + (usize(load<u8>(c0 + row)) << 3);
    store<i64>(at, load<i64>(at) + both);
    at = h1 + (usize(load<u8>(c1 + row)) << 3);
    store<i64>(at, load<i64>(at) + both);
    at = h2 + (usize(load<u8>(c2 + row)) << 3);
    store<i64>(at, load<i64>(at) + both);
    at = h3 + (usize(load<u8>(c3 + row)) << 3);
    store<i64>(at, load<i64>(at) + both);
    rows += 4;
    pairs += 4;
  }
}
