/**
 * A column for estimates by nearest neighbours: divided by its standard deviation, and with noise of 1e-10 of its size, as
 * repeated values have no neighbours (scikit-learn does the same; A. Kraskov et al., 2004, section II). The noise is of a
 * seeded stream, evenly spread, of standard deviation 1: equal seeds give equal answers.
 */
export function separated(x: Float64Array, seed: number): Float64Array {
  const rows = x.length;
  const out = new Float64Array(rows);
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += x[row]!;
  mean /= rows;
  let [squares, same] = [0, true];
  for (let row = 0; row < rows; row++) {
    squares += (x[row]! - mean) ** 2;
    same &&= x[row] === x[0];
  }
  const scale = same || squares === 0 ? 1 : Math.sqrt(squares / rows);
  let size = 0;
  for (let row = 0; row < rows; row++) {
    const value = x[row]! / scale;
    out[row] = value;
    size += Math.abs(value);
  }
  const factor = (1e-10 * Math.max(1, size / rows) * Math.sqrt(12)) / 2 ** 32;
  // G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8, 2003: a step is three shifts.
  let state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) | 1;
  for (let row = 0; row < rows; row++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    out[row]! += state * factor;
  }
  return out;
}

/** A seed of a column: that of the estimate and the column's name, so that other columns do not matter. */
export function seedOf(seed: number, name: string): number {
  // FNV-1a over code units.
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash | 0;
}
