/** Where things lie in the memory: `column-kernels.ts` has the same numbers. Bounds, ends and counts of digits are never there at once. */

/** A bin for each cell of a grid; behind the last, that of what is missing. */
export const BEGINS: usize = 4096;
/** The cell of what is missing. */
export const MISSING_CELL: u32 = 16384;
/** Upper bounds of bins, float64, Infinity behind the last: 257. */
export const BOUNDS: usize = 24576;
/** Up to 4,096 values, float32 or float64. */
export const VALUES: usize = 28672;
/** Their bins. */
export const CODES: usize = 61440;

/** Where bins end: up to 254 places of different values. */
export const ENDS: usize = 24576;
/** Counts of three digits. */
export const DIGITS: usize = 28672;
/** The sample, and behind it as much room again. */
export const SAMPLE: usize = 65536;
