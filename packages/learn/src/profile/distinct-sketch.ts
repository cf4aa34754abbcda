/** The standard error of {@link DistinctSketch}: 1.04 / sqrt(2^14), as a share. */
export const DISTINCT_ERROR = 0.0082;

/** Bits of a hash that choose a register. */
const BITS = 14;
const REGISTERS = 2 ** BITS;

/** About how many different values a stream has. */
export interface DistinctSketch {
  /** Takes a 64-bit hash of a value. */
  add(low: number, high: number): void;
  estimate(): number;
}

/**
 * HyperLogLog with 16,384 registers of a byte: a standard error of 0.81 %, less below some 40,000, where linear counting
 * serves (P. Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", 2007; 64-bit
 * hashes as S. Heule et al., 2013).
 */
export function distinctSketch(): DistinctSketch {
  const registers = new Uint8Array(REGISTERS);
  return {
    add(low, high) {
      const place = high >>> (32 - BITS);
      // The zeros that lead the other 50 bits, and one.
      const rest = (high << BITS) >>> 0;
      const rank = rest === 0 ? 32 - BITS + Math.clz32(low) + 1 : Math.clz32(rest) + 1;
      if (rank > registers[place]!) registers[place] = rank;
    },
    estimate() {
      let [sum, empty] = [0, 0];
      for (const rank of registers) {
        sum += 2 ** -rank;
        if (rank === 0) empty++;
      }
      const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum;
      const linear = REGISTERS * Math.log(REGISTERS / empty);
      return Math.round(raw <= 2.5 * REGISTERS && empty > 0 ? linear : raw);
    },
  };
}
