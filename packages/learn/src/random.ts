import { tidelineError } from "@tideline/spec/error";

/**
 * A seeded stream of random numbers. Equal seeds give equal streams on every platform (`normal` uses
 * `Math.log`, which is equal between runs of one engine).
 */
export interface Random {
  /** The next integer in 0..2^32-1. */
  uint32(): number;
  /** The next float64 in [0, 1), with 53 random bits. */
  uniform(): number;
  /** An unbiased integer in 0..bound-1. */
  integer(bound: number): number;
  /** A standard normal number. */
  normal(): number;
}

/**
 * xoshiro128** 1.1 (D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47:4,
 * 2021), its state filled by a 32-bit splitmix: a Weyl sequence through the finaliser of MurmurHash3.
 *
 * @param seed an integer; only its low 32 bits count.
 * @throws ARGUMENT_INVALID when the seed is not an integer.
 * @example
 * const random = seededRandom(7);
 * random.integer(6);
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "seededRandom",
      field: "seed",
      expected: "an integer",
      received: String(seed),
    });
  }
  let weyl = seed | 0;
  const fill = () => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let z = weyl;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];

  const uint32 = () => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  };
  const uniform = () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  const integer = (bound: number) => {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296) {
      throw tidelineError("ARGUMENT_INVALID", {
        who: "random.integer",
        field: "bound",
        expected: "an integer in 1..2^32",
        received: String(bound),
      });
    }
    // Rejecting the incomplete last interval keeps every remainder equally likely.
    const limit = 4294967296 - (4294967296 % bound);
    let drawn = uint32();
    while (drawn >= limit) drawn = uint32();
    return drawn % bound;
  };
  // Box and Muller (1958); 1 - u keeps the logarithm finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  return Object.freeze({ uint32, uniform, integer, normal });
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** A new array with the same values in random order (Fisher and Yates). */
export function shuffled<T>(random: Random, values: readonly T[]): T[] {
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** `count` integers in 0..bound-1, each drawn independently. */
export function drawWithReplacement(random: Random, bound: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, () => random.integer(bound));
}

/**
 * `count` different integers in 0..bound-1, in random order.
 *
 * @throws ARGUMENT_INVALID when `count` exceeds `bound`.
 */
export function drawWithoutReplacement(random: Random, bound: number, count: number): Int32Array {
  if (count > bound) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "drawWithoutReplacement",
      field: "count",
      expected: `at most ${bound}`,
      received: String(count),
    });
  }
  const pool = Int32Array.from({ length: bound }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(bound - i);
    const kept = pool[i]!;
    pool[i] = pool[j]!;
    pool[j] = kept;
  }
  return pool.slice(0, count);
}
