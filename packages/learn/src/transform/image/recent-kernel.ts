import { axisKernel, type AxisKernel, type KernelOptions } from "./resize-kernel.ts";

/** Axes that are remembered: two for each size of image, of a camera that is held both ways, and as many of other sizes. */
const KEPT = 8;
/** Weights of an axis that is remembered, at most: half a megabyte. */
const MOST_WEIGHTS = 2 ** 16;

const recent = new Map<string, AxisKernel>();

/**
 * What `axisKernel` gives, remembered for the last few lengths: of thousands of photos most have the same size. Its arrays are
 * shared and not to be written.
 *
 * @throws DEFINITION_ILLEGAL
 */
export function recentAxisKernel(from: number, to: number, options: KernelOptions): AxisKernel {
  const { kernel, antialias, a } = options;
  const key = `${from} ${to} ${kernel} ${antialias} ${a}`;
  const made = recent.get(key) ?? axisKernel(from, to, options);
  recent.delete(key);
  if (made.weights.length > MOST_WEIGHTS) return made;
  recent.set(key, made);
  if (recent.size > KEPT) recent.delete(recent.keys().next().value!);
  return made;
}
