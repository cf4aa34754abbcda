import { momentsOf } from "../statistics/moments.ts";
import { numberSample } from "../statistics/number-sample.ts";
import { quantilesOf } from "../statistics/select-nth.ts";
import { noNumbers } from "../scale/not-enough.ts";
import type { Lane } from "../lane.ts";

/** The fit of what fills a column of numbers. */
export interface NumberFit {
  add(lane: Lane, rows: number): void;
  /** @throws NOT_ENOUGH_DATA without a number. */
  finish(): number;
}

/** The fit of a mean, a median or the most frequent number. */
export function numberFit(
  who: string,
  strategy: "mean" | "median" | "most_frequent" | "constant",
  name: string,
): NumberFit {
  if (strategy === "mean") {
    const moments = momentsOf(who, name);
    return {
      add: moments.add,
      finish() {
        if (moments.count === 0) throw noNumbers(who, name);
        return moments.mean;
      },
    };
  }
  const sample = numberSample();
  return {
    add: sample.add,
    finish() {
      if (sample.count === 0) throw noNumbers(who, name);
      return strategy === "median" ? quantilesOf(sample.take(), [0.5])[0]! : modeOf(sample.take());
    },
  };
}

/** The most frequent number, of equally frequent ones the least. */
function modeOf(values: Float64Array): number {
  const sorted = values.sort();
  let [best, most] = [sorted[0]!, 0];
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    if (to - from > most) [best, most] = [sorted[from]!, to - from];
    from = to;
  }
  return best;
}
