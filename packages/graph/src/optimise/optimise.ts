import { tidelineError, type TidelineError } from "@tideline/spec";
import { checkModel } from "../check.ts";
import { interpret, type Feed } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { foldConstants } from "./fold-constants.ts";
import { fuseBatchNorm } from "./fuse-batch-norm.ts";
import { fuseBias } from "./fuse-bias.ts";
import { fuseScaler } from "./fuse-scaler.ts";
import { halveWeights } from "./halve-weights.ts";
import { outputDifference } from "./output-difference.ts";
import { swept, type Pass } from "./pass.ts";
import { probesOf } from "./probe.ts";
import { removeDead } from "./remove-dead.ts";
import { removeIdentity } from "./remove-identity.ts";
import { scaleWeights } from "./scale-weights.ts";
import { shareCommon } from "./share-common.ts";

/** The passes in the order in which `optimise` runs them. */
export const PASSES = {
  "remove-dead": removeDead,
  "remove-identity": removeIdentity,
  "fold-constants": foldConstants,
  "scale-weights": scaleWeights,
  "fuse-bias": fuseBias,
  "fuse-batch-norm": fuseBatchNorm,
  "fuse-scaler": fuseScaler,
  "share-common": shareCommon,
  float16: halveWeights,
} as const satisfies Record<string, Pass>;

/** The name of a pass. */
export type PassName = keyof typeof PASSES;

/** All passes but those that trade accuracy for size. */
export const LOSSLESS_PASSES: readonly PassName[] = Object.freeze(
  (Object.keys(PASSES) as PassName[]).filter((name) => name !== "float16"),
);

/** How a model is optimised. */
export interface OptimiseOptions {
  /** Which passes; all but `float16` by default. They run in the order of {@link PASSES}. */
  readonly passes?: readonly PassName[];
  /**
   * Inputs on which the outputs are compared; by default up to eight seeded draws (one of 8192 numbers and more) of standard normal numbers (integers: 0 and
   * 1), with the names of lengths at 2, 3, ... Give rows like the model's own where its inputs are of another scale.
   */
  readonly probes?: readonly Readonly<Record<string, Feed>>[];
}

/** What a pass did. */
export interface PassReport {
  readonly name: PassName;
  readonly rewrites: number;
  /** The largest difference of an output, relative to the largest magnitude in that output. */
  readonly difference: number;
  /** What the difference may be at most. */
  readonly bound: number;
  /** That the difference was beyond the bound, so that the model was left as it was before the pass. */
  readonly refused?: true;
}

/** An optimised model and what was done to it. */
export interface Optimised {
  readonly model: OnnxModel;
  readonly passes: readonly PassReport[];
}

function invalid(field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: "optimise", field, expected, received });
}

/**
 * Rewrites a model into a smaller or faster one with the same inputs and outputs. After each pass the outputs are
 * compared with those of before on probes, by the reference kernels in double precision; what a pass did is taken back where
 * it moves an output further than its bound, and the report says so.
 *
 * @throws ARGUMENT_INVALID for a pass that there is not, or no probes; GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 *
 * @example
 * const { model: smaller, passes } = optimise(model);
 * const half = optimise(model, { passes: [...LOSSLESS_PASSES, "float16"] });
 */
export function optimise(model: OnnxModel, options: OptimiseOptions = {}): Optimised {
  const chosen = new Set(options.passes ?? LOSSLESS_PASSES);
  const stranger = [...chosen].find((name) => !Object.hasOwn(PASSES, name));
  if (stranger !== undefined) throw invalid("passes", `some of ${Object.keys(PASSES).join(", ")}`, stranger);
  const probes = options.probes ?? probesOf(model);
  if (probes.length === 0) throw invalid("probes", "at least one row to compare outputs on", "none");
  const reports: PassReport[] = [];
  let current = model;
  let known = probes.map((probe) => interpret(model, probe));
  for (const name of Object.keys(PASSES) as PassName[]) {
    if (!chosen.has(name)) continue;
    const pass: Pass = PASSES[name];
    const done = swept(pass, current);
    // What a pass leaves behind, such as weights that were fused into others, goes with it.
    const next = done.rewrites === 0 ? current : swept(removeDead, done.model).model;
    if (done.rewrites === 0) {
      reports.push(Object.freeze({ name, rewrites: 0, difference: 0, bound: pass.bound }));
      continue;
    }
    const results = probes.map((probe) => interpret(next, probe));
    const difference = Math.max(
      0,
      ...results.map((result, at) => outputDifference(known[at]!, result, pass.bound === 0)),
    );
    const kept = difference <= pass.bound;
    const rewrites = kept ? done.rewrites : 0;
    const refused = kept ? {} : { refused: true as const };
    reports.push(Object.freeze({ name, rewrites, difference, bound: pass.bound, ...refused }));
    if (!kept) continue;
    known = results;
    current = next;
  }
  checkModel(current);
  return Object.freeze({ model: current, passes: Object.freeze(reports) });
}
