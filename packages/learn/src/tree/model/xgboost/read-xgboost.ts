import { messageOf } from "@tideline/spec";
import type { TreeCategory, TreeFeature } from "../../tree-ensemble.ts";
import { MOST_OUTPUTS, treeEnsemble } from "../ensemble.ts";
import type { ImportedTrees } from "../imported-trees.ts";
import {
  floatsIn,
  integersIn,
  listIn,
  malformedXgboost,
  objectFrom,
  objectIn,
  parameterIn,
  textIn,
  unsupportedXgboost,
  type JsonObject,
} from "./json-field.ts";
import { objectiveOfXgboost, type XgboostObjective } from "./objective-link.ts";
import { readTree, treeOf, type XgboostTree } from "./read-tree.ts";

/** Columns of a model at most. */
const MOST_FEATURES = 2 ** 24;

/** How a model of XGBoost is read. */
export interface XgboostOptions {
  /** The categories of categorical features by name, in the order of their codes; by default 0, 1, ... up to the largest that a branch names. */
  readonly categories?: Readonly<Record<string, readonly TreeCategory[]>>;
}

function textList(from: JsonObject, key: string, count: number): readonly string[] | undefined {
  if (!Object.hasOwn(from.value, key)) return undefined;
  const list = listIn(from, key);
  if (list.length === 0) return undefined;
  if (list.length !== count || !list.every((name) => typeof name === "string"))
    throw malformedXgboost(`${from.path}.${key}`, `${count} texts`, list.length);
  return list as readonly string[];
}

/** The trees, what each is multiplied by, and the output that each adds to. */
function boosterOf(learner: JsonObject) {
  const booster = objectIn(learner, "gradient_booster");
  const name = textIn(booster, "name");
  if (name !== "gbtree" && name !== "dart")
    throw unsupportedXgboost("gradient_booster", "trees: gbtree or dart", name);
  const model = objectIn(name === "dart" ? objectIn(booster, "gbtree") : booster, "model");
  const trees = listIn(model, "trees");
  return {
    model,
    trees,
    factors: name === "dart" ? floatsIn(booster, "weight_drop", trees.length) : undefined,
  };
}

/** One number, or one for each output: a text such as "5E-1" or "[1E0,2E0]". */
function baseOf(parameters: JsonObject, outputs: number, { margin }: XgboostObjective): Float64Array {
  const text = textIn(parameters, "base_score");
  const parts = text.replace(/^\[(.*)\]$/, "$1").split(",");
  const given = parts.map((part) => (part.trim() === "" ? Number.NaN : Math.fround(Number(part))));
  const base = Array.from({ length: outputs }, (_, at) =>
    Math.fround(margin(given[parts.length === 1 ? 0 : at]!)),
  );
  if ((parts.length !== 1 && parts.length !== outputs) || !base.every(Number.isFinite))
    throw malformedXgboost(
      `${parameters.path}.base_score`,
      `one number or ${outputs}, of which there are raw scores`,
      text,
    );
  return Float64Array.from(base);
}

function featureOf(
  name: string,
  at: number,
  isCategorical: boolean,
  trees: readonly XgboostTree[],
  given: readonly TreeCategory[] | undefined,
): TreeFeature {
  let most = -1;
  let unknownRight = false;
  for (const { path, reached, left, feature, categories, defaultLeft } of trees)
    for (const node of reached) {
      if (left[node] === -1 || feature[node] !== at) continue;
      const set = categories.get(node);
      if ((set !== undefined) !== isCategorical)
        throw malformedXgboost(`${path}, node ${node}`, isCategorical ? "a set" : "a threshold", "the other");
      if (set === undefined) continue;
      for (const code of set) most = Math.max(most, code);
      if (defaultLeft[node] === 0) unknownRight = true;
    }
  if (!isCategorical) return { kind: "numeric", name };
  if (given !== undefined) {
    if (given.length > most) return { kind: "categorical", name, categories: given };
    throw malformedXgboost(`categories of "${name}"`, `more than ${most}`, given.length);
  }
  if (unknownRight)
    throw unsupportedXgboost(
      `feature "${name}"`,
      "its categories: a code that no branch names goes left, what is missing goes right, and the model does not tell them apart",
      "none",
      `Pass { categories: { ${JSON.stringify(name)}: [...] } } in the order of their codes.`,
    );
  return { kind: "categorical", name, categories: Array.from({ length: most + 1 }, (_, code) => code) };
}

/**
 * Reads a model of XGBoost's `save_model("model.json")`, 1.0 to 3.x: gbtree and dart, several classes and targets, parallel trees, categories. A number
 * goes where XGBoost sends it, which rounds it to single precision and asks whether it is less; sums are of double precision
 * here and of single precision there. Categories are their codes unless `categories` says more.
 *
 * @throws MODEL_MALFORMED for a text that is no model, or damaged; MODEL_UNSUPPORTED, with the reason, for gblinear, leaves of several
 *   numbers, unknown objectives, and categorical features whose categories must be told.
 * @example
 * const { ensemble, link } = readXgboost(await readFile("model.json", "utf8"));
 * const probabilities = applyLink(link, rawScores(ensemble, treeTable({ columns })));
 */
export function readXgboost(json: string, { categories = {} }: XgboostOptions = {}): ImportedTrees {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw malformedXgboost("text", "JSON", messageOf(error));
  }
  const learner = objectIn(objectFrom("model", parsed), "learner");
  const parameters = objectIn(learner, "learner_model_param");
  const width = parameterIn(parameters, "num_feature", 1, MOST_FEATURES);
  const classes = parameterIn(parameters, "num_class", 0, MOST_OUTPUTS, "0");
  const outputs = Math.max(1, classes, parameterIn(parameters, "num_target", 1, MOST_OUTPUTS, "1"));
  const name = textIn(objectIn(learner, "objective"), "name");
  const objective = objectiveOfXgboost(name);
  if (objective.link.kind === "logistic" && outputs > 1)
    throw unsupportedXgboost("num_target", "one target of two classes", String(outputs));

  const { model, trees: list, factors } = boosterOf(learner);
  const trees = list.map((tree, at) => readTree(objectFrom(`tree ${at}`, tree), width));
  const target = Int32Array.from(integersIn(model, "tree_info", 0, outputs - 1, trees.length));
  const names =
    textList(learner, "feature_names", width) ?? Array.from({ length: width }, (_, at) => `f${at}`);
  const types = textList(learner, "feature_types", width);
  const asked = new Set(
    trees.flatMap(({ categories: sets, feature }) => Array.from(sets.keys(), (node) => feature[node]!)),
  );
  const features = names.map((title, at) => {
    const isCategorical = types === undefined ? asked.has(at) : types[at] === "c";
    const given = Object.hasOwn(categories, title) ? categories[title] : undefined;
    return featureOf(title, at, isCategorical, trees, given);
  });
  const ensemble = treeEnsemble({
    features,
    outputs,
    trees: trees.map((tree, at) => treeOf(tree, features, factors?.[at] ?? 1)),
    target,
    base: baseOf(parameters, outputs, objective),
  });
  return Object.freeze({ ensemble, link: objective.link, objective: name });
}
