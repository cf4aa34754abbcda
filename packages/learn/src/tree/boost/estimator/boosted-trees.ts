import { tidelineError } from "@tideline/spec";
import type { BinnedTable } from "../../binned-table.ts";
import type { OpenTreeKernels } from "../../kernel/tree-kernels.ts";
import { chooseKernels } from "../../kernel/choose-kernels.ts";
import { checkThreads } from "../../kernel/thread-count.ts";
import { FEATURE_BYTES } from "../../kernel/wasm-layout.ts";
import { treeEnsemble } from "../../model/ensemble.ts";
import { described } from "../../bin/numeric-value.ts";
import { boost, type BoostWatch } from "../boost.ts";
import type { BoostedTreesOptions } from "../boost-option.ts";
import { boostSettings, type BoostSettings } from "../boost-setting.ts";
import type { BoostTask } from "../objective/objective.ts";
import { boostedModel, type BoostedOf } from "./boosted-model.ts";
import { columnConstraints } from "./column-constraint.ts";
import { checkFitOptions } from "./fit-option.ts";
import { initialParts, type InitialModel } from "./initial-model.ts";
import type { BoostRows } from "./label-row.ts";
import { heldRows, takenUp } from "./kernel-twin.ts";
import { prepare } from "./prepare.ts";

/** What a fit takes beside rows. */
export interface BoostFitOptions<Task extends BoostTask = BoostTask> extends BoostWatch {
  /** Rows that are only looked at, after each round. */
  readonly validation?: BoostRows<Task>;
  /**
   * A model to go on from: its trees stay as they are, and new ones are added to them. Equal options and rows go on as if the
   * fit had not ended, where it did so by its number of rounds: to the bit, but for two cases. With `dart` trees of the model
   * are not left out any more; with an `offset` scores are added up in another order, which may round otherwise. An imported
   * model will do, if its link is the objective's; of a bare ensemble the link is taken to be.
   */
  readonly initial?: InitialModel;
  /** Who computes. Default what `chooseKernels` takes without a port of threads. */
  readonly kernels?: OpenTreeKernels;
  /** Threads of the kernels, from 1, if they have any; at most 64 are taken. The model does not depend on it. */
  readonly threads?: number;
}

/** A configuration of boosted trees that can be fitted. `fit` changes nothing it is given. */
export interface BoostedTrees<Task extends BoostTask> {
  readonly kind: "boostedTrees";
  readonly task: Task;
  fit(rows: BoostRows<Task>, options?: BoostFitOptions<Task>): Promise<BoostedOf<Task>>;
}

/** Histograms of kernels take at most so much memory; a leaf whose own is gone is summed anew. */
const HISTOGRAM_BYTES = 2 ** 28;

const WHO = "boostedTrees.fit";

/**
 * Gradient boosted trees, grown leaf by leaf over binned columns (G. Ke et al., "LightGBM: A Highly Efficient Gradient
 * Boosting Decision Tree", NeurIPS 2017). Missing numbers go where they gain most; categories are split as sets.
 *
 * Equal options and rows give equal models, whatever the kernels and their threads.
 *
 * @throws DEFINITION_ILLEGAL for an option that there is not, one of another form, and options that contradict each other;
 *   from `fit`: DEFINITION_ILLEGAL for what it takes beside rows, NOT_ENOUGH_DATA, ARGUMENT_INVALID and DATA_MALFORMED for
 *   rows, MODEL_UNSUPPORTED for a model to go on from, TRAINING_DIVERGED, and the signal's reason.
 * @example
 * const estimator = boostedTrees({ leaves: 15, categorical: ["country"], monotone: { age: 1 } });
 * const columns = { country: ["de", "fr", null], age: [31, NaN, 54] };
 * const model = await estimator.fit({ columns, y: [0, 1, 1], classes: ["no", "yes"] });
 * const probabilities = model.predictProbabilities({ columns });
 */
export function boostedTrees<Task extends BoostTask = "classification">(
  options: BoostedTreesOptions<Task> = {},
): BoostedTrees<Task> {
  const settings = boostSettings("boostedTrees", options);
  return Object.freeze<BoostedTrees<Task>>({
    kind: "boostedTrees",
    task: settings.task as Task,
    async fit(rows, fit = {}) {
      checkObject("rows", "{ X }, { columns } or { binned }, with labels", rows);
      checkObject("options", "an object", fit);
      checkFitOptions(WHO, fit);
      const { initial: given, kernels: open = chooseKernels().open, threads, validation, ...watch } = fit;
      if (threads !== undefined) checkThreads(WHO, threads);
      const initial = given === undefined ? undefined : initialParts(WHO, given);
      fit.signal?.throwIfAborted();
      checkWatched(settings, validation);
      const all = rows as BoostRows<BoostTask>;
      const prepared = prepare(WHO, settings, all, validation, initial, open.reserve?.());
      const { table, objective, target, base, start, features } = prepared;
      const constraints = columnConstraints(WHO, settings, table.features);
      const before = initial === undefined ? 0 : Math.floor(initial.ensemble.trees.length / base.length);
      const kernels = await open(table, {
        ...roomOf(settings, table),
        ...(threads === undefined ? {} : { threads }),
        ...heldRows(objective, target, base.length),
      });
      try {
        const held = takenUp(kernels, objective, target, start, settings.trainingLoss);
        const run = { kernels, settings, constraints, firstRound: before, ...held };
        const { trees, ...boosted } = await boost({ ...run, ...watch, validation: prepared.validation });
        const ensemble = treeEnsemble({
          features,
          outputs: base.length,
          trees: [...(initial?.ensemble.trees ?? []), ...trees],
          target: Int32Array.from([
            ...(initial?.ensemble.target ?? []),
            ...trees.map((_, at) => at % base.length),
          ]),
          base,
        });
        const { task, seed } = settings;
        const classes =
          "classes" in rows ? Object.freeze([...(rows.classes as readonly string[])]) : undefined;
        const { name, link } = objective;
        return boostedModel({
          task,
          objective: name,
          seed,
          classes,
          ensemble,
          link,
          before,
          boosted,
        }) as BoostedOf<Task>;
      } finally {
        kernels.release();
      }
    },
  });
}

function checkObject(field: string, expected: string, given: unknown): void {
  if (typeof given === "object" && given !== null) return;
  throw tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received: described(given) });
}

function checkWatched({ patience, keep, metric }: BoostSettings, validation: object | undefined): void {
  if (validation !== undefined) return checkObject("validation", "rows with labels", validation);
  const wrong = (field: string, received: unknown) =>
    tidelineError("ARGUMENT_INVALID", {
      who: WHO,
      field: "validation",
      expected: `rows, which ${field} needs`,
      received: String(received),
    });
  if (patience !== undefined) throw wrong("patience", "none");
  if (keep === "best") throw wrong('keep: "best"', "none");
  if (metric !== undefined) throw wrong("metric", "none");
}

/** How many histograms and leaves kernels keep. */
function roomOf(
  { growth }: BoostSettings,
  table: BinnedTable,
): { readonly slots: number; readonly leaves: number } {
  const leaves = Math.max(2, Math.min(growth.leaves, 2 ** growth.depth, table.rows));
  const bytes = table.features.length * FEATURE_BYTES;
  return { leaves, slots: Math.max(2, Math.min(leaves, Math.floor(HISTOGRAM_BYTES / Math.max(1, bytes)))) };
}
