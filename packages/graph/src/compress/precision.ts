import { tidelineError } from "@tideline/spec";

/**
 * What numbers a layer holds and computes with: `float16` halves its weights; `int8-weights` and `int4-weights` store them
 * as whole numbers that are widened where they are read; `int8` computes in whole numbers too.
 */
export type LayerPrecision = "float32" | "float16" | "int8-weights" | "int4-weights" | "int8";

/** The names of precisions, for messages. */
export const LAYER_PRECISIONS: readonly LayerPrecision[] = [
  "float32",
  "float16",
  "int8-weights",
  "int4-weights",
  "int8",
];

/** Wants a precision. @throws ARGUMENT_INVALID */
export function demandPrecision(who: string, field: string, given: string): void {
  if (LAYER_PRECISIONS.includes(given as LayerPrecision)) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field,
    expected: LAYER_PRECISIONS.join(", "),
    received: String(given),
  });
}

/** What became of a layer. */
export interface LayerReport {
  readonly name: string;
  readonly op: string;
  readonly precision: LayerPrecision;
  /** How many weights it has. */
  readonly weights: number;
  /** What they took in float32, and what they take now with their scales. */
  readonly bytesBefore: number;
  readonly bytes: number;
  /** The root of the mean squared change of a weight, relative to the root of their mean square. */
  readonly weightError: number;
}
