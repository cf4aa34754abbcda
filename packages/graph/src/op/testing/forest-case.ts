import * as fc from "fast-check";
import { NODE_MODES } from "../forest.ts";
import { eighths, filled, type Cases } from "./op-case.ts";

/** A tree as nested nodes: a decision with two sides, or the weights of a leaf. */
type Shape =
  | {
      readonly mode: string;
      readonly feature: number;
      readonly value: number;
      readonly tracks: number;
      readonly yes: Shape;
      readonly no: Shape;
    }
  | { readonly weights: readonly number[] };

/** Numbers between eighths, so that a sum of weights is exact and hits no threshold of a label. */
const weight = fc.integer({ min: -16, max: 16 }).map((n) => n / 8 + 1 / 32);

const tree = (features: number, weights: number): fc.Arbitrary<Shape> =>
  fc.letrec<{ node: Shape; leaf: Shape; branch: Shape }>((tie) => ({
    node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie("leaf"), tie("branch")),
    leaf: fc.array(weight, { minLength: weights, maxLength: weights }).map((list) => ({ weights: list })),
    branch: fc.record({
      mode: fc.constantFrom(...Object.keys(NODE_MODES)),
      feature: fc.integer({ min: 0, max: features - 1 }),
      value: eighths,
      tracks: fc.integer({ min: 0, max: 1 }),
      yes: tie("node"),
      no: tie("node"),
    }),
  })).branch;

/** The attributes of some trees; a leaf weighs every target. */
function attributesOf(
  trees: readonly Shape[],
  prefix: "class" | "target",
  weigh = (weight: number) => weight,
) {
  const ints = (): number[] => [];
  const lists = {
    nodes_treeids: ints(),
    nodes_nodeids: ints(),
    nodes_featureids: ints(),
    nodes_values: ints(),
    nodes_truenodeids: ints(),
    nodes_falsenodeids: ints(),
    nodes_missing_value_tracks_true: ints(),
  };
  const modes: string[] = [];
  const weighed = { treeids: ints(), nodeids: ints(), ids: ints(), weights: ints() };
  const place = (tree: number, shape: Shape): number => {
    const at = modes.length;
    const leaf = "weights" in shape;
    modes.push(leaf ? "LEAF" : shape.mode);
    lists.nodes_treeids.push(tree);
    lists.nodes_nodeids.push(at);
    lists.nodes_featureids.push(leaf ? 0 : shape.feature);
    lists.nodes_values.push(leaf ? 0 : shape.value);
    lists.nodes_missing_value_tracks_true.push(leaf ? 0 : shape.tracks);
    lists.nodes_truenodeids.push(0);
    lists.nodes_falsenodeids.push(0);
    if (leaf)
      for (const [target, value] of shape.weights.entries()) {
        weighed.treeids.push(tree);
        weighed.nodeids.push(at);
        weighed.ids.push(target);
        weighed.weights.push(weigh(value));
      }
    else {
      lists.nodes_truenodeids[at] = place(tree, shape.yes);
      lists.nodes_falsenodeids[at] = place(tree, shape.no);
    }
    return at;
  };
  for (const [index, shape] of trees.entries()) place(index, shape);
  const named = Object.entries(weighed).map(([name, list]) => [`${prefix}_${name}`, list] as const);
  return { ...lists, nodes_modes: modes, ...Object.fromEntries(named) };
}

const FEATURES = 3;
const rows = fc
  .integer({ min: 1, max: 4 })
  .chain((count) =>
    filled([count, FEATURES], fc.oneof({ arbitrary: eighths, weight: 6 }, fc.constant(Number.NaN))),
  );

const ensemble = (targets: number): fc.Arbitrary<readonly Shape[]> =>
  fc.array(tree(FEATURES, targets), { minLength: 1, maxLength: 4 });

const base = (targets: number): fc.Arbitrary<readonly number[]> =>
  fc.oneof(fc.constant([]), fc.array(weight, { minLength: targets, maxLength: targets }));

/** Cases of the ensembles of trees. */
export const FOREST_CASES = {
  TreeEnsembleClassifier: fc.integer({ min: 2, max: 4 }).chain((classes) => {
    const targets = classes === 2 ? 1 : classes;
    const transform = classes === 2 ? ["LOGISTIC"] : ["NONE", "LOGISTIC", "SOFTMAX"];
    return fc
      .tuple(rows, ensemble(targets), base(targets), fc.constantFrom(...transform), fc.boolean())
      .map(([x, trees, base_values, post_transform, shares]) => {
        // Shares of votes: nothing is negative.
        const positive = shares && classes === 2;
        const attributes = attributesOf(trees, "class", positive ? Math.abs : (weight) => weight);
        return {
          inputs: [x],
          attributes: {
            ...attributes,
            ...(base_values.length > 0 ? { base_values } : {}),
            classlabels_int64s: [7, 3, 5, 4].slice(0, classes),
            post_transform: positive ? "NONE" : post_transform,
          },
          scale: 1,
        };
      });
  }),
  TreeEnsembleRegressor: fc.integer({ min: 1, max: 3 }).chain((n_targets) =>
    fc
      .tuple(rows, ensemble(n_targets), base(n_targets), fc.constantFrom("SUM", "AVERAGE"))
      .map(([x, trees, base_values, aggregate_function]) => ({
        inputs: [x],
        attributes: {
          ...attributesOf(trees, "target"),
          ...(base_values.length > 0 ? { base_values } : {}),
          n_targets,
          aggregate_function,
        },
        scale: 1,
      })),
  ),
} satisfies Record<string, Cases>;
