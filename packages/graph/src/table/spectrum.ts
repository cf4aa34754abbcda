/** The parameters of a matrix of waves. */
export interface Waves {
  readonly size: number;
  readonly first: number;
  readonly bins: number;
}

/** Largest difference between a constant of the graph and the wave that a table would make instead. */
const TOLERANCE = 1e-7;

/** One row: a cosine or a sine of a bin under a periodic Hann taper, less its mean. */
function wave(size: number, bin: number, sine: boolean): Float64Array {
  const mean = sine ? 0 : bin === 0 ? 0.5 : bin === 1 ? -0.25 : 0;
  return Float64Array.from({ length: size }, (_, t) => {
    const angle = (2 * Math.PI * ((bin * t) % size)) / size;
    const taper = 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / size);
    return taper * (sine ? Math.sin(angle) : Math.cos(angle)) - mean;
  });
}

/**
 * The parameters of a matrix `[2 bins, size]` of tapered cosines, then sines, where it is one: its constants come out of
 * them within 1e-7. A table then holds the parameters instead of the numbers.
 */
export function findSpectrum(matrix: {
  readonly dims: readonly number[];
  readonly constant?: Float64Array;
}): Waves | undefined {
  const [rows, size] = matrix.dims as readonly [number, number];
  const values = matrix.constant!;
  const bins = rows / 2;
  if (size < 4 || !Number.isInteger(bins) || bins < 1) return undefined;
  const is = (row: number, bin: number, sine: boolean): boolean =>
    wave(size, bin, sine).every((value, t) => Math.abs(value - values[row * size + t]!) <= TOLERANCE);
  for (let first = 0; first + bins <= Math.floor(size / 2) + 1; first++) {
    if (!is(0, first, false)) continue;
    const all = Array.from({ length: bins }, (_, b) => b);
    if (all.every((b) => is(b, first + b, false) && is(bins + b, first + b, true)))
      return { size, first, bins };
  }
  return undefined;
}
