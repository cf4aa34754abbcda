import type { GraphView } from "../optimise/graph-view.ts";
import type { OnnxNode } from "../onnx.ts";
import type { Layer } from "./layer.ts";

/** Operators whose result is made of the very numbers of their first input. */
const SAME_NUMBERS: ReadonlySet<string> = new Set([
  "Flatten",
  "Identity",
  "MaxPool",
  "Reshape",
  "Slice",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** Operators that runtimes compute in whole numbers between layers, each result with a range of its own. */
const BETWEEN: ReadonlySet<string> = new Set([
  "Add",
  "AveragePool",
  "Concat",
  "GlobalAveragePool",
  "LeakyRelu",
  "Mul",
  "Sigmoid",
]);

/** Layers whose integer kernels give float32 too. The others round what they give. */
const GIVES_FLOAT: ReadonlySet<string> = new Set(["Gemm", "MatMul"]);

/** Which values are whole numbers. */
export interface WholePlaces {
  /** Values that are rounded; each with the one whose scale it has, itself or what it is made of. */
  readonly rounded: ReadonlyMap<string, string>;
  /** Whether a node reads a rounded value as it was before: it computes in float32, and so did what made the value. */
  readonly readsExact: (node: OnnxNode, value: string) => boolean;
}

/** A rectifier that alone reads a value: the integer kernel before does it in rounding. */
function rectifierOf(view: GraphView, value: string): OnnxNode | undefined {
  const [reader] = view.readersOf.get(value) ?? [];
  if (reader === undefined || reader.domain !== "" || !view.passesTo(value, reader)) return undefined;
  if (reader.op === "Relu") return reader;
  const least = view.constants.get(reader.inputs[1] ?? "");
  return reader.op === "Clip" && reader.inputs[0] === value && least?.values[0] === 0 ? reader : undefined;
}

/**
 * Which values become whole numbers: what integer layers take, what convolutions give, and what lies between two layers
 * through operators that have integer kernels. What stands before the first layer and behind the last stays float32.
 */
export function wholePlaces(view: GraphView, layers: readonly Layer[]): WholePlaces {
  const whole = new Set(layers.map(({ node }) => node));
  const floats = (node: OnnxNode): readonly string[] =>
    node.inputs.filter((name) => view.types.get(name)?.elementType === "float32");
  const results = new Set(view.graph.outputs.map(({ name }) => name));

  /** Where the result of a node that computes in whole numbers is rounded. */
  const endOf = (node: OnnxNode): string => {
    const output = node.outputs[0]!;
    return rectifierOf(view, output)?.outputs[0] ?? output;
  };
  const behind = new Set<string>();
  const isBetween = (node: OnnxNode): boolean =>
    node.domain === "" && BETWEEN.has(node.op) && floats(node).every((name) => behind.has(name));
  for (const node of view.graph.nodes) {
    if (whole.has(node) || isBetween(node)) behind.add(endOf(node));
    else if (SAME_NUMBERS.has(node.op) && node.domain === "" && behind.has(node.inputs[0]!))
      behind.add(node.outputs[0]!);
  }
  const wanted = new Set(layers.map(({ node }) => node.inputs[0]!));
  for (const node of view.graph.nodes.toReversed()) {
    if (node.outputs.length !== 1 || node.domain !== "") continue;
    if (SAME_NUMBERS.has(node.op)) {
      if (wanted.has(node.outputs[0]!) && behind.has(node.inputs[0]!)) wanted.add(node.inputs[0]!);
    } else if (!whole.has(node) && isBetween(node) && wanted.has(endOf(node)))
      for (const name of floats(node)) wanted.add(name);
  }
  const rounded = new Map<string, string>();
  for (const name of wanted) if (view.makerOf.get(name) === undefined) rounded.set(name, name);
  for (const node of view.graph.nodes) {
    const output = node.outputs[0]!;
    if (whole.has(node)) {
      const end = endOf(node);
      if (wanted.has(end) || (!GIVES_FLOAT.has(node.op) && !results.has(end))) rounded.set(end, end);
    } else if (SAME_NUMBERS.has(node.op) && rounded.has(node.inputs[0]!) && wanted.has(output))
      rounded.set(output, rounded.get(node.inputs[0]!)!);
    else for (const name of node.outputs) if (wanted.has(name)) rounded.set(name, name);
  }
  return { rounded, readsExact: (node, value) => !whole.has(node) && !behind.has(value) };
}
