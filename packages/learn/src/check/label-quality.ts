import type { Probabilities } from "./confident-joint.ts";

/** How the quality of a label is told: see {@link labelQuality}. */
export type LabelScore = "normalizedMargin" | "selfConfidence";

/**
 * How sound each label looks, 0 to 1: the probability of the given class (`selfConfidence`), or how far it is above that of
 * the best other one, `(p - other + 1) / 2` (`normalizedMargin`).
 *
 * @param y [rows], places of classes.
 * @param probabilities [rows, classes], out of fold.
 */
export function labelQuality(
  y: Int32Array,
  probabilities: Probabilities,
  classes: number,
  score: LabelScore,
): Float64Array {
  return Float64Array.from(y, (given, row) => {
    const start = row * classes;
    const own = probabilities[start + given]!;
    if (score === "selfConfidence") return own;
    let other = -Infinity;
    for (let at = 0; at < classes; at++)
      if (at !== given && probabilities[start + at]! > other) other = probabilities[start + at]!;
    return (own - other + 1) / 2;
  });
}
