/**
 * The area under the ROC curve: how often a row of the second class is scored above one of the first, ties counting half
 * (H. Mann and D. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other",
 * 1947). NaN where a class has no row.
 *
 * @param y 1 for rows of the second class, else 0.
 * @example
 * areaUnderRoc([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.9]); // 0.875
 */
export function areaUnderRoc(y: ArrayLike<number>, scores: ArrayLike<number>): number {
  const sorted = Float64Array.from(scores).sort();
  // The mean place (from 1) of each different score.
  const places = new Map<number, number>();
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    if (to === from) return NaN;
    places.set(sorted[from]!, (from + 1 + to) / 2);
    from = to;
  }
  let [sum, positives] = [0, 0];
  for (let row = 0; row < y.length; row++) {
    if (y[row] !== 1) continue;
    positives += 1;
    sum += places.get(scores[row]!)!;
  }
  return (sum - (positives * (positives + 1)) / 2) / (positives * (y.length - positives));
}
