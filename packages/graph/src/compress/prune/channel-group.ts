import type { OnnxModel, OnnxNode, OnnxTensor, TensorType } from "../../onnx.ts";
import { viewOf } from "../../optimise/graph-view.ts";
import { keepAll, keepValue, type AxisPlaces, type PlacedValue } from "./axis-rule.ts";
import { KEPT, placePartition } from "./place-partition.ts";
import { AXIS_RULES } from "./rule-registry.ts";

/** Places along one axis of a constant where one node reads it. */
export interface ChannelSlice {
  readonly node: OnnxNode;
  /** Which of the node's inputs. */
  readonly input: number;
  /** The constant. */
  readonly tensor: string;
  readonly axis: number;
  /** Ascending. */
  readonly positions: readonly number[];
}

/** Channels that come and go together: everything that holds or reads them loses the same places. */
export interface ChannelGroup {
  /** Its place in the list of all groups; what masks and removals name it by. */
  readonly id: number;
  /** Groups of one layer, alike in what they touch, have one number. */
  readonly layer: number;
  /** The node whose weights make the channels: its name, or that of its first output where it has none. */
  readonly name: string;
  readonly slices: readonly ChannelSlice[];
}

/** What is known of a graph's channels. */
export interface ChannelMap {
  readonly groups: readonly ChannelGroup[];
  /** The class of each place along each axis of a value that nodes make; {@link KEPT} for what stays. */
  readonly values: ReadonlyMap<string, readonly AxisPlaces[]>;
  /** The same of each constant, where a node reads it. */
  readonly uses: ReadonlyMap<OnnxNode, readonly (readonly AxisPlaces[])[]>;
  /** The group of a class. */
  readonly groupOf: ReadonlyMap<number, ChannelGroup>;
  /** The types of all values. */
  readonly types: ReadonlyMap<string, TensorType>;
}

/** What a layer is called by: its node's name, or that of the first output of a node without one. */
export function layerName({ name, outputs }: OnnxNode): string {
  return name === "" ? outputs[0]! : name;
}

/** The inputs whose constants make what a node puts out: the weights, each output channel along this axis. */
function makingAxis({ op, attributes }: OnnxNode, input: number, rank: number): number | undefined {
  if (input !== 1) return undefined;
  if (op === "Conv") return 0;
  if (op === "ConvTranspose") return 1;
  const transposed = attributes["transB"]?.type === "int" && attributes["transB"].value !== 0;
  if (op === "Gemm") return transposed ? 0 : 1;
  return op === "MatMul" ? rank - 1 : undefined;
}

/**
 * Follows the channels of a graph through every node and says which come and go together: those of a convolution with
 * the biases and normalisations behind it, with the branches that are added to it, and with the weights that read them
 * after pooling, flattening, concatenation and the like. Removing such a group changes an output by no more than setting
 * its weights to zero does. Inputs and outputs of the graph keep all their places.
 *
 * Source: G. Fang et al., "DepGraph: towards any structural pruning", CVPR 2023; here the dependency is not of layers
 * but of single places along axes, so that it comes of the operators' shapes alone.
 *
 * @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 */
export function channelMap(model: OnnxModel): ChannelMap {
  const view = viewOf(model);
  const partition = placePartition();
  const values = new Map<string, readonly AxisPlaces[]>();
  const uses = new Map<OnnxNode, readonly (readonly AxisPlaces[])[]>();
  const placesOf = ({ dims }: TensorType): readonly AxisPlaces[] =>
    dims.map((dim) => (typeof dim === "number" ? partition.places(dim) : undefined));
  const keep = (name: string, axes: readonly AxisPlaces[]): void =>
    keepValue({ partition }, { type: view.types.get(name)!, axes, constant: undefined });

  const defaults = new Set(
    view.graph.initializers.map(({ name }) => name).filter((name) => !view.constants.has(name)),
  );
  for (const name of [...view.graph.inputs.map((input) => input.name), ...defaults]) {
    if (values.has(name)) continue;
    const axes = placesOf(view.types.get(name)!);
    keep(name, axes);
    values.set(name, axes);
  }
  for (const node of view.graph.nodes) {
    const inputs = node.inputs.map((name): PlacedValue | undefined => {
      if (name === "") return undefined;
      const type = view.types.get(name)!;
      // A constant has places of its own wherever it is read: equal ones share an initialiser by chance.
      return { type, axes: values.get(name) ?? placesOf(type), constant: view.constants.get(name)?.values };
    });
    const outputs = node.outputs.map((name): PlacedValue => {
      const type = view.types.get(name) ?? { elementType: "float32", dims: [] };
      return { type, axes: placesOf(type), constant: undefined };
    });
    const rule =
      node.domain === "" ? (AXIS_RULES as Readonly<Record<string, typeof keepAll>>)[node.op] : undefined;
    (rule ?? keepAll)({ node, inputs, outputs, partition });
    for (const [at, name] of node.outputs.entries()) if (name !== "") values.set(name, outputs[at]!.axes);
    uses.set(
      node,
      inputs.map((input) => input?.axes ?? []),
    );
  }
  for (const { name } of view.graph.outputs) keep(name, values.get(name) ?? []);
  const settled = (axes: readonly AxisPlaces[]): readonly AxisPlaces[] =>
    axes.map((places) => places?.map((place) => partition.classOf(place)));
  const settledUses = new Map([...uses].map(([node, list]) => [node, list.map(settled)] as const));
  const grouped = groupsOf(view.graph.nodes, settledUses, view.constants);
  return Object.freeze({
    ...grouped,
    values: new Map([...values].map(([name, axes]) => [name, settled(axes)] as const)),
    uses: settledUses,
    types: view.types,
  });
}

/** Collects the slices of constants by class, in the order of the nodes. */
function groupsOf(
  nodes: readonly OnnxNode[],
  uses: ChannelMap["uses"],
  constants: ReadonlyMap<string, OnnxTensor>,
): Pick<ChannelMap, "groups" | "groupOf"> {
  const found = new Map<number, { maker: string | undefined; marks: string[]; slices: ChannelSlice[] }>();
  for (const [order, node] of nodes.entries())
    for (const [input, axes] of uses.get(node)!.entries()) {
      const tensor = node.inputs[input]!;
      if (!constants.has(tensor)) continue;
      for (const [axis, classes] of axes.entries()) {
        const positions = new Map<number, number[]>();
        for (const [at, one] of (classes ?? []).entries()) {
          if (one === KEPT) continue;
          const list = positions.get(one);
          if (list === undefined) positions.set(one, [at]);
          else list.push(at);
        }
        const makes = makingAxis(node, input, axes.length) === axis;
        for (const [one, list] of positions) {
          let group = found.get(one);
          if (group === undefined) found.set(one, (group = { maker: undefined, marks: [], slices: [] }));
          if (makes) group.maker ??= layerName(node);
          group.marks.push(`${order}.${input}.${axis}`);
          group.slices.push(Object.freeze({ node, input, tensor, axis, positions: Object.freeze(list) }));
        }
      }
    }
  const layers = new Map<string, number>();
  const groupOf = new Map<number, ChannelGroup>();
  for (const [one, { maker, marks, slices }] of found) {
    // What no weights make, such as statistics of the input, is no channel of the net's to remove.
    if (maker === undefined) continue;
    const key = marks.join();
    const layer = layers.get(key) ?? layers.size;
    layers.set(key, layer);
    groupOf.set(one, Object.freeze({ id: groupOf.size, layer, name: maker, slices: Object.freeze(slices) }));
  }
  return { groups: Object.freeze([...groupOf.values()]), groupOf };
}
