/** Sums of which a correlation is made, a pair at a time, without a second look at the data. */
export interface Correlation {
  add(x: number, y: number): void;
  /** Pearson's; undefined with fewer than two pairs, or where either does not vary. */
  value(): number | undefined;
}

/** Means and products of deviations by B. Welford's updates ("Note on a method for calculating corrected sums", 1962). */
export function correlation(): Correlation {
  let [count, meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  return {
    add(x, y) {
      count++;
      const dx = x - meanX;
      const dy = y - meanY;
      meanX += dx / count;
      meanY += dy / count;
      xx += dx * (x - meanX);
      yy += dy * (y - meanY);
      xy += dx * (y - meanY);
    },
    value() {
      const product = Math.sqrt(xx) * Math.sqrt(yy);
      if (count < 2 || !(product > 0) || !Number.isFinite(product)) return undefined;
      return Math.min(1, Math.max(-1, xy / product));
    },
  };
}
