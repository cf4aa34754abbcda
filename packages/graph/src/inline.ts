import type { GraphBuilder } from "./builder.ts";
import { formatType, type OnnxModel, type OnnxNode, type TensorType } from "./onnx.ts";
import { checkModel } from "./check.ts";
import type { GraphEmitter } from "./op/graph-emitter.ts";
import { illegal, type AttributeValue } from "./op/op-definition.ts";
import type { OpName } from "./op/op-name.ts";
import type { Value } from "./value.ts";

/** Whether a value may stand for an input: the element type, the rank, and the lengths that are numbers. */
function fits(value: TensorType, declared: TensorType): boolean {
  return (
    value.elementType === declared.elementType &&
    value.dims.length === declared.dims.length &&
    declared.dims.every((dim, axis) => typeof dim === "string" || dim === value.dims[axis])
  );
}

/** The attributes of a node as a builder takes them. */
function plainAttributes({ op, attributes, inputs, outputs }: OnnxNode): Record<string, AttributeValue> {
  const plain = Object.entries(attributes).map(
    ([name, { value }]) => [name, value as AttributeValue] as const,
  );
  // Before opset 18 the number of parts is the number of outputs, which a builder is not told.
  const parts = op === "Split" && attributes["num_outputs"] === undefined && !inputs[1];
  return { ...Object.fromEntries(plain), ...(parts ? { num_outputs: outputs.length } : {}) };
}

/**
 * Places a model from elsewhere into a graph under construction: its nodes are applied to the given values, its
 * initializers become constants of the graph. Nodes and values between get names of the builder's.
 *
 * @param inputs a value for each input of the model; one under an initializer's name takes its place.
 * @returns the model's outputs by name.
 * @throws what `checkModel` throws for the model, and GRAPH_ILLEGAL for an input that is missing, unknown or of another
 *   type than the model declares.
 *
 * @example
 * const g = graphBuilder("scored");
 * const x = g.input("x", "float32", ["N", 9]);
 * const { probabilities } = inline(g, readOnnx(bytes), { window: x });
 * g.output("label", g.op("ArgMax", [probabilities!], { axis: 1 }));
 */
export function inline(
  g: GraphBuilder,
  model: OnnxModel,
  inputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  checkModel(model);
  const { graph } = model;
  const who = `graph "${graph.name}", placed into graph "${g.name}"`;
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const declared = new Map<string, TensorType>(
    [...graph.initializers, ...graph.inputs].map((value) => [value.name, value] as const),
  );
  const values = new Map<string, Value>();
  for (const [name, value] of Object.entries(inputs)) {
    const type = declared.get(name);
    if (type === undefined) throw illegal(who, "inputs", [...declared.keys()].join(", ") || "none", name);
    if (!fits(value, type)) throw illegal(who, `input "${name}"`, formatType(type), formatType(value));
    values.set(name, value);
  }
  for (const { name } of graph.inputs)
    if (!values.has(name) && !constants.has(name))
      throw illegal(who, `input "${name}"`, formatType(declared.get(name)!), "nothing");
  for (const { name, values: numbers, dims, elementType } of graph.initializers)
    if (!values.has(name)) values.set(name, g.initializer(name, numbers, dims, elementType));
  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => (name === "" ? undefined : values.get(name)!));
    const emitter = g as unknown as GraphEmitter;
    const made = emitter.ops(node.op as OpName, given, plainAttributes(node));
    for (const [at, name] of node.outputs.entries()) if (name !== "") values.set(name, made[at]!);
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, values.get(name)!]));
}
