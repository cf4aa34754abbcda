import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";

/** The graph with operators that do the same to the same done once. */
export function sharedOperators(graph: LiteGraph): LiteGraph {
  const kept = new Map<string, LiteOperator>();
  const replaced = new Map<LiteTensor, LiteTensor>();
  const numbers = new Map<LiteTensor, number>();
  const ends = new Set(graph.outputs);
  const numberOf = (tensor: LiteTensor | undefined): number => {
    if (tensor === undefined) return -1;
    if (!numbers.has(tensor)) numbers.set(tensor, numbers.size);
    return numbers.get(tensor)!;
  };
  const operators = graph.operators.flatMap((operator): readonly LiteOperator[] => {
    const inputs = operator.inputs.map((tensor) => tensor && (replaced.get(tensor) ?? tensor));
    const next = { ...operator, inputs };
    const shapes = operator.outputs.map(({ type, dims }) => `${type}${dims.join()}`);
    const key = [operator.op, JSON.stringify(operator.options), inputs.map(numberOf).join(), ...shapes].join(
      ";",
    );
    if (operator.loop !== undefined) return [next];
    const twin = kept.get(key);
    if (twin === undefined || operator.outputs.some((tensor) => ends.has(tensor))) {
      if (twin === undefined) kept.set(key, next);
      return [next];
    }
    for (const [at, tensor] of operator.outputs.entries()) replaced.set(tensor, twin.outputs[at]!);
    return [];
  });
  return { ...graph, operators };
}
