/** Features of a block at most: 16 codes of a row are fetched at once. */
const MOST = 16;

/** One row's codes at `c`, its pair in `p`: each feature's bins begin 2,048 bytes after those of the one before. */
const addRow = (width: number): string =>
  Array.from({ length: width }, (_, f) => {
    const sums = f * 2048;
    return `    a = h + (usize(load<u8>(c, ${f})) << 3); store<i64>(a, load<i64>(a, ${sums}) + p, ${sums});`;
  }).join("\n");

const kernelsOf = (width: number): string => `
export function dense${width}(c: usize, pairs: usize, h: usize, count: u32): void {
  let a: usize;
  const end = pairs + 4 * count;
  while (pairs < end) {
    const p = wide(load<u32>(pairs));
${addRow(width)}
    c += ${width};
    pairs += 4;
  }
}

export function direct${width}(codes: usize, pairs: usize, h: usize, rows: usize, count: u32): void {
  let a: usize;
  const end = rows + 4 * count;
  while (rows < end) {
    const row = load<u32>(rows);
    const c = codes + row * ${width};
    const p = wide(load<u32>(pairs + 4 * row));
${addRow(width)}
    rows += 4;
  }
}

export function gathered${width}(codes: usize, pairs: usize, h: usize, rows: usize, count: u32, scratch: usize): void {
  let a: usize;
  while (count > 0) {
    const batch = min<u32>(count, 128);
    const end = scratch + 24 * batch;
    for (let to = scratch; to < end; to += 24) {
      const row = load<u32>(rows);
      store<i64>(to, wide(load<u32>(pairs + 4 * row)));
      v128.store(to, v128.load(codes + row * ${width}), 8);
      rows += 4;
    }
    for (let c = scratch + 8; c < end; c += 24) {
      const p = load<i64>(c - 8);
${addRow(width)}
    }
    count -= batch;
  }
}
`;

const dispatch = (name: string, rest: readonly string[]): string => `
export function ${name}Rows(width: u32, ${rest.map((word) => `${word}: ${word === "count" ? "u32" : "usize"}`).join(", ")}): void {
  switch (width) {
${Array.from({ length: MOST }, (_, at) => `    case ${at + 1}: ${name}${at + 1}(${rest.join(", ")}); break;`).join("\n")}
  }
}
`;

/**
 * The source of the histogram kernels for blocks of 1 to 16 features, without a loop over features: AssemblyScript wants
 * constant offsets spelled out.
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
    dispatch("dense", ["codes", "pairs", "histogram", "count"]),
    dispatch("direct", ["codes", "pairs", "histogram", "rows", "count"]),
    dispatch("gathered", ["codes", "pairs", "histogram", "rows", "count", "scratch"]),
  ].join("");
}
