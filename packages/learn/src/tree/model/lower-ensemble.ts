import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError, type TidelineError } from "@tideline/spec";
import type { Tree, TreeEnsemble, TreeFeature } from "../tree-ensemble.ts";
import { outputScales, treeCounts } from "./output-scale.ts";
import { numberChain, setChain, type BranchChain } from "./branch-chain.ts";

/** Codes above this are not all numbers of single precision. */
const MOST_CODES = 2 ** 24;

function unsupported(field: string, expected: string, received: string): TidelineError {
  return tidelineError("MODEL_UNSUPPORTED", { who: "lowerEnsemble", field, expected, received });
}

/** The attributes of a TreeEnsembleRegressor, as they grow. */
interface Nodes {
  readonly nodes_treeids: number[];
  readonly nodes_nodeids: number[];
  readonly nodes_modes: string[];
  readonly nodes_featureids: number[];
  readonly nodes_values: number[];
  readonly nodes_truenodeids: number[];
  readonly nodes_falsenodeids: number[];
  readonly nodes_missing_value_tracks_true: number[];
  readonly target_treeids: number[];
  readonly target_nodeids: number[];
  readonly target_ids: number[];
  readonly target_weights: number[];
}

/** A branch as ONNX has it. */
interface Branch {
  readonly mode: string;
  readonly feature: number;
  readonly value: number;
  readonly yes: number;
  readonly no: number;
  readonly missingYes: boolean;
}

/** A branch as ONNX can ask it. */
function chainOf(tree: Tree, node: number, feature: TreeFeature): BranchChain {
  const missingLeft = tree.missingLeft[node] === 1;
  if (feature.kind === "numeric")
    return numberChain(tree.threshold[node]!, missingLeft, feature.zeroIsMissing === true);
  const words = tree.sets[tree.set[node]!]!;
  const isLeft = (code: number) => (((words[code >>> 5] ?? 0) >>> (code & 31)) & 1) === 1;
  return setChain(feature.categories.length, isLeft, missingLeft);
}

function addTree(into: Nodes, ensemble: TreeEnsemble, at: number, scale: Float64Array): void {
  const { features, target } = ensemble;
  const tree = ensemble.trees[at]!;
  const chains = Array.from(tree.feature, (asked, node) =>
    asked === -1 ? undefined : chainOf(tree, node, features[asked]!),
  );
  // A chain's steps take the place of its branch; the rest keeps its order, so that the root comes first.
  const place = new Int32Array(chains.length);
  for (let node = 1; node < place.length; node++)
    place[node] = place[node - 1]! + (chains[node - 1]?.steps.length ?? 1);
  const add = (id: number, { mode, feature, value, yes, no, missingYes }: Branch): void => {
    into.nodes_treeids.push(at);
    into.nodes_nodeids.push(id);
    into.nodes_modes.push(mode);
    into.nodes_featureids.push(feature);
    into.nodes_values.push(value);
    into.nodes_truenodeids.push(yes);
    into.nodes_falsenodeids.push(no);
    into.nodes_missing_value_tracks_true.push(missingYes ? 1 : 0);
  };

  for (let node = 0; node < place.length; node++) {
    const id = place[node]!;
    const feature = tree.feature[node]!;
    const [left, right] = [place[tree.left[node]!]!, place[tree.right[node]!]!];
    const chain = chains[node];
    if (chain === undefined) {
      add(id, { mode: "LEAF", feature: 0, value: 0, yes: 0, no: 0, missingYes: false });
      for (let k = 0; k < tree.width; k++) {
        const output = tree.width > 1 ? k : Math.max(0, target[at]!);
        const weight = Math.fround(tree.value[node * tree.width + k]! * scale[output]!);
        if (!Number.isFinite(weight))
          throw unsupported(
            `tree ${at}, node ${node}, value`,
            "a number of single precision",
            `${tree.value[node * tree.width + k]}`,
          );
        into.target_treeids.push(at);
        into.target_nodeids.push(id);
        into.target_ids.push(output);
        into.target_weights.push(weight);
      }
    } else {
      for (const [k, step] of chain.steps.entries()) {
        const last = k === chain.steps.length - 1;
        const no = last ? (chain.left ? left : right) : id + k + 1;
        const { mode, value, missing: missingYes } = step;
        add(id + k, { mode, feature, value, yes: step.left ? left : right, no, missingYes });
      }
    }
  }
}

