/** Sizes up to this are 0 where a feature says that 0 is missing: LightGBM's `kZeroThreshold`, 1e-35 in single precision. */
export const ZERO_SIZE = Math.fround(1e-35);

/** Whether a number is 0 for features where 0 is missing. */
export function isZero(value: number): boolean {
  return value <= ZERO_SIZE && value >= -ZERO_SIZE;
}
