import { isTidelineError } from "@tideline/spec";
import type { OpName } from "../op-name.ts";
import { disagreements, withGradients, type Disagreement, type WithGradients } from "./finite-difference.ts";
import { nudgedFeeds, writeCase } from "./gradient-case.ts";
import type { OpCase } from "./op-case.ts";

/** The largest difference from a finite difference, as a share of the largest gradient of the tensor. */
export const GRADIENT_TOLERANCE = 1e-6;

/** In double precision where the operator takes it on odd seeds, so that constants of a rule must have the right type. */
function graphOf(op: OpName, one: OpCase, seed: number): WithGradients | undefined {
  const written = (floating: "float32" | "float64") =>
    withGradients((g) => writeCase(g, op, one, floating), seed, WRT[op]);
  if (seed % 2 === 0) return written("float32");
  try {
    return written("float64");
  } catch (error) {
    // Some operators are defined on float32 only; then that is the type.
    if (isTidelineError(error) && error.code === "GRAPH_ILLEGAL") return written("float32");
    throw error;
  }
}

/** Inputs with a gradient, where not every floating input has one. */
const WRT: Partial<Record<OpName, readonly string[]>> = {};

/**
 * Steps of their own, of operators that are linear, so that no step loses anything: casts round to float32 also in the
 * kernel and need a large one; Mod jumps, and a small one seldom meets that.
 */
const STEPS: Partial<Record<OpName, number>> = { Cast: 16, CastLike: 16, Mod: 1e-7 };

/**
 * Differentiates a generated case and compares with finite differences.
 *
 * @returns what disagrees; undefined where all agree; "no derivative" where the case has no finite value
 *   or only integers.
 */
export function gradientFault(
  op: OpName,
  one: OpCase,
  seed: number,
): Disagreement | undefined | "no derivative" {
  const graph = graphOf(op, one, seed);
  if (graph === undefined) return "no derivative";
  for (const nudge of ["inwards", "outwards"] as const) {
    const found = disagreements(graph, nudgedFeeds(one, nudge), seed, STEPS[op]);
    if (found === undefined) continue;
    return found.find(({ share }) => !(share <= GRADIENT_TOLERANCE));
  }
  return "no derivative";
}
