import type { Clock } from "@tideline/spec";

/** How a phone's clock differs from the shared one. */
export interface Skew {
  /** Milliseconds ahead of the shared clock at `origin`. */
  readonly offset: number;
  /** Milliseconds gained in each millisecond since `origin`. */
  readonly drift: number;
  readonly origin: number;
}

/** What a skewed clock shows when the shared one shows `time`; whole milliseconds. */
export function skewedTime({ offset, drift, origin }: Skew, time: number): number {
  return Math.round(time + offset + drift * (time - origin));
}

/** What the shared clock shows when a skewed one shows `time`; the inverse of {@link skewedTime}. */
export function sharedTime({ offset, drift, origin }: Skew, time: number): number {
  return Math.round((time - offset + drift * origin) / (1 + drift));
}

/** A clock that goes wrong. */
export function skewedClock(skew: Skew, shared: Clock): Clock {
  return () => skewedTime(skew, shared());
}
