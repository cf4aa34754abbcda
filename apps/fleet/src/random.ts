/** A seeded stream of random numbers; equal seeds and names give equal streams. */
export interface Random {
  /** The next float64 in [0, 1). */
  uniform(): number;
  /** The next float64 in [from, to). */
  between(from: number, to: number): number;
  /** A normal number (Box and Muller). */
  normal(mean?: number, deviation?: number): number;
}

/** FNV-1a over UTF-16 units: gives each name its own stream. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * One of the many streams of a run: `name` says what it is drawn for, so that another draw elsewhere moves nothing
 * here. sfc32 (C. Doty-Humphrey, PractRand), its state filled from seed and name, the first 12 outputs passed over.
 *
 * @example
 * const random = seededRandom(7, "gait/s01");
 * random.between(1.6, 2.1);
 */
export function seededRandom(seed: number, name: string): Random {
  let [a, b, c, counter] = [seed | 0, hashOf(name) | 0, hashOf(`${name}#${seed}`) | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let index = 0; index < 12; index += 1) next();
  const uniform = () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  let spare: number | undefined;
  const standard = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return Object.freeze({
    uniform,
    between: (from: number, to: number) => from + (to - from) * uniform(),
    normal: (mean = 0, deviation = 1) => mean + deviation * standard(),
  });
}
