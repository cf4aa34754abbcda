import type { NumericArray } from "../tree-table.ts";
import { columnKernels } from "./column-kernels.ts";
import { wasmCoder } from "./wasm-coder.ts";
import { HIGH, keyOf, valueGrid, type ValueGrid } from "./value-grid.ts";

/** Values that are converted to float64 at a time: 32 KiB, a core's first cache. */
const BLOCK = 4096;

/** Writes the bin of each value; returns whether any was missing. */
export type ValueCoder = (values: NumericArray, into: Uint8Array) => boolean;

/**
 * What turns numbers into bins: bin b holds `upper[b - 1] < x <= upper[b]`, NaN becomes `upper.length`. No step of it
 * branches on a value that is not missing. It depends on its argument alone, so any thread may have its own.
 */
export function valueCoder(upper: Float64Array): ValueCoder {
  const kernels = columnKernels();
  return kernels === undefined ? plainCoder(upper) : wasmCoder(kernels, upper, gridOf(upper));
}

function gridOf(upper: Float64Array): ValueGrid | undefined {
  return upper.length > 1 ? valueGrid(upper.subarray(0, -1)) : undefined;
}

/** The coder in TypeScript: what that of the kernels is held against, and what is taken where they are not to be had. */
export function plainCoder(upper: Float64Array): ValueCoder {
  const missing = upper.length;
  const grid = gridOf(upper);
  // Room for a search in steps of powers of 2, which may look beyond the last.
  const bounds = new Float64Array(256).fill(Infinity);
  bounds.set(upper);
  const scratch = new Float64Array(BLOCK);
  const codeNumbers =
    grid === undefined
      ? searchCoder(scratch, bounds)
      : grid.kind === "even"
        ? evenCoder(scratch, bounds, grid)
        : bitsCoder(scratch, bounds, grid);
  return (values, into) => {
    let seen = false;
    for (let start = 0; start < values.length; start += BLOCK) {
      const count = Math.min(BLOCK, values.length - start);
      scratch.set(values.subarray(start, start + count));
      const out = into.subarray(start, start + count);
      if (!codeNumbers(out)) continue;
      codeMissing(scratch, missing, out);
      seen = true;
    }
    return seen;
  };
}

/** Writes the bins of a block's numbers; returns whether it has any NaN, whose bin is left open. */
type BlockCoder = (into: Uint8Array) => boolean;

function evenCoder(values: Float64Array, bounds: Float64Array, grid: ValueGrid): BlockCoder {
  const { origin, scale, last, begins } = grid;
  return (into) => {
    let missing = 0;
    for (let at = 0; at < into.length; at++) {
      const value = values[at]!;
      let bin = begins[Math.min(Math.max((value - origin) * scale, 0), last) | 0]!;
      bin += +(value > bounds[bin]!);
      into[at] = bin + +(value > bounds[bin]!);
      missing |= +(value !== value);
    }
    return missing !== 0;
  };
}

function bitsCoder(values: Float64Array, bounds: Float64Array, grid: ValueGrid): BlockCoder {
  const { origin, shift, last, begins } = grid;
  const bits = new Int32Array(values.buffer);
  return (into) => {
    let missing = 0;
    for (let at = 0; at < into.length; at++) {
      const value = values[at]!;
      const key = keyOf(bits[2 * at + HIGH]!);
      const inside = key < origin ? origin : key > last ? last : key;
      let bin = begins[(inside - origin) >>> shift]!;
      bin += +(value > bounds[bin]!);
      into[at] = bin + +(value > bounds[bin]!);
      missing |= +(value !== value);
    }
    return missing !== 0;
  };
}

function searchCoder(values: Float64Array, bounds: Float64Array): BlockCoder {
  return (into) => {
    let missing = 0;
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
      missing |= +(value !== value);
    }
    return missing !== 0;
  };
}

function codeMissing(values: Float64Array, missing: number, into: Uint8Array): void {
  for (let at = 0; at < into.length; at++) if (values[at] !== values[at]) into[at] = missing;
}
