import type { OnnxModel, OnnxNode, OnnxTensor } from "@tideline/graph";

/** The inputs of nodes that are weights. What other nodes read, such as the waves of a spectrum, is no weight. */
const WEIGHT_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  GRU: [1, 2, 3],
  Gather: [0],
  Gemm: [1, 2],
  GroupNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LSTM: [1, 2, 3],
  LayerNormalization: [1, 2],
  PRelu: [1],
  RNN: [1, 2, 3],
};

/** Whether a constant that a node reads is trained. */
export type TrainedConstant = (tensor: OnnxTensor, node: OnnxNode, input: number) => boolean;

/** Weights of layers, biases, scales of normalisations and tables of embeddings; the default of `graphNet`. */
export const layerWeights: TrainedConstant = (_, { op, domain }, input) =>
  domain === "" && Object.hasOwn(WEIGHT_INPUTS, op) && WEIGHT_INPUTS[op]!.includes(input);

/** Constants up to this many numbers are equal by chance, as biases at zero; larger ones are shared on purpose. */
const SHARED_BY_CHANCE = 1024;

/** A model in which small constants that are trained, and read several times, are several constants. */
export function apartWeights(model: OnnxModel, isTrained: TrainedConstant): OnnxModel {
  const { graph } = model;
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const taken = new Set([...constants.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const seen = new Set<string>();
  const added: OnnxTensor[] = [];
  const nodes = graph.nodes.map((node): OnnxNode => {
    const inputs = node.inputs.map((name, input) => {
      const tensor = constants.get(name);
      const own = tensor?.elementType === "float32" && tensor.values.length <= SHARED_BY_CHANCE;
      if (!own || !(node.op === "BatchNormalization" || isTrained(tensor, node, input))) return name;
      if (!seen.has(name)) {
        seen.add(name);
        return name;
      }
      let count = 2;
      while (taken.has(`${name}_${count}`)) count += 1;
      taken.add(`${name}_${count}`);
      added.push(Object.freeze({ ...tensor, name: `${name}_${count}` }));
      return `${name}_${count}`;
    });
    return inputs.every((name, at) => name === node.inputs[at]) ? node : Object.freeze({ ...node, inputs });
  });
  if (added.length === 0) return model;
  const initializers = Object.freeze([...graph.initializers, ...added]);
  return Object.freeze({
    ...model,
    graph: Object.freeze({ ...graph, nodes: Object.freeze(nodes), initializers }),
  });
}
