/** Grades of relevance go up to this: gains stay whole numbers in float64, and sums of them, too. */
export const MOST_GRADE = 30;

/** What a row of a grade is worth: 2^grade - 1. */
export function gainOf(grade: number): number {
  return 2 ** grade - 1;
}

/** Those of the first places, which are asked for again and again. */
const DISCOUNTS = Float64Array.from({ length: 64 }, (_, place) => 1 / Math.log2(place + 2));

/** What a place counts, 0 being the first: 1 / log2(place + 2). */
export function discountOf(place: number): number {
  return DISCOUNTS[place] ?? 1 / Math.log2(place + 2);
}

/** Rows `start .. end`, those of higher scores first; of equals the earlier. */
export function rankedRows(scores: Float64Array, start: number, end: number): Int32Array {
  const order = Int32Array.from({ length: end - start }, (_, at) => start + at);
  return order.sort((left, right) => scores[right]! - scores[left]! || left - right);
}

/** The discounted cumulative gain of the best order of rows `start .. end`, counted to the place `truncation`. */
export function bestGain(y: Float64Array, start: number, end: number, truncation: number): number {
  const grades = y.slice(start, end).sort().toReversed();
  let sum = 0;
  for (let place = 0; place < Math.min(truncation, grades.length); place++)
    sum += gainOf(grades[place]!) * discountOf(place);
  return sum;
}

/**
 * Normalised discounted cumulative gain of graded rows, counted to the place `truncation`: the mean over groups that have
 * a grade above 0 (K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20, 2002;
 * gains 2^grade - 1). NaN where no group has one.
 */
export function gradedNdcg(
  y: Float64Array,
  scores: Float64Array,
  groups: Int32Array,
  truncation: number,
): number {
  let [sum, counted] = [0, 0];
  for (let group = 0; group + 1 < groups.length; group++) {
    const [start, end] = [groups[group]!, groups[group + 1]!];
    const best = bestGain(y, start, end, truncation);
    if (best === 0) continue;
    const order = rankedRows(scores, start, end);
    let own = 0;
    for (let place = 0; place < Math.min(truncation, order.length); place++)
      own += gainOf(y[order[place]!]!) * discountOf(place);
    sum += own / best;
    counted += 1;
  }
  return sum / counted;
}
