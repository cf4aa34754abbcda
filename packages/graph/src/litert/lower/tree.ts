import { binaryThreshold, classifierForest } from "../../op/TreeEnsembleClassifier.ts";
import { regressorForest } from "../../op/TreeEnsembleRegressor.ts";
import type { TreeOpName } from "../../op/tree-ops.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import { numberOf, plain, refused, type LiteCall, type LiteLowering, type LiteRule } from "../lowering.ts";
import {
  binary,
  cast,
  compare,
  concat,
  gather,
  ints,
  scalar,
  select,
  unary,
  withNumber,
} from "../primitive.ts";
import { LEADS_ON, treeLevels, type TreeLevels } from "./tree-level.ts";
import { sumOfLeaves } from "./tree-sum.ts";

/** At most so many levels are unrolled, seven operators each. */
const MOST_LEVELS = 256;

/**
 * The rows as the walk reads them, and by how much a node's feature is moved for each of {@link TreeLevels.missing}: NaN is above
 * nothing by itself, Infinity in its place is above every number, and what is 1 for NaN alone parts it from Infinity.
 * Where nodes differ each row has these side by side.
 */
function readRows(
  e: LiteEmitter,
  x: LiteTensor,
  { missing }: TreeLevels,
): { readonly rows: LiteTensor; readonly moved: number } {
  const branches = missing.filter((one) => one !== LEADS_ON);
  if (branches.every((one) => one === 0)) return { rows: x, moved: 0 };
  const known = compare(e, "EQUAL", x, x);
  const above = select(e, known, x, scalar(e, "FLOAT32", Infinity));
  if (branches.every((one) => one === 1)) return { rows: above, moved: 0 };
  const gap = branches.includes(2) ? [cast(e, unary(e, "LOGICAL_NOT", known), "FLOAT32")] : [];
  return { rows: concat(e, [x, above, ...gap], 1), moved: x.dims[1]! };
}

/**
 * Walks all trees at once, level by level: for each row and tree the place among all nodes. Whether the row's number is
 * above the node's threshold decides between neighbours; leaves lead to themselves.
 */
function walked(e: LiteEmitter, x: LiteTensor, levels: TreeLevels): LiteTensor {
  const { thresholds, children, missing, roots, depth } = levels;
  const { rows, moved } = readRows(e, x, levels);
  const features = levels.features.map((feature, at) =>
    missing[at] === LEADS_ON ? feature : feature + missing[at]! * moved,
  );
  const size = [features.length];
  const thresholdAt = e.constant("FLOAT32", thresholds, size);
  const [featureAt, childAt] = [features, children].map((list) => e.constant("INT32", list, size));
  // Every row begins at the roots, which needs no place.
  const first = <T extends "INT32" | "FLOAT32">(type: T, list: ArrayLike<number>): LiteTensor =>
    e.constant(
      type,
      roots.map((root) => list[root]!),
      [1, roots.length],
    );
  const begin = gather(
    e,
    rows,
    ints(
      e,
      roots.map((root) => features[root]!),
    ),
    1,
  );
  const next = (value: LiteTensor, threshold: LiteTensor, child: LiteTensor): LiteTensor =>
    binary(e, "ADD", child, cast(e, compare(e, "GREATER", value, threshold), "INT32"));
  let at = next(begin, first("FLOAT32", thresholds), first("INT32", children));
  for (let level = 1; level < depth; level++) {
    const value = gather(e, rows, gather(e, featureAt!, at, 0), 1, 1);
    at = next(value, gather(e, thresholdAt, at, 0), gather(e, childAt!, at, 0));
  }
  return at;
}

/** The sums `[N, targets]` of an ensemble's trees, with what is added to each. */
function sums(call: LiteCall, levels: TreeLevels, targets: number, divisor: number): LiteTensor {
  const { e, attributes } = call;
  const x = plain(call, 0);
  const base = attributes["base_values"] as readonly number[];
  const bases = Array.from({ length: targets }, (_, target) => base[target] ?? 0);
  return sumOfLeaves(e, walked(e, x, levels), levels, { targets, divisor, bases });
}

function levelsOf(forest: Parameters<typeof treeLevels>[0]): TreeLevels | ReturnType<typeof refused> {
  const levels = treeLevels(forest);
  if (typeof levels === "string") return refused(levels, "a model table, which reads every tree");
  return levels.depth > MOST_LEVELS
    ? refused(`trees of ${levels.depth} levels`, `at most ${MOST_LEVELS} levels, or a model table`)
    : levels;
}

type ClassifierAttributes = Parameters<typeof classifierForest>[1];
type RegressorAttributes = Parameters<typeof regressorForest>[1];

const regressor: LiteLowering = (call) => {
  const attributes = call.attributes as unknown as RegressorAttributes;
  const forest = regressorForest("writeLitert", attributes, call.inputs[0]!.dims[1]!);
  const targets = numberOf(call, "n_targets");
  const levels = levelsOf(forest);
  if ("unsupported" in levels) return levels;
  const divisor = attributes.aggregate_function === "AVERAGE" ? forest.roots.length : 1;
  return [sums(call, levels, targets, divisor)];
};

const classifier: LiteLowering = (call) => {
  const { e } = call;
  const attributes = call.attributes as unknown as ClassifierAttributes;
  const forest = classifierForest("writeLitert", attributes, call.inputs[0]!.dims[1]!);
  const { classlabels_int64s: labels, post_transform } = attributes;
  const two = labels.length === 2;
  const targets = two ? 1 : labels.length;
  const levels = levelsOf(forest);
  if ("unsupported" in levels) return levels;
  const scores = sums(call, levels, targets, 1);
  const names = e.constant("INT64", labels, [labels.length]);
  if (!two) {
    const shape = { type: "INT32" as const, dims: [scores.dims[0]!], open: [scores.open[0]!] };
    const best = e.emit("ARG_MAX", [scores, ints(e, [1])], shape, { output_type: 2 });
    const functions = { NONE: undefined, LOGISTIC: "LOGISTIC", SOFTMAX: "SOFTMAX" } as const;
    const then = functions[post_transform as keyof typeof functions];
    const result =
      then === undefined ? scores : unary(e, then, scores, then === "SOFTMAX" ? { beta: 1 } : {});
    return [gather(e, names, best, 0), result];
  }
  const shape = { type: "FLOAT32" as const, dims: [scores.dims[0]!], open: [scores.open[0]!] };
  const flat = e.emit("RESHAPE", [scores, ints(e, [-1])], shape);
  const threshold = binaryThreshold(attributes);
  const second = compare(e, "GREATER", flat, scalar(e, "FLOAT32", threshold));
  const label = select(e, second, scalar(e, "INT64", labels[1]!), scalar(e, "INT64", labels[0]!));
  const other = unary(e, "NEG", scores);
  const pair = (first: LiteTensor): LiteTensor => concat(e, [first, scores], 1);
  if (post_transform === "LOGISTIC") return [label, unary(e, "LOGISTIC", pair(other))];
  return [label, pair(threshold > 0 ? withNumber(e, "ADD", other, 1) : other)];
};

/** How ensembles of trees are written. */
export const TREE_RULES = {
  TreeEnsembleClassifier: classifier,
  TreeEnsembleRegressor: regressor,
} satisfies Record<TreeOpName, LiteRule>;
