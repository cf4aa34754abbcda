import { nodeTitle, inferCall } from "./call.ts";
import { demandComputable, numbersOf } from "./computable.ts";
import { formatType, tensorTypeOf, type OnnxModel, type TensorType } from "./onnx.ts";
import { ML_OPSETS, NEWEST_OPSET, opsetsOf, sinceOf } from "./opset.ts";
import { illegal, type OpCall, type OpDefinition, type OpInput } from "./op/op-definition.ts";
import { OPS, isOpName } from "./op/registry.ts";
import { unsupported } from "./unsupported.ts";

/** Vectors longer than this are data, never axes or bounds, and are not offered to shape rules. */
const SHAPE_VALUES = 1024;

/** The version of the standard operators that a model states. @throws MODEL_UNSUPPORTED for one that we do not know. */
function opsetOfModel(model: OnnxModel, who: string): number {
  const standard = model.opsets.filter((opset) => opset.domain === "" || opset.domain === "ai.onnx");
  const version = standard[0]?.version;
  if (standard.length !== 1 || version === undefined || version < 1 || version > NEWEST_OPSET)
    throw unsupported(
      who,
      `one opset up to ${NEWEST_OPSET}`,
      standard.map((one) => String(one.version)).join(", ") || "none",
    );
  const { oldest, newest } = ML_OPSETS;
  const trees = model.opsets.filter((opset) => opset.domain === "ai.onnx.ml").map((one) => one.version);
  const used = model.graph.nodes.some((node) => node.domain === "ai.onnx.ml");
  if (used && (trees.length !== 1 || trees[0]! < oldest || trees[0]! > newest))
    throw unsupported(who, `ai.onnx.ml ${oldest} to ${newest}`, trees.join(", ") || "none");
  return version;
}

/** Wants an operator to have in the model's opset the form that we know: before, its attributes meant something else. */
function checkForm(title: string, opset: number, definition: OpDefinition, call?: OpCall): void {
  if (definition.domain !== undefined) return;
  const { since, until } = call
    ? opsetsOf(definition, call)
    : { since: sinceOf(definition), until: NEWEST_OPSET };
  if (since > opset)
    throw unsupported(title, `opset ${since} or newer, which gave it its present form`, `opset ${opset}`);
  if (until < opset)
    throw illegal(
      title,
      "form",
      `one that opset ${opset} allows`,
      `one that was allowed up to opset ${until}`,
    );
}

/**
 * Checks that a model is legal: an opset that we know, known operators in topological order, none of them older in
 * the model's opset than the form that we know, every name defined once, every shape rule kept, every output defined with the type that it declares.
 *
 * @returns the type of every value by name.
 * @throws GRAPH_ILLEGAL naming the node and the value; MODEL_UNSUPPORTED for another opset or operator.
 */
export function checkModel(model: OnnxModel): ReadonlyMap<string, TensorType> {
  const { graph } = model;
  const who = `graph "${graph.name}"`;
  const opset = opsetOfModel(model, who);
  demandComputable(who, graph);
  const types = new Map<string, OpInput>();
  const define = (where: string, name: string, type: OpInput): void => {
    if (name === "") throw illegal(where, "a value's name", "some text", "none");
    if (types.has(name)) throw illegal(where, `value "${name}"`, "one definition", "a second one");
    types.set(name, type);
  };
  for (const input of graph.inputs) define(who, input.name, input);
  const defaults = new Set<string>();
  for (const tensor of graph.initializers) {
    const { name, elementType, dims, values } = tensor;
    const input = types.get(name);
    if (input !== undefined && !defaults.has(name)) {
      // The default of an input, which before IR version 4 every initializer was, and no caller could replace.
      if (!agrees({ elementType, dims }, input))
        throw illegal(who, `initializer "${name}"`, formatType(input), formatType({ elementType, dims }));
      types.delete(name);
    }
    defaults.add(name);
    const fixed = (input === undefined || model.irVersion < 4) && values.length <= SHAPE_VALUES;
    define(who, name, { elementType, dims, ...(fixed ? { constant: numbersOf(tensor) } : {}) });
  }
  const titles = new Set<string>();
  for (const node of graph.nodes) {
    const title = nodeTitle(node, graph.name);
    if (node.name !== "" && titles.has(node.name))
      throw illegal(title, "name", "one of its own", "one used before");
    titles.add(node.name);
    if (isOpName(node.op)) checkForm(title, opset, OPS[node.op]);
    const inputs = node.inputs.map((name) => {
      const type = types.get(name);
      if (name !== "" && type === undefined)
        throw illegal(title, `input "${name}"`, "a value defined before the node", "none of that name");
      return type;
    });
    const { definition, attributes, outputs } = inferCall(node, inputs, graph.name);
    checkForm(title, opset, definition, { who: title, inputs, attributes, named: node.outputs.length });
    for (const [position, name] of node.outputs.entries())
      if (name !== "") define(title, name, outputs[position]!);
  }
  for (const output of graph.outputs) {
    const type = types.get(output.name);
    if (type === undefined)
      throw illegal(who, `output "${output.name}"`, "a value of the graph", "none of that name");
    // Of an output without a shape only the element type is declared.
    const declared = tensorTypeOf(output) ?? { elementType: output.elementType, dims: type.dims };
    if (!agrees(type, declared))
      throw illegal(who, `output "${output.name}"`, formatType(output), formatType(type));
  }
  return types;
}

/** Whether a declared type says the same as an inferred one; a name may stand for any length. */
function agrees(inferred: TensorType, declared: TensorType): boolean {
  return (
    inferred.elementType === declared.elementType &&
    inferred.dims.length === declared.dims.length &&
    inferred.dims.every((dim, axis) => typeof declared.dims[axis] === "string" || dim === declared.dims[axis])
  );
}
