import { elementCount } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { finite } from "./check-option.ts";
import { orthonormalRows } from "./orthonormal-rows.ts";
import type { Random } from "../random.ts";

/** How the numbers of a parameter begin. Weights are laid out [outputs, inputs, ...kernel]. */
export type Initialiser = (random: Random, dims: readonly number[]) => Float32Array;

/** Numbers drawn one by one. */
function drawn(dims: readonly number[], next: () => number): Float32Array {
  return Float32Array.from({ length: elementCount(dims) }, next);
}

/** How many inputs an output of a weight sums over, and how many outputs an input goes into. */
function fans(dims: readonly number[]): { readonly input: number; readonly output: number } {
  const [outputs = 1, inputs = 1, ...kernel] = dims;
  const size = elementCount(kernel);
  return { input: inputs * size, output: outputs * size };
}

/** The same number everywhere. @throws DEFINITION_ILLEGAL when it is not finite. */
export function constant(value: number): Initialiser {
  finite("constant initialiser", "value", value);
  return (_, dims) => new Float32Array(elementCount(dims)).fill(value);
}

/** Zeros. */
export const zeros: Initialiser = constant(0);

/** Ones. */
export const ones: Initialiser = constant(1);

/** Normal numbers of mean 0. @throws DEFINITION_ILLEGAL for a deviation that is not finite. */
export function normal(deviation = 0.02): Initialiser {
  finite("normal initialiser", "deviation", deviation);
  return (random, dims) => drawn(dims, () => deviation * random.normal());
}

/**
 * Uniform within `sqrt(6 / (inputs + outputs))` of 0: keeps the variance through tanh, sigmoid and linear layers
 * (X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010).
 */
export const glorotUniform: Initialiser = (random, dims) => {
  const { input, output } = fans(dims);
  const limit = Math.sqrt(6 / (input + output));
  return drawn(dims, () => limit * (2 * random.uniform() - 1));
};

/**
 * Normal with deviation `sqrt(2 / inputs)`: keeps the variance through layers of ReLU (K. He et al., "Delving deep into
 * rectifiers", ICCV 2015).
 */
export const heNormal: Initialiser = (random, dims) => {
  const deviation = Math.sqrt(2 / fans(dims).input);
  return drawn(dims, () => deviation * random.normal());
};

/**
 * An orthogonal matrix for each square block of a weight [blocks * n, n], as recurrent weights want it so that a
 * signal neither grows nor fades with time (A. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in
 * deep linear neural networks", ICLR 2014).
 *
 * @throws DEFINITION_ILLEGAL when drawn for a shape of another form.
 */
export const orthogonal: Initialiser = (random, dims) => {
  const [rows = 0, columns = 0, ...rest] = dims;
  if (rest.length > 0 || columns === 0 || rows % columns !== 0)
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "orthogonal initialiser",
      field: "dims",
      expected: "[blocks * n, n]",
      received: `[${dims.join(", ")}]`,
    });
  const out = new Float32Array(rows * columns);
  for (let start = 0; start < rows; start += columns)
    out.set(orthonormalRows(random, columns), start * columns);
  return out;
};

/** The names of initialisers that take no option. */
export type InitialiserName = "zeros" | "ones" | "normal" | "glorotUniform" | "heNormal" | "orthogonal";

/** Initialisers by name, for configurations that are plain data. */
export const INITIALISERS = {
  zeros,
  ones,
  normal: normal(),
  glorotUniform,
  heNormal,
  orthogonal,
} satisfies Record<InitialiserName, Initialiser>;
