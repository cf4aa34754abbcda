/** The first four bytes of a table: `TLM1`, as a little-endian number. */
export const TABLE_MAGIC = 0x314d4c54;

/** The version of the format, docs/format/model-table.md, that this package reads. */
export const TABLE_VERSION = 1;

/** Bytes of a file. Limits stand as plain numbers, which a bundler puts where they are used. */
export const MOST_BYTES = 0x4000000;

/** Numbers of memory, scratch included; also any length and any stride. 64 MiB. */
export const LARGEST = 0x1000000;

/** Elementary steps of one run: a pure TypeScript reader on a phone takes some ten seconds for as many. */
export const MOST_WORK = 0x10000000;

/** Instructions of a program. */
export const MOST_INSTRUCTIONS = 0x4000;

/** Labels of classes. */
export const MOST_LABELS = 0x10000;

/** Bytes of all names and labels: 16 for each of the most labels. */
export const MOST_TEXT = 0x100000;

/** Largest values of a table. A reader refuses what is beyond them before it allocates or computes. */
export const TABLE_LIMITS = {
  bytes: MOST_BYTES,
  memory: LARGEST,
  work: MOST_WORK,
  instructions: MOST_INSTRUCTIONS,
  labels: MOST_LABELS,
  text: MOST_TEXT,
  outputs: 16,
  rank: 6,
} as const;

/** What stands for an operand that is left out. */
export const NONE = 0xffffffff;

/** Codes of operators. Appended to only. */
export const TABLE_OPERATORS = {
  unary: 1,
  binary: 2,
  move: 3,
  gather: 4,
  matmul: 5,
  reduce: 6,
  softmax: 7,
  argmax: 8,
  conv: 9,
  pool: 10,
  trees: 11,
  spectrum: 12,
} as const;

/** Codes of functions of one number, which are also the activations of `matmul` and `conv`. */
export const UNARY_KINDS = {
  copy: 0,
  neg: 1,
  abs: 2,
  sqrt: 3,
  exp: 4,
  log: 5,
  relu: 6,
  leakyRelu: 7,
  sigmoid: 8,
  tanh: 9,
  clip: 10,
  trunc: 11,
  nonzero: 12,
} as const;

/** Codes of functions of two numbers. */
export const BINARY_KINDS = { add: 0, sub: 1, mul: 2, div: 3, pow: 4, max: 5, min: 6 } as const;

/** Codes of reductions. */
export const REDUCE_KINDS = { sum: 0, mean: 1, max: 2, min: 3 } as const;

/** Codes of pooling: a mean over the samples that are there, or over padding too. */
export const POOL_KINDS = { max: 0, mean: 1, meanWithPadding: 2 } as const;
