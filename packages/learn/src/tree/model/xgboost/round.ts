import { tidelineError } from "@tideline/spec";
import {
  integersIn,
  malformedXgboost,
  objectFrom,
  parameterIn,
  textIn,
  type JsonObject,
} from "./json-field.ts";

/** Which rounds of a model are read. */
export type XgboostRounds = "best" | "all";

/** Rounds of a model at most. */
const MOST_ROUNDS = 2 ** 31 - 1;

/** The round at which early stopping found the best score, from 0; undefined where a model names none. */
export function bestRound(learner: JsonObject): number | undefined {
  const { value, path } = learner;
  if (!Object.hasOwn(value, "attributes")) return undefined;
  const attributes = objectFrom(`${path}.attributes`, value["attributes"]);
  if (!Object.hasOwn(attributes.value, "best_iteration")) return undefined;
  return parameterIn(attributes, "best_iteration", 0, MOST_ROUNDS);
}

/** The trees of the rounds that are wanted: those up to the best, or all. */
export function treesOfRounds(
  learner: JsonObject,
  model: JsonObject,
  { trees, outputs, rounds }: { trees: number; outputs: number; rounds: XgboostRounds | undefined },
): number {
  if (rounds !== undefined && rounds !== "best" && rounds !== "all")
    throw tidelineError("ARGUMENT_INVALID", {
      who: "readXgboost",
      field: "rounds",
      expected: '"best" or "all"',
      received: String(rounds),
    });
  const best = bestRound(learner);
  if (best === undefined || rounds === "all") return trees;
  const attributes = objectFrom("attributes", learner.value["attributes"]);
  if (rounds === undefined && textIn(attributes, "scikit_learn", "") === "") return trees;
  let end: number | undefined;
  if (Object.hasOwn(model.value, "iteration_indptr"))
    end = integersIn(model, "iteration_indptr", 0, trees)[best + 1];
  else {
    const parameters = objectFrom("gbtree_model_param", model.value["gbtree_model_param"]);
    end =
      (best + 1) * outputs * Math.max(1, parameterIn(parameters, "num_parallel_tree", 0, MOST_ROUNDS, "1"));
  }
  if (end !== undefined && end <= trees) return end;
  throw malformedXgboost("attributes.best_iteration", "a round of the model", best);
}
