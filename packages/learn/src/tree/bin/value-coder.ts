import type { NumericArray } from "../tree-table.ts";
import { HIGH, keyOf, valueGrid, type ValueGrid } from "./value-grid.ts";

/** Values that are converted to float64 at a time: 32 KiB, a core's first cache. */
const BLOCK = 4096;

/** Writes the bin of each value; returns whether any was missing. */
export type ValueCoder = (values: NumericArray, into: Uint8Array) => boolean;

/**
 * What turns numbers into bins: bin b holds `upper[b - 1] < x <= upper[b]`, NaN becomes `upper.length`. No step of it
 * branches on a value that is not missing. It depends on its arguments alone, so any thread may have its own.
 */
export function valueCoder(upper: Float64Array): ValueCoder {
  const missing = upper.length;
  const grid = upper.length > 1 ? valueGrid(upper.subarray(0, -1)) : undefined;
  // Room for a search in steps of powers of 2, which may look beyond the last.
  const bounds = new Float64Array(256).fill(Infinity);
  bounds.set(upper);
  const scratch = new Float64Array(BLOCK);
  const bits = new Int32Array(scratch.buffer);
  return (values, into) => {
    let seen = false;
    for (let start = 0; start < values.length; start += BLOCK) {
      const count = Math.min(BLOCK, values.length - start);
      scratch.set(values.subarray(start, start + count));
      const out = into.subarray(start, start + count);
      if (grid === undefined) codeBySearch(scratch, bounds, out);
      else if (grid.kind === "even") codeByEvenGrid(scratch, bounds, grid, out);
      else codeByBitsGrid(scratch, bits, bounds, grid, out);
      seen = codeMissing(scratch, missing, out) || seen;
    }
    return seen;
  };
}

function codeByEvenGrid(values: Float64Array, bounds: Float64Array, grid: ValueGrid, into: Uint8Array): void {
  const { origin, scale, last, begins } = grid;
  for (let at = 0; at < into.length; at++) {
    const value = values[at]!;
    let bin = begins[Math.min(Math.max((value - origin) * scale, 0), last) | 0]!;
    bin += +(value > bounds[bin]!);
    into[at] = bin + +(value > bounds[bin]!);
  }
}

function codeByBitsGrid(
  values: Float64Array,
  bits: Int32Array,
  bounds: Float64Array,
  grid: ValueGrid,
  into: Uint8Array,
): void {
  const { origin, shift, last, begins } = grid;
  for (let at = 0; at < into.length; at++) {
    const value = values[at]!;
    const key = keyOf(bits[2 * at + HIGH]!);
    const inside = key < origin ? origin : key > last ? last : key;
    let bin = begins[(inside - origin) >>> shift]!;
    bin += +(value > bounds[bin]!);
    into[at] = bin + +(value > bounds[bin]!);
  }
}

function codeBySearch(values: Float64Array, bounds: Float64Array, into: Uint8Array): void {
  for (let at = 0; at < into.length; at++) {
    const value = values[at]!;
    let bin = +(value > bounds[127]!) << 7;
    bin += +(value > bounds[bin + 63]!) << 6;
    bin += +(value > bounds[bin + 31]!) << 5;
    bin += +(value > bounds[bin + 15]!) << 4;
    bin += +(value > bounds[bin + 7]!) << 3;
    bin += +(value > bounds[bin + 3]!) << 2;
    bin += +(value > bounds[bin + 1]!) << 1;
    into[at] = bin + +(value > bounds[bin]!);
  }
}

function codeMissing(values: Float64Array, missing: number, into: Uint8Array): boolean {
  let seen = false;
  for (let at = 0; at < into.length; at++) {
    if (values[at] === values[at]) continue;
    into[at] = missing;
    seen = true;
  }
  return seen;
}
