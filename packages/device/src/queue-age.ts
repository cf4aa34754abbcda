/**
 * Time that a queue has lived, by the device's clock as far as it can be believed. A clock that jumps must not make
 * everything old at once: what passes between two looks counts for a day at most, and a step back for nothing. A clock
 * that starts in 1970 at each boot counts by what it showed when it was set before: up to that, steps of a day at most
 * count and the one that sets it does not; past that, what lies past it. So an age is true for a phone that is used daily,
 * after its clock was a year ahead for a while, too (which makes it a day older); one that was switched off for a year is
 * a day older.
 */
export interface QueueAge {
  /** Milliseconds. */
  readonly lived: number;
  /** What the clock showed at the last look, milliseconds since 1970. */
  readonly seen: number;
  /** What it showed last when it was set, or else the latest that it ever showed; absent: what was seen last. */
  readonly latest?: number;
}

const MOST = 86_400_000;

/** A clock that shows less was not set since the phone was switched on: the start of 2020, before this software was. */
const SET = Date.UTC(2020, 0, 1);

/**
 * The age at a moment of the device's clock.
 *
 * @example passTime({ lived: 5000, seen: 1_000_000 }, 1_002_000) // { lived: 7000, seen: 1_002_000, latest: 1_002_000 }
 */
export function passTime({ lived, seen, latest = seen }: QueueAge, now: number): QueueAge {
  const passed = now - seen;
  const below = passed > 0 && passed <= MOST ? passed : 0;
  const counted = now > latest ? Math.min(now - latest, MOST) : below;
  return { lived: lived + counted, seen: now, latest: now < SET ? Math.max(latest, now) : now };
}
