import { PLACES, type ColumnKernels } from "./column-kernels.ts";
import type { ValueCoder } from "./value-coder.ts";
import type { ValueGrid } from "./value-grid.ts";

/** Values that are coded at a time: 32 KiB of float64. */
const BLOCK = 4096;
/** The cell behind those of a grid is that of what is missing. */
const CELLS = 1 << 14;

/** Whose tables stand in the memory. */
let standing: object | undefined;

/** `plainCoder` by kernels: equal bins. */
export function wasmCoder(
  { run, memory }: ColumnKernels,
  upper: Float64Array,
  grid: ValueGrid | undefined,
): ValueCoder {
  const missing = upper.length;
  // One more than there are bins: that of what is missing is asked for its bound, too.
  const bounds = new Float64Array(257).fill(Infinity);
  bounds.set(upper);
  const begins = new Uint8Array(CELLS + 1);
  if (grid !== undefined) begins.set(grid.begins);
  begins[CELLS] = missing;
  const own = {};
  const code = (single: boolean, count: number): number => {
    if (grid === undefined)
      return single ? run.searchSingles(count, missing) : run.searchDoubles(count, missing);
    const { origin, scale, shift, last } = grid;
    const one = grid.most < 2 ? 1 : 0;
    if (grid.kind === "even")
      return (single ? run.codeEvenSingles : run.codeEvenDoubles)(count, origin, scale, last, one);
    return (single ? run.codeBitsSingles : run.codeBitsDoubles)(count, origin, shift, last, one);
  };
  return (values, into) => {
    const { buffer } = memory;
    if (standing !== own) {
      new Uint8Array(buffer, PLACES.begins, begins.length).set(begins);
      new Float64Array(buffer, PLACES.bounds, bounds.length).set(bounds);
      standing = own;
    }
    const single = values instanceof Float32Array;
    const room = single
      ? new Float32Array(buffer, PLACES.values, BLOCK)
      : new Float64Array(buffer, PLACES.values, BLOCK);
    const codes = new Uint8Array(buffer, PLACES.codes, BLOCK);
    let seen = 0;
    for (let start = 0; start < values.length; start += BLOCK) {
      const count = Math.min(BLOCK, values.length - start);
      room.set(values.subarray(start, start + count));
      // Four values are coded at a time: those beyond the end are no NaN.
      const whole = (count + 3) & ~3;
      room.fill(0, count, whole);
      seen |= code(single, whole);
      into.set(count === BLOCK ? codes : codes.subarray(0, count), start);
    }
    return seen !== 0;
  };
}

/** The memory has been used for something else. */
export function forgetTables(): void {
  standing = undefined;
}
