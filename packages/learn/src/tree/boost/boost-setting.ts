import { illegalOption } from "../../net/check-option.ts";
import { checkOptions } from "../../net/estimator/option-form.ts";
import type { ClassWeights } from "../../net/train/class-weight.ts";
import type { Growth } from "../grow/growth.ts";
import type { BoostedTreesOptions } from "./boost-option.ts";
import type { BoostMetric } from "./metric/boost-metric.ts";
import { metricOf } from "./metric/registry.ts";
import type { BoostTask, Objective } from "./objective/objective.ts";
import { objectiveOf } from "./objective/registry.ts";
import { BOOST_OPTION_FORMS } from "./option-form.ts";
import type { DartOptions } from "./round/dart.ts";
import type { GossOptions } from "./sample/goss.ts";

/** Options with all defaults filled in. */
export interface BoostSettings {
  readonly task: BoostTask;
  /** Undefined for what the task learns where nothing is said. */
  readonly objective: Objective | undefined;
  readonly rounds: number;
  readonly rate: number;
  /** Undefined where nothing is said: 255. */
  readonly bins: number | undefined;
  readonly rowShare: number;
  readonly goss: Required<GossOptions> | undefined;
  readonly dart: Required<DartOptions> | undefined;
  readonly featureShare: number;
  /** How trees are grown, but for what depends on columns and rounds. */
  readonly growth: Omit<Growth, "monotone" | "interactions" | "features" | "seed">;
  readonly monotone: Readonly<Record<string, 1 | -1>>;
  readonly interactions: readonly (readonly string[])[] | undefined;
  readonly categorical: readonly string[];
  readonly classWeights: ClassWeights | undefined;
  readonly metric: BoostMetric | undefined;
  readonly patience: number | undefined;
  readonly minDelta: number;
  readonly monitor: "loss" | "metric";
  readonly keep: "best" | "last";
  readonly trainingLoss: boolean;
  readonly seed: number;
}

/**
 * Checks options and fills in what was left out.
 *
 * @throws DEFINITION_ILLEGAL naming the option: an unknown one, one of another form, and those that contradict another.
 */
export function boostSettings(who: string, options: BoostedTreesOptions): BoostSettings {
  checkOptions(who, BOOST_OPTION_FORMS, [], options);
  const { task = "classification", rate = 0.1, rowShare = 1, patience, seed = 0 } = options;
  const objective = options.objective === undefined ? undefined : objectiveOf(who, options.objective);
  const metric = options.metric === undefined ? undefined : metricOf(who, options.metric, task);
  const monitor = options.monitor ?? (metric === undefined ? "loss" : "metric");
  const keep = options.keep ?? (patience === undefined ? "last" : "best");
  checkTogether(who, options, { task, objective, metric, monitor });
  const { oneHot = 4, most = 32, smooth = 10, l2: categoryL2 = 10, minRows = 100 } = options.categories ?? {};
  return Object.freeze<BoostSettings>({
    task,
    objective,
    rounds: options.rounds ?? 100,
    rate,
    bins: options.bins,
    rowShare,
    goss: options.goss && { top: 0.2, other: 0.1, ...defined(options.goss) },
    dart: options.dart && { rate: 0.1, most: 50, skip: 0.5, normalise: "tree", ...defined(options.dart) },
    featureShare: options.featureShare ?? 1,
    growth: Object.freeze({
      leaves: options.leaves ?? 31,
      depth: options.depth ?? Infinity,
      minChildWeight: options.minChildWeight ?? 1e-3,
      minChildRows: options.minChildRows ?? 20,
      minGain: options.minGain ?? 0,
      l1: options.l1 ?? 0,
      l2: options.l2 ?? 0,
      maxDelta: options.maxDelta ?? 0,
      featuresByNode: options.featureShareByNode ?? 1,
      extra: options.extra ?? false,
      categorical: Object.freeze({ oneHot, most, smooth, l2: categoryL2, minRows }),
    }),
    monotone: Object.freeze({ ...options.monotone }),
    interactions: options.interactions?.map((group) => Object.freeze([...group])),
    categorical: Object.freeze([...(options.categorical ?? [])]),
    classWeights: options.classWeights,
    metric,
    patience,
    minDelta: options.minDelta ?? 0,
    monitor,
    keep,
    trainingLoss: options.trainingLoss ?? false,
    seed,
  });
}

/** Options of an object without those that say nothing. */
function defined<Options extends object>(given: true | Options): Partial<Options> {
  if (given === true) return {};
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Options>;
}

function checkTogether(
  who: string,
  options: BoostedTreesOptions,
  { task, objective, metric, monitor }: Pick<BoostSettings, "task" | "objective" | "metric" | "monitor">,
): void {
  const wrong = (field: string, expected: string, received: unknown) =>
    illegalOption(who, field, expected, typeof received === "string" ? received : JSON.stringify(received));
  if (objective !== undefined && objective.task !== task)
    throw wrong("objective", `an objective of a ${task}`, `${objective.name}, of a ${objective.task}`);
  if (task !== "classification" && options.classWeights !== undefined)
    throw wrong("classWeights", `none in a ${task}`, options.classWeights);
  if (options.goss !== undefined && options.rowShare !== undefined && options.rowShare < 1)
    throw wrong("rowShare", "1 beside goss, which draws rows itself", options.rowShare);
  if (typeof options.goss === "object") {
    const { top = 0.2, other = 0.1 } = options.goss;
    if (top + other > 1) throw wrong("goss", "top and other of at most 1 together", options.goss);
  }
  if (monitor === "metric" && metric === undefined) throw wrong("monitor", "loss, or a metric", "metric");
  const judged = options.patience !== undefined || options.keep === "best";
  if (options.minDelta !== undefined && !judged)
    throw wrong("minDelta", 'none without patience or keep: "best"', options.minDelta);
  if (judged && monitor === "loss" && objective !== undefined && objective.loss === undefined)
    throw wrong("monitor", `a metric, as the objective ${objective.name} has no loss`, "loss");
  if (options.interactions?.some((group) => new Set(group).size < group.length))
    throw wrong("interactions", "each column once in a group", options.interactions);
}
