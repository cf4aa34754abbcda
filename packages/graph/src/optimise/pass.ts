import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";

/** What a pass made of a model. */
export interface Rewritten {
  readonly model: OnnxModel;
  /** How many places it changed; 0 means the model is the one that was given. */
  readonly rewrites: number;
}

/** A rewriting of a model into one with the same inputs and outputs. */
export interface Pass {
  /**
   * How far an output may move, relative to the largest magnitude in that output; 0 where every bit stays. `optimise`
   * measures it and takes a result beyond back.
   */
  readonly bound: number;
  /** One sweep over the model. */
  rewrite(model: OnnxModel): Rewritten;
}

/** Changes to a model's graph. */
export interface Edits {
  /** Nodes in the place of others; none removes the node. */
  readonly nodes?: ReadonlyMap<OnnxNode, readonly OnnxNode[]>;
  /** Initialisers to add. */
  readonly constants?: readonly OnnxTensor[];
  /** Initialisers in the place of those of the same name. */
  readonly changed?: ReadonlyMap<string, OnnxTensor>;
}

/** The model with edits applied. */
export function edited(model: OnnxModel, edits: Edits, rewrites: number): Rewritten {
  if (rewrites === 0) return { model, rewrites };
  const { graph } = model;
  const nodes = graph.nodes.flatMap((node) => edits.nodes?.get(node) ?? [node]);
  const initializers = [
    ...graph.initializers.map((tensor) => edits.changed?.get(tensor.name) ?? tensor),
    ...(edits.constants ?? []),
  ];
  return {
    model: Object.freeze({
      ...model,
      graph: Object.freeze({
        ...graph,
        nodes: Object.freeze(nodes.map((node) => Object.freeze(node))),
        initializers: Object.freeze(initializers.map((tensor) => Object.freeze(tensor))),
      }),
    }),
    rewrites,
  };
}

/** A node with some of its inputs named otherwise. */
export function renamedInputs(node: OnnxNode, names: ReadonlyMap<string, string>): OnnxNode {
  if (!node.inputs.some((name) => names.has(name))) return node;
  return { ...node, inputs: Object.freeze(node.inputs.map((name) => names.get(name) ?? name)) };
}

/** Sweeps of one pass, until it finds nothing more; every sweep makes a graph smaller, so that this is a backstop. */
const MOST_SWEEPS = 1000;

/** What a pass makes of a model once it finds nothing more. */
export function swept(pass: Pass, model: OnnxModel): Rewritten {
  let rewrites = 0;
  for (let count = 0; count < MOST_SWEEPS; count++) {
    const rewritten = pass.rewrite(model);
    if (rewritten.rewrites === 0) break;
    rewrites += rewritten.rewrites;
    model = rewritten.model;
  }
  return { model, rewrites };
}
