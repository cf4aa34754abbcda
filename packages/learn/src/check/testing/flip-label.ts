import { seededRandom } from "../../random.ts";

/** Labels of which a share, drawn by chance, is another class drawn by chance; and which: 1 where flipped. */
export function flipLabels(
  truth: Int32Array,
  classes: number,
  share: number,
  seed: number,
): { readonly y: Int32Array; readonly flipped: Uint8Array } {
  const random = seededRandom(seed);
  const y = truth.slice();
  const flipped = new Uint8Array(y.length);
  for (let row = 0; row < y.length; row++)
    if (random.uniform() < share) {
      y[row] = (truth[row]! + 1 + random.integer(classes - 1)) % classes;
      flipped[row] = 1;
    }
  return { y, flipped };
}

/** How many of the flipped rows were found, and how many of those found were flipped. */
export function foundShares(rows: Int32Array, flipped: Uint8Array) {
  const hits = rows.reduce((sum, row) => sum + flipped[row]!, 0);
  return { recall: hits / flipped.reduce((sum, one) => sum + one, 0), precision: hits / rows.length };
}
