import { tidelineError } from "@tideline/spec";
import { illegalOption } from "../../../net/check-option.ts";
import { binTable, binWith } from "../../bin/bin-table.ts";
import { checkBinned } from "../../bin/check-binned.ts";
import type { AllocateBins, BinnedTable } from "../../binned-table.ts";
import { rawScores } from "../../model/raw-scores.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { TreeTable } from "../../tree-table.ts";
import type { WatchedRows } from "../boost.ts";
import type { BoostSettings } from "../boost-setting.ts";
import type { BoostTarget, BoostTask, Objective } from "../objective/objective.ts";
import { usualObjective } from "../objective/registry.ts";
import { unitRemedy } from "../objective/unit-remedy.ts";
import { boostTarget, checkOffset, startingScores } from "./boost-target.ts";
import { featuresOf, modelTable, trainingTable } from "./boost-table.ts";
import { checkBinOptions } from "./column-constraint.ts";
import { checkInitial, type InitialParts } from "./initial-model.ts";
import type { BoostRows } from "./label-row.ts";

/** All that a fit needs once the rows themselves are not needed any more. */
export interface Prepared {
  readonly table: BinnedTable;
  readonly objective: Objective;
  readonly target: BoostTarget;
  /** [outputs] */
  readonly base: Float64Array;
  /** Writes where rows start, [rows * outputs], into memory given or its own. A function: nothing is kept beside it. */
  readonly start: (into?: Float64Array) => Float64Array;
  readonly validation: WatchedRows | undefined;
  /** Of the ensemble to come. */
  readonly features: TreeEnsemble["features"];
}

/**
 * Checks rows and labels, bins them into the memory given, and finds where they start.
 *
 * @throws as `fit` of boosted trees.
 */
export function prepare(
  who: string,
  settings: BoostSettings,
  rows: BoostRows<BoostTask>,
  validation: BoostRows<BoostTask> | undefined,
  from: InitialParts | undefined,
  allocate: AllocateBins | undefined,
): Prepared {
  const initial = from?.ensemble;
  if ("binned" in rows) checkBinned(who, rows.binned);
  const raw = "binned" in rows ? undefined : trainingTable(rows, settings.categorical, initial);
  if (raw === undefined && initial !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "initial",
      expected: "rows with their values, which the model asks",
      received: "bins",
      remedy: "Give the model's raw scores as the rows' offset.",
    });
  const count = "binned" in rows ? rows.binned.rows : raw!.rows;
  const target = boostTarget(who, settings.task, rows, count, settings.classWeights);
  const objective = settings.objective ?? usualObjective(settings.task, target.classes);
  const outputs = checkOutputs(who, objective, target);
  objective.check(who, target);
  const classes = "classes" in rows ? rows.classes : undefined;
  if (from !== undefined) checkInitial(who, from, { objective, outputs, classes });
  const { bins = 255, seed } = settings;
  const table = "binned" in rows ? rows.binned : binTable(raw!, { bins, seed, allocate });
  checkBinOptions(who, settings, "binned" in rows, table.features);
  const known = initial?.features ?? [];
  const features = [...known, ...featuresOf(table.features.slice(known.length))];
  const base = initial?.base ?? baseOf(who, objective, target, rows.offset, outputs);
  // Of a model to go on from at once, as its scores need the raw values; they are not kept for it.
  const begun = initial === undefined ? undefined : startOf(who, rows.offset, base, initial, raw, count);
  const { offset } = rows;
  checkOffset(who, offset, count * outputs);
  const watch = { objective, table, features, base, initial };
  return {
    table,
    objective,
    target,
    base,
    start(into) {
      if (begun === undefined) return startingScores(offset, base, count, into);
      into?.set(begun);
      return into ?? begun;
    },
    features,
    validation: validation === undefined ? undefined : watched(who, settings, rows, validation, watch),
  };
}

