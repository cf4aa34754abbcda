/** Bounds of a leaf's value. */
export interface ValueBounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The bounds of two children. Where the split asks a monotone feature, the middle of their two values parts them: all
 * that grows on one side stays on its side of it, which keeps the tree monotone whatever is asked below (the "basic"
 * method of LightGBM). Other splits hand the bounds on.
 *
 * @param direction of the feature that is asked: -1, 0 or 1.
 */
export function childBounds(
  bounds: ValueBounds,
  direction: number,
  leftValue: number,
  rightValue: number,
): readonly [ValueBounds, ValueBounds] {
  const { lower, upper } = bounds;
  if (direction === 0) return [bounds, bounds];
  const middle = leftValue / 2 + rightValue / 2;
  const low = { lower, upper: middle };
  const high = { lower: middle, upper };
  return direction > 0 ? [low, high] : [high, low];
}
