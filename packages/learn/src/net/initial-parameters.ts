import { elementCount } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { seededRandom, type Random } from "../random.ts";
import { illegalOption } from "./check-option.ts";
import type { Layout } from "./layout.ts";

/** What a net knows: its parameters and its state, flat. */
export interface FittedNumbers {
  readonly parameters: Float32Array;
  readonly state: Float32Array;
}

/**
 * The numbers with which training begins. Equal seeds give equal numbers.
 *
 * @param step what `trainingStep` or `evaluationGraph` gave.
 * @throws ARGUMENT_INVALID for a seed that is not an integer; DEFINITION_ILLEGAL when an initialiser gives another
 *   number of values than it was asked for, or one that is not finite.
 */
export function initialParameters(
  step: { readonly parameters: Layout; readonly states: Layout },
  seed: number,
): FittedNumbers {
  const random = seededRandom(seed);
  return Object.freeze({ parameters: drawn(random, step.parameters), state: drawn(random, step.states) });
}

/**
 * Numbers to begin with that somebody has: a copy, so that later changes of theirs are not seen.
 *
 * @throws ARGUMENT_INVALID when they are not as many as the net declares, or one is not finite.
 */
export function givenParameters(
  step: { readonly parameters: Layout; readonly states: Layout },
  { parameters, state }: FittedNumbers,
): FittedNumbers {
  return Object.freeze({
    parameters: copied("parameters", parameters, step.parameters),
    state: copied("state", state, step.states),
  });
}

function copied(field: string, values: Float32Array, { length, entries }: Layout): Float32Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (values.length === length && at < 0) return values.slice();
  const name = entries.findLast(({ offset }) => offset <= at)?.name;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "initial numbers",
    field,
    expected: `${length} finite numbers, as the net declares`,
    received: values.length === length ? `${values[at]} in "${name}"` : String(values.length),
    remedy: "Begin with what a fit of the very same net gave.",
  });
}

function drawn(random: Random, layout: Layout): Float32Array {
  const flat = new Float32Array(layout.length);
  for (const { name, dims, offset, initial } of layout.entries) {
    const values = initial(random, dims);
    if (values.length !== elementCount(dims) || !values.every(Number.isFinite))
      throw illegalOption(
        `initialiser of "${name}"`,
        "values",
        `${elementCount(dims)} finite numbers`,
        values.length === elementCount(dims) ? "one that is not finite" : String(values.length),
      );
    flat.set(values, offset);
  }
  return flat;
}
