import { interpret, type OnnxModel, type OnnxNode, type ValueInfo } from "@tideline/graph";
import { interpreterFeeds, rowInputs, type ModelRows } from "./model-row.ts";

/** Where a tree decides: a column of what it reads, and the number that it compares with. */
export interface TreeBound {
  readonly feature: number;
  readonly threshold: number;
  /** Whether it asks for this very number: for a code, which nothing rounds. */
  readonly isCode: boolean;
  /** Whether some tree decides so first: there every row comes by. */
  readonly isFirst: boolean;
}

/** An ensemble of a graph: the value that it reads, and each of its bounds once. */
export interface GraphTrees {
  readonly input: string;
  readonly bounds: readonly TreeBound[];
}

function listOf<Value>({ attributes }: OnnxNode, name: string): readonly Value[] {
  const attribute = attributes[name];
  return (attribute === undefined ? [] : attribute.value) as readonly Value[];
}

/** The ensembles of a graph. */
export function treesOf({ graph }: OnnxModel): readonly GraphTrees[] {
  return graph.nodes
    .filter(({ op }) => op === "TreeEnsembleClassifier" || op === "TreeEnsembleRegressor")
    .map((node) => {
      const features = listOf<number>(node, "nodes_featureids");
      const values = listOf<number>(node, "nodes_values");
      const trees = listOf<number>(node, "nodes_treeids");
      const bounds = new Map<string, TreeBound>();
      for (const [at, mode] of listOf<string>(node, "nodes_modes").entries()) {
        const [feature, threshold] = [features[at]!, values[at]!];
        const isCode = mode === "BRANCH_EQ" || mode === "BRANCH_NEQ";
        if (mode === "LEAF") continue;
        const key = `${feature}:${threshold}:${isCode}`;
        const isFirst = trees[at] !== trees[at - 1] || bounds.get(key)?.isFirst === true;
        bounds.set(key, { feature, threshold, isCode, isFirst });
      }
      return { input: node.inputs[0]!, bounds: [...bounds.values()] };
    });
}

/** What trees read of some rows, by the interpreter: `[rows, features]`. The graph takes no texts. */
export function featuresOf(
  model: OnnxModel,
  input: string,
  rows: ModelRows,
): { readonly width: number; readonly values: ArrayLike<number> } {
  const given = model.graph.inputs.find(({ name }) => name === input);
  if (given !== undefined) {
    const values = rows.inputs[input] as ArrayLike<number>;
    return { width: values.length / rows.count, values };
  }
  const part = graphPart(model, { outputs: [{ name: input, elementType: "float32", dims: ["", ""] }] });
  const { values } = interpret(part, interpreterFeeds(rowInputs(part), rows))[input]!;
  return { width: values.length / rows.count, values };
}

/**
 * The part of a graph that computes some of its values from others.
 *
 * @param part `outputs`: what it computes; `given`: values that come in instead of being computed
 */
export function graphPart(
  model: OnnxModel,
  { outputs, given = [] }: { readonly outputs: readonly ValueInfo[]; readonly given?: readonly ValueInfo[] },
): OnnxModel {
  const known = new Set(given.map(({ name }) => name));
  const wanted = new Set(outputs.map(({ name }) => name).filter((name) => !known.has(name)));
  const nodes = model.graph.nodes
    .toReversed()
    .filter((node) => {
      const needed = node.outputs.some((name) => wanted.has(name));
      if (needed) for (const name of node.inputs) if (!known.has(name)) wanted.add(name);
      return needed;
    })
    .toReversed();
  const read = (name: string): boolean => wanted.has(name) && !known.has(name);
  const inputs = [...model.graph.inputs.filter(({ name }) => read(name)), ...given];
  return { ...model, graph: { ...model.graph, nodes, inputs, outputs } };
}

const view = new DataView(new ArrayBuffer(4));

/** The place of a float32 among all, in order: neighbours differ by one, and both zeros are one. */
export function floatPlace(value: number): number {
  view.setFloat32(0, value);
  const bits = view.getInt32(0);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

/** The float32 at a place; see {@link floatPlace}. */
export function floatAt(place: number): number {
  view.setInt32(0, Math.abs(place));
  const value = view.getFloat32(0);
  return place < 0 ? -value : value;
}
