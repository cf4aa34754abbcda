import { seededRandom } from "../../../random.ts";
import type { BinnedTable } from "../../binned-table.ts";
import type { Growth } from "../growth.ts";

/** Growth without limits that are in the way of small tables. */
export const PLAIN_GROWTH: Growth = Object.freeze({
  leaves: 9,
  depth: Infinity,
  minChildWeight: 0,
  minChildRows: 1,
  minGain: 0,
  l1: 0,
  l2: 0,
  maxDelta: 0,
  categorical: { oneHot: 4, most: 32, smooth: 1, l2: 1, minRows: 1 },
  seed: 1,
});

/** Growth with every option on or off by a seed. */
export function randomGrowth(table: BinnedTable, seed: number): Growth {
  const random = seededRandom(seed);
  const features = table.features.length;
  const one = <T>(...values: T[]): T => values[random.integer(values.length)]!;
  const half = Uint8Array.from({ length: features }, () => random.integer(2));
  return {
    leaves: one(2, 5, 9, 9),
    depth: one(1, 2, Infinity, Infinity),
    minChildWeight: one(0, 1e-3, 1),
    minChildRows: one(0, 1, 1, 4),
    minGain: one(0, 0, 0.1),
    l1: one(0, 0, 0.1),
    l2: one(0, 1e-3, 1),
    maxDelta: one(0, 0, 0.2),
    monotone: one(
      undefined,
      undefined,
      Int8Array.from({ length: features }, () => random.integer(3) - 1),
    ),
    interactions: one(
      undefined,
      undefined,
      [
        [0, 1],
        [1, 2, 3],
      ].map((g) => g.filter((f) => f < features)),
    ),
    features: one(undefined, undefined, half),
    featuresByNode: one(1, 1, 0.2, 0.6),
    extra: one(undefined, undefined, true),
    categorical: {
      oneHot: one(2, 4, 20),
      most: one(1, 32),
      smooth: one(0, 1, 10),
      l2: one(0, 10),
      minRows: one(1, 5),
    },
    seed,
  };
}
