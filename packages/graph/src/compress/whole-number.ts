import type { Range } from "./calibrate/range.ts";

/** The symmetric whole numbers of so many bits: from minus this to this. */
export const largestOf = (bits: 4 | 8): number => 2 ** (bits - 1) - 1;

/** What whole numbers stand for: `scale * (q - zero)`. */
export interface Affine8 {
  readonly scale: number;
  readonly zero: number;
}

/** The 256 numbers from `lowest` on for a range that holds zero, exactly. */
export function asymmetricScale({ low, high }: Range, lowest: number): Affine8 {
  // Of nothing but zeros any scale will do, and so will one for a range below what float32 tells from zero.
  const width = Math.fround((high - low) / 255);
  const scale = width > 0 && width < Infinity ? width : 1;
  const zero = Math.max(lowest, Math.min(lowest + 255, Math.round(lowest - low / scale)));
  return { scale, zero };
}

/** Where the scales of a tensor are: elements that share one share its number. */
export interface ScaleGroups {
  readonly count: number;
  readonly of: (at: number) => number;
}

/** One scale for each place along an axis. */
export function groupsAlong(dims: readonly number[], axis: number): ScaleGroups {
  const inner = dims.slice(axis + 1).reduce((product, length) => product * length, 1);
  const count = dims[axis]!;
  return { count, of: (at) => Math.floor(at / inner) % count };
}

/** One scale for each block of so many places along an axis, at every place of the others; in row-major order. */
export function blocksAlong(dims: readonly number[], axis: number, block: number): ScaleGroups {
  const inner = dims.slice(axis + 1).reduce((product, length) => product * length, 1);
  const length = dims[axis]!;
  const blocks = Math.ceil(length / block);
  const outer = dims.slice(0, axis).reduce((product, size) => product * size, 1);
  return {
    count: outer * blocks * inner,
    of: (at) => {
      const place = Math.floor(at / inner);
      const along = place % length;
      return (Math.floor(place / length) * blocks + Math.floor(along / block)) * inner + (at % inner);
    },
  };
}

/** The largest size in each group. */
export function largestSizes(values: ArrayLike<number>, { count, of }: ScaleGroups): Float64Array {
  const largest = new Float64Array(count);
  for (let at = 0; at < values.length; at++) {
    const group = of(at);
    largest[group] = Math.max(largest[group]!, Math.abs(values[at]!));
  }
  return largest;
}

/**
 * Below this share of the largest a channel holds nothing but what rounding left of zeros: sines of whole half turns, computed in double
 * precision, are below 2^-41 in windows of 1024 samples.
 */
export const NOTHING = 2 ** -40;

/** The scales with which the largest number of each group is the largest whole one; of zeros any scale will do. */
export function symmetricScales(largest: Float64Array, bits: 4 | 8): Float32Array {
  return Float32Array.from(largest, (most) => {
    const scale = Math.fround(most / largestOf(bits));
    return scale > 0 && scale < Infinity ? scale : 1;
  });
}

/** Numbers rounded to the nearest whole multiple of their group's scale. */
export function symmetricWhole(
  values: ArrayLike<number>,
  groups: ScaleGroups,
  scales: ArrayLike<number>,
  bits: 4 | 8,
): Int8Array {
  const most = largestOf(bits);
  return Int8Array.from({ length: values.length }, (_, at) =>
    Math.max(-most, Math.min(most, Math.round(values[at]! / scales[groups.of(at)]!))),
  );
}
