import type { LiteGraph, LiteTensor } from "./lite-graph.ts";

const sameShape = (a: LiteTensor, b: LiteTensor): boolean =>
  a.dims.join() === b.dims.join() && a.open.join() === b.open.join();

/** The graph with each change of shape made from what the changes before it began with, and none that changes back. */
export function joinedReshapes(graph: LiteGraph): LiteGraph {
  const begun = new Map<LiteTensor, LiteTensor>();
  const replaced = new Map<LiteTensor, LiteTensor>();
  const ends = new Set(graph.outputs);
  const operators = graph.operators.map((operator) => {
    const inputs = operator.inputs.map((tensor) => tensor && (replaced.get(tensor) ?? tensor));
    const [given, shape] = inputs;
    const [result] = operator.outputs;
    if (operator.op !== "RESHAPE" || given?.values !== undefined || given!.type !== result!.type)
      return { ...operator, inputs };
    const source = begun.get(given!) ?? given!;
    begun.set(result!, source);
    if (!ends.has(result!) && sameShape(source, result!)) replaced.set(result!, source);
    return { ...operator, inputs: [source, shape] };
  });
  return { ...graph, operators };
}
