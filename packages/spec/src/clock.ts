/** Milliseconds since 1970. */
export type Clock = () => number;

/** A clock that runs `speed` times as fast as another, from an origin that both ends of a simulation share. */
export interface ScaledClockOptions {
  /** What the scaled clock showed when the wall clock showed `wallOrigin`. */
  readonly origin: number;
  readonly wallOrigin: number;
  readonly speed: number;
}

/**
 * A clock that runs faster than the wall clock, so that hours of recordings play in seconds and every delay stays
 * in proportion. Whole milliseconds.
 */
export function scaledClock({ origin, wallOrigin, speed }: ScaledClockOptions, wall: Clock): Clock {
  return () => Math.round(origin + (wall() - wallOrigin) * speed);
}