/** A tree that is a leaf and adds 0 to some outputs. */
function addNothing(into: Nodes, at: number, outputs: readonly number[]): void {
  into.nodes_treeids.push(at);
  into.nodes_modes.push("LEAF");
  for (const key of ["nodeids", "featureids", "values", "truenodeids", "falsenodeids"] as const)
    into[`nodes_${key}`].push(0);
  into.nodes_missing_value_tracks_true.push(0);
  for (const output of outputs) {
    into.target_treeids.push(at);
    into.target_nodeids.push(0);
    into.target_ids.push(output);
    into.target_weights.push(0);
  }
}

/**
 * Adds an ensemble to a graph as one TreeEnsembleRegressor. Rows of single precision take the very path that `rawScores`
 * finds for them: thresholds become the largest number of single precision that is not above them.
 *
 * A categorical feature comes as its code. NaN, infinities and whole numbers that are no code are missing; where a number between
 * two codes goes is not promised. Its branch becomes a chain of as many nodes as its set has codes that do not go where what
 * is missing goes, or as it has borders between codes that go left and right, whichever is less; a branch of a feature whose
 * zeros are missing becomes up to three. Subtrees are shared, not repeated.
 *
 * Leaves and sums are of single precision: with T trees and u = 2^-24, an output is off by at most
 * (T + 2) u (|base| + the sum over the trees of their largest |leaf|), to first order, whatever the order of adding.
 *
 * @param x float32, [N, F], in the order of `ensemble.features`
 * @returns raw scores, float32, [N, outputs]; `lowerLink` makes probabilities of them
 * @throws MODEL_UNSUPPORTED for leaves or a base beyond single precision, or more than 2^24 categories; GRAPH_ILLEGAL for an `x` of
 *   another width.
 * @example
 * const g = graphBuilder("activity");
 * const x = g.input("features", "float32", ["N", ensemble.features.length]);
 * g.output("probabilities", lowerLink(g, lowerEnsemble(g, x, ensemble), { kind: "softmax" }));
 */
export function lowerEnsemble(g: GraphBuilder, x: Value, ensemble: TreeEnsemble): Value {
  const { features, outputs, trees, base } = ensemble;
  const width = x.dims[1];
  if (width !== features.length)
    throw tidelineError("GRAPH_ILLEGAL", {
      who: "lowerEnsemble",
      field: "x",
      expected: `float32 [N, ${features.length}]`,
      received: `${x.elementType} [${x.dims.join(", ")}]`,
    });
  for (const feature of features)
    if (feature.kind === "categorical" && feature.categories.length > MOST_CODES)
      throw unsupported(
        `feature "${feature.name}"`,
        `at most ${MOST_CODES} categories`,
        `${feature.categories.length}`,
      );
  const far = base.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (far >= 0) throw unsupported(`base of output ${far}`, "a number of single precision", `${base[far]}`);
  const nodes: Nodes = {
    nodes_treeids: [],
    nodes_nodeids: [],
    nodes_modes: [],
    nodes_featureids: [],
    nodes_values: [],
    nodes_truenodeids: [],
    nodes_falsenodeids: [],
    nodes_missing_value_tracks_true: [],
    target_treeids: [],
    target_nodeids: [],
    target_ids: [],
    target_weights: [],
  };
  const counts = treeCounts(ensemble);
  const scale = outputScales(ensemble);
  for (let at = 0; at < trees.length; at++) addTree(nodes, ensemble, at, scale);
  // onnxruntime leaves the base out of an output that no leaf adds to.
  const silent = [...counts.keys()].filter((output) => counts[output] === 0);
  if (silent.length > 0) addNothing(nodes, trees.length, silent);
  return g.op("TreeEnsembleRegressor", [x], {
    ...nodes,
    n_targets: outputs,
    ...(base.some((value) => value !== 0) ? { base_values: [...base] } : {}),
  });
}
