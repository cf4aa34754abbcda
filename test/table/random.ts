import { seededRandom, type Random } from "@tideline/learn";

/** A source of what random models are made of. Equal seeds make equal models. */
export interface Source {
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  /** One of a list. */
  pick<T>(list: readonly T[]): T;
  /** So many numbers of the standard normal distribution, times `scale`, in single precision. */
  normals(count: number, scale?: number): Float32Array;
  uniform(): number;
}

/** A source from a seed. */
export function sourceOf(seed: number): Source {
  const random: Random = seededRandom(seed);
  const int = (from: number, to: number): number => from + Math.floor(random.uniform() * (to - from + 1));
  return {
    int,
    pick: (list) => list[int(0, list.length - 1)]!,
    normals: (count, scale = 1) => Float32Array.from({ length: count }, () => scale * random.normal()),
    uniform: () => random.uniform(),
  };
}
