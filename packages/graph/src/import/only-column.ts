import { numbersOf } from "../computable.ts";
import type { OnnxGraph, OnnxNode } from "../onnx.ts";

/** Operators that take columns by their places. */
const TAKES: ReadonlySet<string> = new Set(["Gather", "ArrayFeatureExtractor"]);

/**
 * A graph in which the first column of an input of texts that has one is the input itself: scikit-learn's exporter takes it out, as it
 * does of several.
 */
export function withoutOnlyColumns(graph: OnnxGraph): OnnxGraph {
  const columns = new Set(
    graph.inputs.flatMap(({ name, elementType, dims }) =>
      elementType === "string" && dims.length === 2 && dims[1] === 1 ? [name] : [],
    ),
  );
  const ends = new Set(graph.outputs.map(({ name }) => name));
  const firsts = new Set(
    graph.initializers.flatMap((tensor) =>
      tensor.dims.length === 1 && tensor.elementType === "int64" && `${numbersOf(tensor)}` === "0"
        ? [tensor.name]
        : [],
    ),
  );
  const isIdle = ({
    op,
    inputs: [from = "", place = ""],
    outputs,
    attributes: { axis },
  }: OnnxNode): boolean =>
    TAKES.has(op) &&
    columns.has(from) &&
    firsts.has(place) &&
    (op !== "Gather" || (axis?.type === "int" && [1, -1].includes(Number(axis.value)))) &&
    !ends.has(outputs[0]!);
  const idle = graph.nodes.filter(isIdle);
  if (idle.length === 0) return graph;
  const inputOf = new Map(idle.map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => !idle.includes(node))
      .map((node) => ({ ...node, inputs: node.inputs.map((name) => inputOf.get(name) ?? name) })),
  };
}
