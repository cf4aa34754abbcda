import type { Tree, TreeCategory, TreeEnsemble, TreeFeature } from "../tree-ensemble.ts";
import { checkTree } from "./check-tree.ts";
import { malformedEnsemble } from "./malformed-tree.ts";

/** Numbers that an ensemble may give for a row. */
export const MOST_OUTPUTS = 2 ** 16;

/** What {@link treeEnsemble} makes one of. */
export interface TreeEnsembleParts {
  readonly features: readonly TreeFeature[];
  /** Default 1. */
  readonly outputs?: number;
  readonly trees: readonly Tree[];
  /** Default: -1 for trees as wide as all outputs; else the outputs in turn, tree by tree. */
  readonly target?: Int32Array;
  /** Default zeros. */
  readonly base?: Float64Array;
  /** Default false. */
  readonly average?: boolean;
}

function isCategory(value: unknown): value is TreeCategory {
  return typeof value === "string" || typeof value === "boolean" || value === null || Number.isFinite(value);
}

function freezeFeature(feature: TreeFeature, at: number): TreeFeature {
  if (typeof feature.name !== "string")
    throw malformedEnsemble(`feature ${at}, name`, "a text", feature.name);
  if (feature.kind === "numeric")
    return Object.freeze({
      kind: "numeric",
      name: feature.name,
      ...(feature.zeroIsMissing === true ? { zeroIsMissing: true } : {}),
    });
  if (feature.kind !== "categorical" || !Array.isArray(feature.categories))
    throw malformedEnsemble(
      `feature "${feature.name}"`,
      'kind "numeric", or "categorical" with categories',
      feature.kind,
    );
  // Holes, objects and NaN would be found by no value, or written as something else.
  const wrong = Array.from<unknown>(feature.categories).findIndex((value) => !isCategory(value));
  if (wrong >= 0)
    throw malformedEnsemble(
      `feature "${feature.name}", category ${wrong}`,
      "a text, a finite number, a boolean or null",
      typeof feature.categories[wrong] === "number"
        ? feature.categories[wrong]
        : typeof feature.categories[wrong],
    );
  if (new Set(feature.categories).size !== feature.categories.length)
    throw malformedEnsemble(`feature "${feature.name}", categories`, "each once", "one of them twice");
  return Object.freeze({
    kind: "categorical",
    name: feature.name,
    categories: Object.isFrozen(feature.categories)
      ? feature.categories
      : Object.freeze([...feature.categories]),
  });
}

function targetOf({ trees, outputs, target }: Pick<TreeEnsemble, "trees" | "outputs"> & TreeEnsembleParts) {
  const given = target ?? Int32Array.from(trees, ({ width }, at) => (width > 1 ? -1 : at % outputs));
  if (!(given instanceof Int32Array) || given.length !== trees.length)
    throw malformedEnsemble("target", `an Int32Array of ${trees.length}`, given.length);
  for (const [at, { width }] of trees.entries()) {
    const to = given[at]!;
    const whole = to === -1 && width === outputs;
    if (!whole && !(width === 1 && to >= 0 && to < outputs))
      throw malformedEnsemble(
        `tree ${at}, target`,
        width === 1 ? `0 to ${outputs - 1}` : "-1, as it is as wide as all outputs",
        to,
      );
  }
  return given;
}

/**
 * An ensemble of trees, checked and frozen. Arrays are taken, not copied; nobody may write to them afterwards.
 *
 * @throws MODEL_MALFORMED naming tree and node: children that are missing, shared or before their parent, nodes that nothing
 *   leads to, numbers out of range, NaN thresholds, leaves that are not finite, features named twice, categories that are none.
 * @example
 * const stump: Tree = {
 *   feature: Int32Array.of(0, -1, -1), threshold: Float64Array.of(0.5, NaN, NaN),
 *   left: Int32Array.of(1, -1, -1), right: Int32Array.of(2, -1, -1),
 *   missingLeft: Uint8Array.of(1, 0, 0), set: Int32Array.of(-1, -1, -1), sets: [],
 *   width: 1, value: Float64Array.of(0, -1, 1),
 *   count: Float64Array.of(9, 4, 5), weight: Float64Array.of(9, 4, 5), gain: Float64Array.of(8, 0, 0),
 * };
 * treeEnsemble({ features: [{ kind: "numeric", name: "speed" }], trees: [stump] });
 */
export function treeEnsemble(parts: TreeEnsembleParts): TreeEnsemble {
  const { trees, outputs = 1, base = new Float64Array(outputs), average = false } = parts;
  if (!Number.isInteger(outputs) || outputs < 1 || outputs > MOST_OUTPUTS)
    throw malformedEnsemble("outputs", `an integer from 1 to ${MOST_OUTPUTS}`, outputs);
  const features = Object.freeze(parts.features.map(freezeFeature));
  const names = new Set<string>();
  for (const { name } of features) {
    if (names.has(name)) throw malformedEnsemble("features", "each name once", `"${name}" twice`);
    names.add(name);
  }
  if (!(base instanceof Float64Array) || base.length !== outputs || !base.every(Number.isFinite))
    throw malformedEnsemble("base", `a Float64Array of ${outputs} finite numbers`, base);
  for (const [at, tree] of trees.entries()) checkTree(tree, at, features, outputs);
  return Object.freeze({
    features,
    outputs,
    trees: Object.freeze(
      trees.map((tree) => Object.freeze({ ...tree, sets: Object.freeze([...tree.sets]) })),
    ),
    target: targetOf({ ...parts, outputs }),
    base,
    average: Boolean(average),
  });
}
