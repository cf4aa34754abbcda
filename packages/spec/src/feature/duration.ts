import { illegal, show } from "./illegal.ts";
import { MAX_TIME } from "./scalar.ts";

/** Milliseconds of each unit. */
const UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A length of time, as "250ms", "30s", "10m", "1h", "7d" or "2w". */
export type Duration = `${number}${keyof typeof UNIT}`;

/**
 * Milliseconds of a duration: a whole, positive number of at most 8.64e15. Throws `FEATURE_ILLEGAL`.
 *
 * @example milliseconds("10m") // 600000
 */
export function milliseconds(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(duration) ?? [];
  const value = Number(amount) * (UNIT[unit as keyof typeof UNIT] ?? Number.NaN);
  if (!isDuration(value)) {
    throw illegal("duration", "within", 'a duration as "30s", "10m" or "7d"', show(duration));
  }
  return value;
}

/** Whether a value is a legal length of a window in milliseconds. */
export function isDuration(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_TIME;
}
