/**
 * Time that a queue has lived, by the device's clock as far as it can be believed. A clock that jumps must not make
 * everything old at once: what passes between two looks counts for a day at most, and a step back for nothing. Where the
 * clock has been later before (it starts in 1970 at each boot, or was corrected), a step of up to a day counts, a longer
 * one is a clock that is set and counts for nothing, and one past the latest time for what lies past it. So an age is
 * true for a phone that is used daily; one that was switched off for a year is a day older.
 */
export interface QueueAge {
  /** Milliseconds. */
  readonly lived: number;
  /** What the clock showed at the last look, milliseconds since 1970. */
  readonly seen: number;
  /** The latest that it ever showed; absent: what was seen last. */
  readonly latest?: number;
}

const MOST = 86_400_000;

/**
 * The age at a moment of the device's clock.
 *
 * @example passTime({ lived: 5000, seen: 1_000_000 }, 1_002_000) // { lived: 7000, seen: 1_002_000, latest: 1_002_000 }
 */
export function passTime({ lived, seen, latest = seen }: QueueAge, now: number): QueueAge {
  const passed = now - seen;
  const below = passed > 0 && passed <= MOST ? passed : 0;
  const counted = now > latest ? Math.min(now - latest, MOST) : below;
  return { lived: lived + counted, seen: now, latest: Math.max(latest, now) };
}
