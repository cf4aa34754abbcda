/** When categories are too rare to stand alone; as scikit-learn's options of these names. */
export interface InfrequentOptions {
  /** Rarer ones are infrequent: a count of rows (an integer from 1), or a share of them (between 0 and 1). Default: none is. */
  readonly minFrequency?: number;
  /** At most so many outputs of a column, the infrequent one included: the most frequent stay, of equals the last. Default: no limit. */
  readonly maxCategories?: number;
}

/**
 * Which categories are infrequent, by their counts in their order: 1 where one is; undefined where none is. Ties are
 * broken as scikit-learn breaks them: of equally frequent ones the later stay.
 *
 * @param rows of the fit, those without a value included.
 */
export function infrequentOf(
  counts: ArrayLike<number>,
  rows: number,
  { minFrequency, maxCategories }: InfrequentOptions,
): Uint8Array | undefined {
  const rare = new Uint8Array(counts.length);
  const least = minFrequency === undefined ? 0 : minFrequency < 1 ? minFrequency * rows : minFrequency;
  let count = 0;
  for (let at = 0; at < rare.length; at++)
    if (counts[at]! < least) {
      rare[at] = 1;
      count++;
    }
  if (maxCategories !== undefined && maxCategories < rare.length - count + 1) {
    const order = Int32Array.from(rare, (_, at) => at).sort((a, b) => counts[a]! - counts[b]! || a - b);
    for (const at of order.subarray(0, order.length - (maxCategories - 1))) rare[at] = 1;
  }
  return rare.includes(1) ? rare : undefined;
}
