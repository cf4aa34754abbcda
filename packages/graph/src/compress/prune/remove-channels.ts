import { tidelineError } from "@tideline/spec";
import { checkModel } from "../../check.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../../onnx.ts";
import { removeDead } from "../../optimise/remove-dead.ts";
import type { AxisPlaces } from "./axis-rule.ts";
import { channelMap, layerName, type ChannelGroup, type ChannelMap } from "./channel-group.ts";
import { changedConstants, freshNames, type ConstantChange } from "./constant-variant.ts";
import { takenPlaces, zeroedPlaces, type KeptPlaces } from "./taken-places.ts";

function invalid(who: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field: "groups", expected, received });
}

/** The groups of these numbers. @throws ARGUMENT_INVALID for one that there is not. */
function chosenGroups(who: string, { groups }: ChannelMap, ids: Iterable<number>): ReadonlySet<ChannelGroup> {
  const chosen = new Set<ChannelGroup>();
  for (const id of ids) {
    const group = groups[id];
    if (group === undefined)
      throw invalid(who, `numbers below ${groups.length}, the groups of the graph`, String(id));
    chosen.add(group);
  }
  return chosen;
}

/** What of a graph is left without some groups. */
interface Remainder {
  /** Places kept along each axis, undefined where it keeps all. @throws ARGUMENT_INVALID where it keeps none. */
  kept(axes: readonly AxisPlaces[], who: string): KeptPlaces;
  /** The new length of an axis of a value; undefined where it is the old one. */
  lengthOf(value: string, axis: number): number | undefined;
}

function remainder(map: ChannelMap, gone: ReadonlySet<ChannelGroup>): Remainder {
  const goes = (one: number): boolean => gone.has(map.groupOf.get(one)!);
  return {
    kept: (axes, who) =>
      axes.map((classes) => {
        if (classes === undefined || !classes.some(goes)) return undefined;
        const keep = [...classes.keys()].filter((at) => !goes(classes[at]!));
        if (keep.length > 0) return keep;
        throw invalid("removeChannels", "groups that leave each layer a channel", `all channels of ${who}`);
      }),
    lengthOf(value, axis) {
      const classes = map.values.get(value)?.[axis];
      return classes?.some(goes) === true ? classes.filter((one) => !goes(one)).length : undefined;
    },
  };
}

/** A node whose inputs and attributes say how many channels there are, saying the new numbers. */
function restated(
  map: ChannelMap,
  node: OnnxNode,
  left: Remainder,
  constants: ReadonlyMap<string, OnnxTensor>,
  lengths: (prefix: string, list: readonly number[]) => string,
): OnnxNode {
  const [y] = node.outputs as [string];
  const inputs = [...node.inputs];
  if (node.op === "Reshape") {
    const before = Array.from((constants.get(inputs[1]!)?.values ?? []) as BigInt64Array, Number);
    const after = before.map((length, axis) => (length > 0 ? (left.lengthOf(y, axis) ?? length) : length));
    if (after.join() === before.join()) return node;
    inputs[1] = lengths(`${layerName(node)}_shape`, after);
    return { ...node, inputs };
  }
  if (node.op === "Split") {
    const rank = map.types.get(y)!.dims.length;
    const stated = node.attributes["axis"];
    const axis = ((stated?.type === "int" ? stated.value : 0) + rank) % rank;
    if (!node.outputs.some((name) => left.lengthOf(name, axis) !== undefined)) return node;
    const lengthOf = (name: string) =>
      left.lengthOf(name, axis) ?? (map.types.get(name)!.dims[axis] as number);
    inputs[1] = lengths(`${layerName(node)}_split`, node.outputs.map(lengthOf));
    const { num_outputs: _, ...attributes } = node.attributes;
    return { ...node, inputs, attributes: Object.freeze(attributes) };
  }
  const group = node.attributes["group"];
  const channels = node.op === "Conv" ? left.lengthOf(y, 1) : undefined;
  if (channels === undefined || group?.type !== "int" || group.value === 1) return node;
  const value = (group.value * channels) / map.values.get(y)![1]!.length;
  return { ...node, attributes: Object.freeze({ ...node.attributes, group: { type: "int", value } }) };
}

