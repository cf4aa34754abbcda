import { packedLane, type Lane } from "../lane.ts";

/** Least and largest number of a stream; missing ones do not count. */
export interface Extent {
  add(lane: Lane, rows: number): void;
  /** Infinity without numbers. */
  readonly min: number;
  readonly max: number;
}

/** An extent that has seen nothing. */
export function extentOf(): Extent {
  let [min, max] = [Infinity, -Infinity];
  return {
    add(lane, rows) {
      const values = packedLane(lane, rows);
      let [low, high] = [min, max];
      for (let row = 0; row < rows; row++) {
        const value = values[row]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      [min, max] = [low, high];
    },
    get min() {
      return min;
    },
    get max() {
      return max;
    },
  };
}

/** What a range is divided by: 1 where it is no more than ten roundings of 1, as scikit-learn has it. */
export function rangeScale(range: number): number {
  return range < 10 * Number.EPSILON ? 1 : range;
}
