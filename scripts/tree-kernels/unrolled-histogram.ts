/** Features of a block at most: 16 codes of a row are fetched at once. */
const MOST = 16;

/** One row's codes at `c`, its pair in `p`: each feature's bins begin 2,048 bytes after those of the one before. */
const addRow = (width: number): string =>
  Array.from({ length: width }, (_, f) => {
    const sums = f * 2048;
    return `    a = h + (usize(load<u8>(c, ${f})) << 3); store<i64>(a, load<i64>(a, ${sums}) + p, ${sums});`;
  }).join("\n");

const kernelsOf = (width: number): string => `
export function dense${width}(c: usize, stride: u32, pairs: usize, h: usize, count: u32): void {
  let a: usize;
  const end = pairs + 4 * count;
  while (pairs < end) {
    const p = wide(load<u32>(pairs));
${addRow(width)}
    c += stride;
    pairs += 4;
  }
}

export function direct${width}(codes: usize, stride: u32, pairs: usize, h: usize, rows: usize, count: u32): void {
  let a: usize;
  const end = rows + 4 * count;
  while (rows < end) {
    const c = codes + load<u32>(rows) * stride;
    const p = wide(load<u32>(pairs));
${addRow(width)}
    rows += 4;
    pairs += 4;
  }
}

export function gathered${width}(codes: usize, stride: u32, pairs: usize, h: usize, rows: usize, count: u32, scratch: usize): void {
  let a: usize;
  while (count > 0) {
    const batch = min<u32>(count, 128);
    const end = scratch + 16 * batch;
    for (let to = scratch; to < end; to += 16) {
      v128.store(to, v128.load(codes + load<u32>(rows) * stride));
      rows += 4;
    }
    for (let c = scratch; c < end; c += 16) {
      const p = wide(load<u32>(pairs));
${addRow(width)}
      pairs += 4;
    }
    count -= batch;
  }
}
`;

const dispatch = (name: string, rest: readonly string[]): string => `
export function ${name}Rows(width: u32, ${rest.map((word) => `${word}: ${["count", "stride"].includes(word) ? "u32" : "usize"}`).join(", ")}): void {
  switch (width) {
${Array.from({ length: MOST }, (_, at) => `    case ${at + 1}: ${name}${at + 1}(${rest.join(", ")}); break;`).join("\n")}
  }
}
`;

/**
 * The source of the histogram kernels for blocks of 1 to 16 features, without a loop over features: AssemblyScript wants
 * constant offsets spelled out.
 *
 * Codes of a row begin `stride` bytes after those of the row before; pairs lie in the order of the leaf's rows.
 *
 * - `dense`: all rows of the table in their order.
 * - `direct`: rows of a leaf that lie close together.
 * - `gathered`: rows far apart; 128 of them are fetched into `scratch` first, so that many reads are under way at once.
 */
export function unrolledHistogram(): string {
  return [
    `// @ts-ignore: decorator
@inline function wide(pair: u32): i64 { return (i64(i32(pair & 0xffff0000)) << 16) | i64(pair & 0xffff); }
`,
    ...Array.from({ length: MOST }, (_, at) => kernelsOf(at + 1)),
    dispatch("dense", ["codes", "stride", "pairs", "histogram", "count"]),
    dispatch("direct", ["codes", "stride", "pairs", "histogram", "rows", "count"]),
    dispatch("gathered", ["codes", "stride", "pairs", "histogram", "rows", "count", "scratch"]),
  ].join("");
}
