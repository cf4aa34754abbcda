import { scaledClock, type Clock, type ScaledClockOptions } from "@tideline/spec";

/** The shared clock, and waiting by it. All times are milliseconds of that clock. */
export interface Pace {
  readonly now: Clock;
  wait(ms: number): Promise<void>;
  /** Waits until the clock has passed a time; at once when it has. */
  until(time: number): Promise<void>;
}

/** The pace of a scaled clock. */
export function createPace(options: ScaledClockOptions): Pace {
  const now = scaledClock(options, Date.now);
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / options.speed));
  return Object.freeze({
    now,
    wait,
    until: async (time: number) => {
      const ahead = time - now();
      if (ahead > 0) await wait(ahead);
    },
  });
}
