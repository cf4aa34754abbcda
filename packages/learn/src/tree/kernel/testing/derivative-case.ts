import { type Random, seededRandom } from "../../../random.ts";

/** What derivatives may look like, as functions that draw a pair of gradient and hessian. */
export const DERIVATIVE_KINDS = {
  "of squared errors": (random: Random) => [random.normal(), 1],
  "of log losses": (random: Random) => {
    const p = random.uniform();
    return [p - random.integer(2), p * (1 - p)];
  },
  whole: (random: Random) => [random.integer(7) - 3, random.integer(4)],
  "of one size": (random: Random) => [0.3 * (random.integer(3) - 1), 0.7],
  "with outliers": (random: Random) => [
    random.normal() * (random.uniform() < 0.02 ? 1e6 : 1),
    random.uniform() < 0.02 ? 1e4 : random.uniform(),
  ],
  huge: (random: Random) => [random.normal() * 1e37, random.uniform() * 1e37],
  tiny: (random: Random) => [random.normal() * 1e-40, random.uniform() * 1e-42],
  "with hessians of 0": (random: Random) => [random.normal(), random.uniform() < 0.5 ? 0 : 1e-3],
  "all 0": () => [0, 0],
  constant: () => [-0.25, 2],
} satisfies Record<string, (random: Random) => readonly number[]>;

/** A kind of derivatives. */
export type DerivativeKind = keyof typeof DERIVATIVE_KINDS;

/** Fills the derivatives of rows. */
export function fillDerivatives(
  kind: DerivativeKind,
  into: { readonly gradient: Float32Array; readonly hessian: Float32Array },
  seed: number,
): void {
  const random = seededRandom(seed);
  for (let row = 0; row < into.gradient.length; row++) {
    const [gradient, hessian] = DERIVATIVE_KINDS[kind](random);
    into.gradient[row] = gradient!;
    into.hessian[row] = hessian!;
  }
}

/** Some of the rows, ascending: each with this probability, and always the first. */
export function someRows(rows: number, share: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  return Int32Array.from({ length: rows }, (_, row) => row).filter(
    (row) => random.uniform() < share || row === 0,
  );
}
