/**
 * Time that a queue has lived, by the device's clock as far as it can be believed. A clock that jumps must not make
 * everything old at once: what passes between two looks counts for a day at most, and a step back for nothing. So an
 * age is true for a phone that is used daily; one that was switched off for a year is a day older.
 */
export interface QueueAge {
  /** Milliseconds. */
  readonly lived: number;
  /** What the clock showed at the last look, milliseconds since 1970. */
  readonly seen: number;
}

const MOST = 86_400_000;

/**
 * The age at a moment of the device's clock.
 *
 * @example passTime({ lived: 5000, seen: 1_000_000 }, 1_002_000) // { lived: 7000, seen: 1_002_000 }
 */
export function passTime({ lived, seen }: QueueAge, now: number): QueueAge {
  return { lived: lived + Math.min(Math.max(now - seen, 0), MOST), seen: now };
}
