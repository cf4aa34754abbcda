/** Euler's constant. */
const GAMMA = 0.5772156649015329;

/**
 * The digamma function of the integers 1 to `most` (entry 0 is NaN): minus Euler's constant plus the harmonic numbers,
 * summed with compensation. [most + 1]
 */
export function digammaTable(most: number): Float64Array {
  const table = new Float64Array(most + 1);
  table[0] = NaN;
  let sum = -GAMMA;
  let lost = 0;
  for (let n = 1; n <= most; n++) {
    table[n] = sum;
    const term = 1 / n - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return table;
}
