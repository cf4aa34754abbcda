/**
 * A number x is 0 where a feature says that 0 is missing if |x| is at most this: LightGBM's `kZeroThreshold`, which is 1e-35 in
 * single precision, 1.0000000180025095e-35.
 */
export const ZERO_SIZE = Math.fround(1e-35);

/** Whether a number is 0 for features where 0 is missing. */
export function isZero(value: number): boolean {
  return value <= ZERO_SIZE && value >= -ZERO_SIZE;
}