function baseOf(
  who: string,
  objective: Objective,
  target: BoostTarget,
  offset: Float64Array | undefined,
  outputs: number,
): Float64Array {
  // Rows with an offset start there, and nowhere else.
  if (offset !== undefined) return new Float64Array(outputs);
  const base = objective.initial(target);
  if (base.length === outputs && base.every(Number.isFinite)) return base;
  throw tidelineError("TRAINING_DIVERGED", {
    who,
    field: `objective ${objective.name}, initial`,
    expected: `${outputs} finite numbers`,
    received: [...base].join(", "),
    remedy: unitRemedy(target),
  });
}

function startOf(
  who: string,
  offset: Float64Array | undefined,
  base: Float64Array,
  initial: TreeEnsemble | undefined,
  raw: TreeTable | undefined,
  rows: number,
): Float64Array {
  checkOffset(who, offset, rows * base.length);
  if (initial === undefined) return startingScores(offset, base, rows);
  const scores = Float64Array.from(rawScores(initial, raw!).values);
  if (offset === undefined) return scores;
  const own = startingScores(offset, new Float64Array(base.length), rows);
  return own.map((score, at) => score + scores[at]!);
}

/** @throws DEFINITION_ILLEGAL for an objective whose scores are not probabilities of the classes, or one number. */
function checkOutputs(who: string, objective: Objective, { classes }: BoostTarget): number {
  const outputs = objective.outputs(classes);
  const width = objective.link.kind === "logistic" ? 2 * outputs : outputs;
  const wanted = objective.task === "classification" ? classes : 1;
  if (width === wanted) return outputs;
  throw illegalOption(
    who,
    `objective ${objective.name}`,
    `outputs and a link that give ${wanted} numbers a row`,
    String(width),
  );
}

function watched(
  who: string,
  settings: BoostSettings,
  rows: BoostRows<BoostTask>,
  given: BoostRows<BoostTask>,
  start: Pick<Prepared, "objective" | "table" | "features" | "base"> & {
    readonly initial: TreeEnsemble | undefined;
  },
): WatchedRows {
  const own = `${who}: validation`;
  const { objective, table, features, base, initial } = start;
  if ("binned" in given) checkBinned(own, given.binned);
  checkOffsets(own, rows.offset, given.offset);
  const raw = "binned" in given ? undefined : modelTable(given, features);
  const binned = "binned" in given ? sameBins(own, table, given.binned) : binWith(table.features, raw!);
  const target = boostTarget(own, settings.task, given, binned.rows);
  objective.check(own, target);
  if ("classes" in rows && "classes" in given && rows.classes.join("\n") !== given.classes.join("\n"))
    throw tidelineError("ARGUMENT_INVALID", {
      who: own,
      field: "classes",
      expected: rows.classes.join(", "),
      received: given.classes.join(", "),
    });
  const scores = startOf(own, given.offset, base, initial, raw, binned.rows);
  return { bins: binned.bins, target, scores };
}

/** @throws ARGUMENT_INVALID where only one of training and validation rows has an offset: they would start on two scales. */
function checkOffsets(who: string, own: unknown, given: unknown): void {
  if ((own === undefined) === (given === undefined)) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "offset",
    expected: own === undefined ? "none, as the training rows have none" : "one, as the training rows have",
    received: own === undefined ? "one" : "none",
  });
}

/** @throws ARGUMENT_INVALID for rows in other bins than those of the training table. */
function sameBins(who: string, { features }: BinnedTable, given: BinnedTable): BinnedTable {
  const alike =
    given.features.length === features.length &&
    features.every((feature, at) => {
      const own = given.features[at]!;
      if (own.kind !== feature.kind || own.name !== feature.name) return false;
      const [one, other] =
        feature.kind === "numeric" && own.kind === "numeric"
          ? [feature.upper, own.upper]
          : feature.kind === "categorical" && own.kind === "categorical"
            ? [feature.codes, own.codes]
            : [[0], []];
      return one.length === other.length && one.every((value, bin) => value === other[bin]);
    });
  if (alike) return given;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "binned",
    expected: "rows in the bins of the training rows",
    received: "others",
    remedy: "Bin them with the features of the training table: binWith(table.features, rows).",
  });
}
