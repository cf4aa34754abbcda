import { interpret, NODE_MODES, type OnnxModel, type OnnxNode } from "@tideline/graph";
import { feedsOf, rowInputs, type ModelRows } from "./model-row.ts";

/** A node of a tree that decides. */
interface TreeBranch {
  readonly mode: keyof typeof NODE_MODES;
  readonly feature: number;
  readonly value: number;
  readonly yes: number;
  readonly no: number;
  readonly missingYes: boolean;
}

/** An ensemble of a graph: the value that it reads, and its trees. A node that decides nothing is null. */
export interface GraphTrees {
  readonly input: string;
  readonly roots: readonly number[];
  readonly nodes: readonly (TreeBranch | null)[];
}

/** Where a tree decides: a column of what it reads, and the number that it compares with. */
export interface TreeBound {
  readonly feature: number;
  readonly threshold: number;
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
      const [trees, ids] = [listOf<number>(node, "nodes_treeids"), listOf<number>(node, "nodes_nodeids")];
      const [yes, no] = [
        listOf<number>(node, "nodes_truenodeids"),
        listOf<number>(node, "nodes_falsenodeids"),
      ];
      const modes = listOf<string>(node, "nodes_modes");
      const missing = listOf<number>(node, "nodes_missing_value_tracks_true");
      const [features, values] = [
        listOf<number>(node, "nodes_featureids"),
        listOf<number>(node, "nodes_values"),
      ];
      const places = new Map(ids.map((id, at) => [`${trees[at]!}:${id}`, at]));
      return {
        input: node.inputs[0]!,
        roots: trees.flatMap((tree, at) => (tree === trees[at - 1] ? [] : [at])),
        nodes: modes.map((mode, at) =>
          Object.hasOwn(NODE_MODES, mode)
            ? {
                mode: mode as keyof typeof NODE_MODES,
                feature: features[at]!,
                value: values[at]!,
                yes: places.get(`${trees[at]!}:${yes[at]!}`)!,
                no: places.get(`${trees[at]!}:${no[at]!}`)!,
                missingYes: missing[at] === 1,
              }
            : null,
        ),
      };
    });
}

/** Every bound of some trees, once. */
export function boundsOf({ nodes }: GraphTrees): readonly TreeBound[] {
  const found = new Map<string, TreeBound>();
  for (const node of nodes)
    if (node !== null)
      found.set(`${node.feature}:${node.value}`, { feature: node.feature, threshold: node.value });
  return [...found.values()];
}

/** What trees read of some rows, by the interpreter: `[rows, features]`. */
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
  const nodes = neededNodes(model, input);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const inputs = rowInputs(model).filter(({ name }) => read.has(name));
  const part: OnnxModel = {
    ...model,
    graph: {
      ...model.graph,
      nodes,
      inputs: model.graph.inputs.filter(({ name }) => read.has(name)),
      outputs: [{ name: input, elementType: "float32", dims: ["", ""] }],
    },
  };
  const feeds = Object.entries(feedsOf(inputs, rows)).map(([name, { dims, values }]) => [
    name,
    { dims, values: Float64Array.from(values as ArrayLike<number | bigint>, Number) },
  ]);
  const { values } = interpret(part, Object.fromEntries(feeds))[input]!;
  return { width: values.length / rows.count, values };
}

/** The nodes that a value is computed by, in order. */
function neededNodes({ graph }: OnnxModel, value: string): readonly OnnxNode[] {
  const wanted = new Set([value]);
  return graph.nodes
    .toReversed()
    .filter((node) => {
      const needed = node.outputs.some((name) => wanted.has(name));
      if (needed) for (const name of node.inputs) wanted.add(name);
      return needed;
    })
    .toReversed();
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

/** A bound that a row passes within some float32 numbers. */
export interface NearBound extends TreeBound {
  /** Numbers of float32 between the feature and the threshold. */
  readonly ulps: number;
}

/** The bounds on a row's way through the trees that it passes within `most` float32 numbers, nearest first. */
export function nearBounds(
  { roots, nodes }: GraphTrees,
  features: ArrayLike<number>,
  most: number,
): readonly NearBound[] {
  const found: NearBound[] = [];
  for (const root of roots) {
    let at = root;
    for (let node = nodes[at]; node != null; node = nodes[at]) {
      const x = Math.fround(features[node.feature]!);
      const ulps = Math.abs(floatPlace(x) - floatPlace(node.value));
      if (!Number.isNaN(x) && ulps <= most)
        found.push({ feature: node.feature, threshold: node.value, ulps });
      const yes = NODE_MODES[node.mode](x, node.value) || (node.missingYes && Number.isNaN(x));
      at = yes ? node.yes : node.no;
    }
  }
  return found.toSorted((left, right) => left.ulps - right.ulps);
}
