import type { OnnxGraph, TensorType } from "../onnx.ts";

/**
 * Gives outputs that are only another name of a value (Identity, a Cast to the type that it has, once a number, as LightGBM's
 * exporter ends) to the node that makes it, so that models are as short as those that we write. An input, a constant and another output keep their own.
 */
export function movedUp(graph: OnnxGraph, types: ReadonlyMap<string, TensorType>): OnnxGraph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  // What is an input, too, a caller may replace.
  const fed = new Set(graph.inputs.map(({ name }) => name));
  const ones = new Set(
    graph.initializers.flatMap(({ name, dims, values }) =>
      !fed.has(name) && dims.length === 0 && values.length === 1 && Number(values[0]) === 1 ? [name] : [],
    ),
  );
  const names = new Map<string, string>();
  const nodes = graph.nodes.filter((node) => {
    const [from, to] = [node.inputs[0]!, node.outputs[0]!];
    const isSame =
      node.domain === "" &&
      (node.op === "Identity" ||
        (node.op === "Mul" && ones.has(node.inputs[1]!)) ||
        (node.op === "Cast" && types.get(from)?.elementType === types.get(to)?.elementType));
    if (!isSame || !outputs.has(to) || outputs.has(from) || !made.has(from) || names.has(from)) return true;
    names.set(from, to);
    return false;
  });
  if (names.size === 0) return graph;
  // A chain of names ends at the last one.
  const last = (name: string): string => {
    let found = name;
    while (names.has(found)) found = names.get(found)!;
    return found;
  };
  const renamed = nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(last),
    outputs: node.outputs.map(last),
  }));
  const { values = [], ...rest } = graph;
  const kept = values.filter(({ name }) => !names.has(name) && !outputs.has(name));
  // One may stand behind another: each round takes a node away.
  return movedUp({ ...rest, nodes: renamed, ...(kept.length > 0 && { values: kept }) }, types);
}
