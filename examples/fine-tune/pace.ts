/** How long a step takes. */
export interface Pace {
  /** At the end of a step. */
  step(): void;
  /** What comes next is no step: a new epoch's evaluation lies between. */
  pause(): void;
  /** Milliseconds; null as long as no two steps followed each other. */
  median(): number | null;
}

/** Measures from the end of one step to the end of the next. */
export function pace(now: () => number = () => performance.now()): Pace {
  const took: number[] = [];
  let last: number | undefined;
  return {
    step() {
      const at = now();
      if (last !== undefined) took.push(at - last);
      last = at;
    },
    pause() {
      last = undefined;
    },
    median: () => took.toSorted((one, other) => one - other)[took.length >> 1] ?? null,
  };
}
