import { groupsAlong, largestSizes } from "./compress/whole-number.ts";

/** The largest number of half precision. */
export const LARGEST_HALF = 65_504;

/** The smallest number of half precision that has all of its bits. */
export const SMALLEST_NORMAL_HALF = 2 ** -14;

/**
 * A channel whose numbers are all below this share of the tensor's largest is zeros that were computed, as the sine of the highest
 * frequency in the waves of a spectrum (4e-15 beside 1): float32 itself does not have it when both are added.
 */
const ROUNDED_ZERO = 2 ** -40;

/**
 * Whether weights stay themselves to 2^-11 in half precision, channel by channel: none is beyond it, and along every axis each place has
 * a number with all bits, or nothing but zeros, exact or as far as float32 tells. A channel whose numbers all lie below comes out with few bits or none, and
 * behind it may stand a logarithm, a division or a large input that makes them count.
 *
 * @example
 * keepsHalf({ values: Float32Array.of(0.5, 0.25, 1e-7, 2e-7), dims: [2, 2] }); // false: of the second row is nothing left
 */
export function keepsHalf({
  values,
  dims,
}: {
  readonly values: ArrayLike<number>;
  readonly dims: readonly number[];
}): boolean {
  const largest = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const least = Number.isFinite(largest) ? ROUNDED_ZERO * largest : 0;
  const keeps = (sizes: Float64Array): boolean =>
    sizes.every((size) => size <= least || (size >= SMALLEST_NORMAL_HALF && size <= LARGEST_HALF));
  const axes = dims.flatMap((length, axis) => (length > 1 ? [axis] : []));
  return axes.length === 0
    ? keeps(Float64Array.from(values, Math.abs))
    : axes.every((axis) => keeps(largestSizes(values, groupsAlong(dims, axis))));
}
