import { edited, type Pass } from "./pass.ts";
import type { OnnxNode } from "../onnx.ts";

/** Removes nodes and initialisers that no output depends on (dead code elimination). */
export const removeDead: Pass = {
  bound: 0,
  rewrite(model) {
    const { graph } = model;
    const needed = new Set(graph.outputs.map(({ name }) => name));
    const dead = new Map<OnnxNode, readonly OnnxNode[]>();
    for (const node of graph.nodes.toReversed()) {
      if (node.outputs.some((name) => needed.has(name))) for (const name of node.inputs) needed.add(name);
      else dead.set(node, []);
    }
    const inputs = new Set(graph.inputs.map(({ name }) => name));
    const initializers = graph.initializers.filter(({ name }) => needed.has(name) || inputs.has(name));
    const unused = graph.initializers.length - initializers.length;
    if (dead.size + unused === 0) return { model, rewrites: 0 };
    const notes = {
      ...(graph.values && { values: graph.values.filter(({ name }) => needed.has(name)) }),
      ...(graph.quantisation && {
        quantisation: graph.quantisation.filter(({ tensor }) => needed.has(tensor)),
      }),
    };
    const kept = { ...model, graph: Object.freeze({ ...graph, initializers, ...notes }) };
    return edited(kept, { nodes: dead }, dead.size + unused);
  },
};
