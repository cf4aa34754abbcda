import { checkModel } from "../check.ts";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, TensorType } from "../onnx.ts";

/** A model as a pass looks at it: who makes a value, who reads it, what is constant, of which type everything is. */
export interface GraphView {
  readonly graph: OnnxGraph;
  readonly types: ReadonlyMap<string, TensorType>;
  /** Initialisers that no caller can replace. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly makerOf: ReadonlyMap<string, OnnxNode>;
  /** The nodes that read a value, once for each time. */
  readonly readersOf: ReadonlyMap<string, readonly OnnxNode[]>;
  /** Whether one node alone reads a value, so that it may vanish with that node. */
  passesTo(value: string, reader: OnnxNode): boolean;
  /** A name that nothing in the graph has. */
  fresh(prefix: string): string;
}

/** @throws GRAPH_ILLEGAL, MODEL_UNSUPPORTED as `checkModel`. */
export function viewOf(model: OnnxModel): GraphView {
  const { graph } = model;
  const types = checkModel(model);
  // From IR version 4 on, an initialiser that is listed as an input is a default that a caller may replace.
  const fed = new Set(model.irVersion < 4 ? [] : graph.inputs.map(({ name }) => name));
  const constants = new Map(
    graph.initializers.filter(({ name }) => !fed.has(name)).map((tensor) => [tensor.name, tensor]),
  );
  const makerOf = new Map<string, OnnxNode>();
  const readersOf = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) if (name !== "") makerOf.set(name, node);
    for (const name of node.inputs) {
      if (name === "") continue;
      const readers = readersOf.get(name);
      if (readers === undefined) readersOf.set(name, [node]);
      else readers.push(node);
    }
  }
  const results = new Set(graph.outputs.map(({ name }) => name));
  const taken = new Set([...types.keys(), ...graph.nodes.map(({ name }) => name)]);
  return Object.freeze({
    graph,
    types,
    constants,
    makerOf,
    readersOf,
    passesTo(value: string, reader: OnnxNode): boolean {
      const readers = readersOf.get(value);
      return readers?.length === 1 && readers[0] === reader && !results.has(value);
    },
    fresh(prefix: string): string {
      let count = 1;
      while (taken.has(`${prefix}_${count}`)) count += 1;
      taken.add(`${prefix}_${count}`);
      return `${prefix}_${count}`;
    },
  });
}
