import { messageOf } from "@tideline/spec";
import { MOST_CATEGORIES } from "../../bin/category-codes.ts";
import type { TreeCategory, TreeFeature } from "../../tree-ensemble.ts";
import { MOST_OUTPUTS, treeEnsemble } from "../ensemble.ts";
import type { ImportedTrees } from "../imported-trees.ts";
import { categoryNames, type CategoryNames } from "./category-name.ts";
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
import { bestRound, treesOfRounds, type XgboostRounds } from "./round.ts";
import { readTree, treeOf, type XgboostTree } from "./read-tree.ts";

/** Columns of a model at most. */
const MOST_FEATURES = 2 ** 20;

/** Words of all sets at most: XGBoost names the codes that go right, and a short list of large ones makes long sets. */
const MOST_SET_WORDS = 2 ** 25;

/** How a model of XGBoost is read. */
export interface XgboostOptions {
  /**
   * The categories of categorical features by name, in the order of their codes; by default those that the model keeps of its
   * training columns (XGBoost 3), else 0, 1, ... up to the largest that a branch names.
   */
  readonly categories?: Readonly<Record<string, readonly TreeCategory[]>>;
  /**
   * Of a model whose training was stopped early, the trees up to its best round, or all. By default what the saver's own
   * prediction takes: "best" for one of the scikit-learn interface, "all" for a `Booster`.
   */
  readonly rounds?: XgboostRounds;
}

/** A model of XGBoost. */
export interface XgboostTrees extends ImportedTrees {
  /** The round at which early stopping found the best score, from 0; undefined where the model names none. */
  readonly bestRound: number | undefined;
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

/** What the branches of a categorical feature say of its codes. */
interface Asked {
  /** The largest code that goes right somewhere. */
  most: number;
  /** Whether what is missing goes right somewhere. */
  missingRight: boolean;
  branches: number;
}

/** The categorical features by what is asked of them; each feature is asked in one way. */
function askedOf(trees: readonly XgboostTree[], categorical: readonly boolean[]): ReadonlyMap<number, Asked> {
  const asked = new Map<number, Asked>();
  for (const { path, reached, left, feature, categories, defaultLeft } of trees)
    for (const node of reached) {
      if (left[node] === -1) continue;
      const at = feature[node]!;
      const set = categories.get(node);
      if ((set !== undefined) !== categorical[at])
        throw malformedXgboost(
          `${path}, node ${node}`,
          categorical[at] ? "a set" : "a threshold",
          "the other",
        );
      if (set === undefined) continue;
      const known = asked.get(at) ?? { most: -1, missingRight: false, branches: 0 };
      for (const code of set) known.most = Math.max(known.most, code);
      known.missingRight ||= defaultLeft[node] === 0;
      known.branches += 1;
      asked.set(at, known);
    }
  return asked;
}

function categoriesOf(
  name: string,
  asked: Asked | undefined,
  given: readonly TreeCategory[] | undefined,
  kept: CategoryNames,
  at: number,
): readonly TreeCategory[] {
  const { most, missingRight } = asked ?? { most: -1, missingRight: false };
  if (given !== undefined) {
    if (given.length > most) return given;
    throw malformedXgboost(`categories of "${name}"`, `more than ${most}`, given.length);
  }
  if (kept.has(at))
    throw unsupportedXgboost(
      `feature "${name}"`,
      "its categories as texts or numbers",
      "a form that is not known",
      `Pass { categories: { ${JSON.stringify(name)}: [...] } } in the order of their codes.`,
    );
  if (missingRight)
    throw unsupportedXgboost(
      `feature "${name}"`,
      "its categories: a code that no branch names goes left, what is missing goes right, and the model does not tell them apart",
      "none",
      `Pass { categories: { ${JSON.stringify(name)}: [...] } } in the order of their codes.`,
    );
  return Array.from({ length: most + 1 }, (_, code) => code);
}

/**
 * Reads a model of XGBoost's `save_model("model.json")`, 1.0 to 3.x: gbtree and dart, several classes and targets, parallel trees,
 * categories. A number goes where XGBoost sends it, which rounds it to single precision and asks whether it is less; sums are
 * of double precision here and of single precision there. The link gives probabilities for `multi:softmax`, too, whose
 * prediction there is the class that has the largest.
 *
 * @throws MODEL_MALFORMED for a text that is no model, or damaged; MODEL_UNSUPPORTED, with the reason, for UBJSON, gblinear, leaves of
 *   several numbers, unknown objectives, and categorical features whose categories must be told; ARGUMENT_INVALID for unknown
 *   `rounds`.
 * @example
 * const { ensemble, link } = readXgboost(await readFile("model.json", "utf8"));
 * const probabilities = applyLink(link, rawScores(ensemble, treeTable({ columns })));
 */
export function readXgboost(json: string, { categories = {}, rounds }: XgboostOptions = {}): XgboostTrees {
  // An object of UBJSON: "{" and the type of the first key's length; in JSON a quote or the end must follow.
  if (typeof json !== "string" || /^\{[iUIlL]/.test(json))
    throw unsupportedXgboost("text", "JSON", "UBJSON, or other bytes", 'Save with save_model("model.json").');
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
  const kept = treesOfRounds(learner, model, { trees: list.length, outputs, rounds });
  const trees = list.slice(0, kept).map((tree, at) => readTree(objectFrom(`tree ${at}`, tree), width));
  const target = Int32Array.from(integersIn(model, "tree_info", 0, outputs - 1, list.length)).slice(0, kept);
  const names =
    textList(learner, "feature_names", width) ?? Array.from({ length: width }, (_, at) => `f${at}`);
  const types = textList(learner, "feature_types", width);
  const sets = new Set(
    trees.flatMap(({ categories: nodes, feature }) => Array.from(nodes.keys(), (node) => feature[node]!)),
  );
  const categorical = names.map((_, at) => (types === undefined ? sets.has(at) : types[at] === "c"));
  const asked = askedOf(trees, categorical);
  const own = categoryNames(model, width);
  const givenOf = (at: number) =>
    Object.hasOwn(categories, names[at]!) ? categories[names[at]!] : own.get(at);
  let words = 0;
  for (const [at, { most, branches }] of asked) {
    const count = givenOf(at)?.length ?? most + 1;
    words += (branches * (count + 31)) / 32;
    if (count > MOST_CATEGORIES || words > MOST_SET_WORDS)
      throw unsupportedXgboost(
        `feature "${names[at]}"`,
        `at most ${MOST_CATEGORIES} categories, and ${MOST_SET_WORDS} words of sets in all`,
        `${count} categories in ${branches} branches`,
      );
  }
  const features = names.map((title, at): TreeFeature => {
    if (categorical[at] !== true) return { kind: "numeric", name: title };
    const list = categoriesOf(title, asked.get(at), givenOf(at), own, at);
    return { kind: "categorical", name: title, categories: list };
  });
  const ensemble = treeEnsemble({
    features,
    outputs,
    trees: trees.map((tree, at) => treeOf(tree, features, factors?.[at] ?? 1)),
    target,
    base: baseOf(parameters, outputs, objective),
  });
  return Object.freeze({ ensemble, link: objective.link, objective: name, bestRound: bestRound(learner) });
}
