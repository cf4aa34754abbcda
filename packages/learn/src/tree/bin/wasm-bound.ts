import { binBounds, type BoundOptions } from "./bin-bound.ts";
import { MOST_SINGLES, PLACES, type ColumnKernels } from "./column-kernels.ts";
import { forgetTables } from "./wasm-coder.ts";

/**
 * `binBounds` of an unsorted sample by kernels: equal bounds. Undefined for one that is too large or finds no memory, or that
 * float32 does not hold.
 */
export function wasmBounds(
  kernels: ColumnKernels,
  sample: Float32Array | Float64Array,
  options: BoundOptions,
): Float64Array | undefined {
  const { length } = sample;
  if (length > MOST_SINGLES || !kernels.grow(length)) return undefined;
  const { buffer } = kernels.memory;
  const singles = new Float32Array(buffer, PLACES.sample, length);
  singles.set(sample);
  if (sample instanceof Float64Array && !equal(sample, singles)) return undefined;
  forgetTables();
  const different = kernels.run.countSingles(length, length);
  const values = singles.subarray(0, different);
  const counts = new Int32Array(buffer, PLACES.sample + 4 * length, different);
  return binBounds({ values, counts }, options, (_, rows, most) => {
    const ends = kernels.run.manyEnds(different, length, rows, most);
    return new Int32Array(buffer, PLACES.ends, ends);
  });
}

function equal(values: Float64Array, singles: Float32Array): boolean {
  let others = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    others += +(value !== singles[at] && value === value);
  }
  return others === 0;
}
