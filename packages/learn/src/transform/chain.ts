import { tidelineError } from "@tideline/spec/error";
import type { Frame, FrameSource } from "../frame/column.ts";
import { fitColumns, type ColumnCrew } from "./crew/column-crew.ts";
import { fitSource, type SourceFitOptions } from "./fit-source.ts";
import { fitSteps, type ChainStep, type StepsFit } from "./fit-steps.ts";
import type { FittedChain } from "./fitted-chain.ts";
import type { FoldOptions } from "./fold-of-rows.ts";
import type { Labels } from "./transform-def.ts";

export { isRule, type ChainStep } from "./fit-steps.ts";

/** What training needs of a fit. */
export interface ChainFit {
  readonly chain: FittedChain;
  /** The training rows: without those that rules removed, out of fold where a step learns from labels. */
  readonly rows: Frame;
  /** The labels that go with them. */
  readonly labels?: Labels;
  /** [rows], the places that they had among the rows given. */
  readonly places: Int32Array;
}

/** Steps that are fitted one after another, each on what the former made of the training rows. */
export interface Chain {
  readonly kind: "chain";
  readonly steps: readonly ChainStep[];
  /**
   * Errors: NOT_ENOUGH_DATA, DATA_MALFORMED and ARGUMENT_INVALID, as the steps say; ARGUMENT_INVALID for a step that needs
   * labels where there are none.
   */
  fit(rows: Frame, labels?: Labels, options?: FoldOptions): FittedChain;
  /** The same, with the rows to train a model on. */
  fitTransform(rows: Frame, labels?: Labels, options?: FoldOptions): ChainFit;
  /**
   * The same, to the bit, with threads: leading steps that treat each column alone go through the columns that lie in memory
   * which threads share, a column at a time, on this thread and on the crew's. Whatever else there is this thread does.
   */
  fitTransformWith(crew: ColumnCrew, rows: Frame, labels?: Labels, options?: FoldOptions): Promise<ChainFit>;
  /** Fits to rows in pieces, larger than memory: a pass for each step that learns, one for several that do not depend on one another. */
  fitSource(source: FrameSource, options?: SourceFitOptions): Promise<FittedChain>;
}

/**
 * Chains transforms and rules about rows. Rules remove rows from training and are not asked afterwards; what learns from
 * labels gives training rows out of fold.
 *
 * @throws ARGUMENT_INVALID without steps.
 * @example
 * const { chain: fitted, rows } = chain([
 *   dropMissing({ columns: ["label"] }),
 *   simpleImputer({ strategy: "median", columns: ["age", "height"] }),
 *   standardScaler({ columns: ["age", "height"] }),
 * ]).fitTransform(table);
 * fitted.log; // rows in and out of each step, and why
 */
export function chain(steps: readonly ChainStep[]): Chain {
  if (steps.length === 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "chain",
      field: "steps",
      expected: "at least one",
      received: "none",
    });
  const strange = [...steps].findIndex((step) => typeof step?.start !== "function");
  if (strange >= 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "chain",
      field: `steps[${strange}]`,
      expected: "a transform or a rule about rows",
      received: typeof steps[strange],
    });
  const own = Object.freeze([...steps]);
  return Object.freeze({
    kind: "chain" as const,
    steps: own,
    fit: (rows: Frame, labels?: Labels, options?: FoldOptions) =>
      fitSteps(own, rows, labels, options ?? {}, false).chain,
    fitTransform: (rows: Frame, labels?: Labels, options?: FoldOptions) =>
      chainFit(rows, fitSteps(own, rows, labels, options ?? {}, true)),
    fitTransformWith: async (crew: ColumnCrew, rows: Frame, labels?: Labels, options?: FoldOptions) =>
      chainFit(rows, fitSteps(own, rows, labels, options ?? {}, true, await fitColumns(crew, own, rows))),
    fitSource: (source: FrameSource, options?: SourceFitOptions) => fitSource(own, source, options ?? {}),
  });
}

function chainFit(given: Frame, fit: StepsFit): ChainFit {
  let { places } = fit;
  if (places === undefined) {
    places = new Int32Array(given.rows);
    for (let row = 0; row < places.length; row++) places[row] = row;
  }
  return Object.freeze({ ...fit, places });
}
