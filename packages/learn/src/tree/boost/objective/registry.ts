import { configured, type Configuration } from "../../../net/configured.ts";
import { absoluteError } from "./absolute-error.ts";
import { binaryLogLoss } from "./binary-log-loss.ts";
import { huber } from "./huber.ts";
import { lambdaRank } from "./lambda-rank.ts";
import { multiclassLogLoss } from "./multiclass-log-loss.ts";
import type { BoostTask, Objective } from "./objective.ts";
import { poisson } from "./poisson.ts";
import { quantile } from "./quantile.ts";
import { squaredError } from "./squared-error.ts";
import { tweedie } from "./tweedie.ts";

/** Objectives that plain data may name. Classifications choose theirs by the number of classes. */
export const OBJECTIVES = {
  squaredError: () => squaredError(),
  absoluteError: () => absoluteError(),
  huber,
  quantile,
  poisson,
  tweedie,
  lambdaRank,
} satisfies Record<string, (options: never) => Objective>;

/** `"poisson"`, or `{ huber: { delta: 2 } }`. */
export type ObjectiveConfiguration = Configuration<typeof OBJECTIVES>;

/** What a task learns where nothing is said, by the number of classes. */
export function usualObjective(task: BoostTask, classes: number): Objective {
  if (task === "regression") return squaredError();
  if (task === "ranking") return lambdaRank();
  return classes === 2 ? binaryLogLoss() : multiclassLogLoss();
}

/** The objective that an option means. @throws DEFINITION_ILLEGAL for one that there is not. */
export function objectiveOf(who: string, given: ObjectiveConfiguration | Objective): Objective {
  if (typeof given === "object" && given !== null && "open" in given) return given;
  return configured(`${who}: objective`, OBJECTIVES, given);
}
