/** Cells of a grid: a byte each, so that it stays in a core's second cache and what is asked often in the first. */
const CELLS = 1 << 14;

/** Cells on a number line, each with the bin in which it begins; at most two bounds lie in one. */
export interface ValueGrid {
  readonly kind: "even" | "bits";
  /** Of `even`: cell `(x - origin) * scale`. Of `bits`: cell `(key - origin) >>> shift`, see {@link keyOf}. */
  readonly origin: number;
  readonly scale: number;
  readonly shift: number;
  /** The last cell ("even"), or a key in it ("bits"): all beyond is of that cell. */
  readonly last: number;
  readonly begins: Uint8Array;
  /** Bounds in a cell at most: 1 or 2. */
  readonly most: number;
}

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);
/** The word of a float64 that has its sign: 1 where the low one comes first. */
export const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0]!;

/** The high half of a float64's bits as an integer that grows with the number, -0 before 0. */
export function keyOf(bits: number): number {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

function keyOfNumber(value: number): number {
  number[0] = value + 0;
  return keyOf(words[HIGH]!);
}

/** Where each cell begins; undefined where more than two bounds share a cell. */
function beginnings(
  cells: number,
  cellOf: readonly number[],
): Pick<ValueGrid, "begins" | "most"> | undefined {
  const begins = new Uint8Array(cells);
  let bin = 0;
  let most = 1;
  for (let cell = 0; cell < cells; cell++) {
    begins[cell] = bin;
    while (bin < cellOf.length && cellOf[bin]! <= cell) bin++;
    most = Math.max(most, bin - begins[cell]!);
    if (most > 2) return undefined;
  }
  return { begins, most };
}

function evenGrid(bounds: Float64Array): ValueGrid | undefined {
  const origin = bounds[0]!;
  const scale = (CELLS - 2) / (bounds.at(-1)! - origin);
  const last = CELLS - 1;
  // The very arithmetic of the search: each step keeps order, so what rounds, rounds alike. Where bounds are so far from
  // or so close to each other that 0 meets Infinity, NaN is cell 0, which keeps order, too.
  const cellOf = Array.from(bounds, (bound) => Math.min(Math.max((bound - origin) * scale, 0), last) | 0);
  const begins = beginnings(CELLS, cellOf);
  return begins && { kind: "even", origin, scale, shift: 0, last, ...begins };
}

function bitsGrid(bounds: Float64Array): ValueGrid | undefined {
  const keys = Array.from(bounds, keyOfNumber);
  const origin = keys[0]!;
  const last = keys.at(-1)!;
  let shift = 0;
  while ((last - origin) / 2 ** shift >= CELLS) shift++;
  const cells = Math.floor((last - origin) / 2 ** shift) + 1;
  const begins = beginnings(
    cells,
    keys.map((key) => Math.floor((key - origin) / 2 ** shift)),
  );
  return begins && { kind: "bits", origin, scale: 0, shift, last, ...begins };
}

/**
 * A grid that leads from a number to its bin in a step: even in the numbers or, for those of many magnitudes, in their
 * bits. Undefined where neither parts the bounds (without Infinity, at least one), which then must be searched.
 */
export function valueGrid(bounds: Float64Array): ValueGrid | undefined {
  return evenGrid(bounds) ?? bitsGrid(bounds);
}