/**
 * Takes groups of channels out of a graph: constants lose their places, and what states a number of channels (the
 * lengths of a reshape, the parts of a split, the groups of a convolution) states the new one. Inputs, outputs and the
 * names of nodes stay; the types of all values are inferred and checked anew.
 *
 * @param ids of `channelMap(model).groups`.
 * @throws ARGUMENT_INVALID for a number of no group, or where a layer would be left without channels; GRAPH_ILLEGAL,
 *   MODEL_UNSUPPORTED as `checkModel`.
 *
 * @example
 * const { groups } = channelMap(model);
 * const smaller = removeChannels(model, groups.filter(({ layer }) => layer === 0).slice(8).map(({ id }) => id));
 */
export function removeChannels(model: OnnxModel, ids: Iterable<number>, map = channelMap(model)): OnnxModel {
  const gone = chosenGroups("removeChannels", map, ids);
  if (gone.size === 0) return model;
  const left = remainder(map, gone);
  const fresh = freshNames(model);
  const changed = changedConstants(model, fresh, (node, input) => {
    const keep = left.kept(map.uses.get(node)![input]!, `${node.op} node "${node.name}"`);
    if (keep.every((list) => list === undefined)) return undefined;
    const key = keep.map((list) => list?.join() ?? "").join(";");
    return { key, make: (tensor) => takenPlaces(tensor, keep) };
  });
  for (const [value, axes] of map.values) left.kept(axes, `value "${value}"`);
  const constants = new Map(changed.initializers.map((tensor) => [tensor.name, tensor]));
  const added: OnnxTensor[] = [];
  const lengths = (prefix: string, list: readonly number[]): string => {
    const tensor = { name: fresh(prefix), elementType: "int64" as const, dims: [list.length] };
    added.push(Object.freeze({ ...tensor, values: BigInt64Array.from(list, BigInt) }));
    return tensor.name;
  };
  const nodes = changed.nodes.map((node) => Object.freeze(restated(map, node, left, constants, lengths)));
  // Types of values that the file stated are those of before.
  const { values: _, ...graph } = model.graph;
  const smaller = Object.freeze({
    ...model,
    graph: Object.freeze({
      ...graph,
      nodes: Object.freeze(nodes),
      initializers: Object.freeze([...changed.initializers, ...added]),
    }),
  });
  const { model: clean } = removeDead.rewrite(smaller);
  checkModel(clean);
  return clean;
}

/** Which slices a mask sets to zero: weights and biases; a number that something is divided by must stay. */
const MASKED = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/**
 * The graph with the weights of some groups at zero in the place of being removed: what `removeChannels` is compared
 * with, and what a removal is to an outsider.
 *
 * @param ids of `channelMap(model).groups`.
 * @throws ARGUMENT_INVALID for a number of no group; GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`.
 */
export function maskChannels(model: OnnxModel, ids: Iterable<number>, map = channelMap(model)): OnnxModel {
  const gone = chosenGroups("maskChannels", map, ids);
  const zero = new Map<OnnxNode, Map<number, Map<number, number[]>>>();
  for (const { slices } of gone)
    for (const { node, input, axis, positions } of slices) {
      if (!MASKED.has(node.op)) continue;
      const inputs = zero.get(node) ?? new Map<number, Map<number, number[]>>();
      zero.set(node, inputs);
      const axes = inputs.get(input) ?? new Map<number, number[]>();
      inputs.set(input, axes.set(axis, [...(axes.get(axis) ?? []), ...positions]));
    }
  const changed = changedConstants(model, freshNames(model), (node, input): ConstantChange | undefined => {
    const axes = zero.get(node)?.get(input);
    if (axes === undefined) return undefined;
    const key = [...axes].map(([axis, positions]) => `${axis}:${positions.join()}`).join(";");
    return {
      key,
      make: (tensor) =>
        [...axes].reduce((so, [axis, positions]) => zeroedPlaces(so, axis, positions), tensor),
    };
  });
  return Object.freeze({ ...model, graph: Object.freeze({ ...model.graph, ...changed }) });
}
