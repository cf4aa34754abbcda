import type { BoostTarget } from "./objective.ts";

/** Weights of a size beyond this, or below its inverse, are what takes derivatives out of float32. */
const LARGE = 1e20;

/** What to do where derivatives or starting scores leave the range of numbers: weights are named where they are at fault. */
export function unitRemedy({ weight }: Pick<BoostTarget, "weight">): string {
  const largest = weight?.reduce((most, own) => Math.max(most, own), 0) ?? 1;
  return largest > LARGE || largest < 1 / LARGE
    ? `Give the weights in another unit: the largest is ${largest}.`
    : "Lower the rate, or give the labels in another unit.";
}
