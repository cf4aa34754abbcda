import { demandNumbers, isNibble } from "./computable.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./onnx.ts";
import {
  illegal,
  type AttributeRule,
  type AttributeRules,
  type OpDefinition,
  type OpInput,
  type ResolvedAttributes,
} from "./op/op-definition.ts";
import { knownOutputs } from "./known-value.ts";
import { OPS, isOpName } from "./op/registry.ts";
import { unsupported } from "./unsupported.ts";

/** A node as errors name it. */
export function nodeTitle(node: Pick<OnnxNode, "op" | "name">, graph: string): string {
  return `${node.op} node "${node.name}" of graph "${graph}"`;
}

/** The definition of a node's operator; undefined for one that the registry lacks. */
export function findDefinition({ op, domain }: Pick<OnnxNode, "op" | "domain">): OpDefinition | undefined {
  const known: OpDefinition | undefined = isOpName(op) ? OPS[op] : undefined;
  return (known?.domain ?? "") === (domain === "ai.onnx" ? "" : domain) ? known : undefined;
}

/** The definition of a node's operator. @throws MODEL_UNSUPPORTED for one that the registry lacks. */
function definitionOf(node: Pick<OnnxNode, "op" | "name" | "domain">, graph: string): OpDefinition {
  const known = findDefinition(node);
  if (known !== undefined) return known;
  const name = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
  throw unsupported(nodeTitle(node, graph), `an operator among ${Object.keys(OPS).join(", ")}`, name);
}

/** A plain attribute value tagged as its rule wants it, or undefined where it does not fit. */
export function tagAttribute(rule: AttributeRule, value: unknown): OnnxAttribute | undefined {
  switch (rule.type) {
    case "int":
      return Number.isSafeInteger(value) ? { type: "int", value: value as number } : undefined;
    case "float":
      return typeof value === "number" ? { type: "float", value: Math.fround(value) } : undefined;
    case "string":
      return typeof value === "string" ? { type: "string", value } : undefined;
    case "ints":
      return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item))
        ? { type: "ints", value: Object.freeze([...(value as number[])]) }
        : undefined;
    case "floats":
      return Array.isArray(value) && value.every((item) => typeof item === "number")
        ? { type: "floats", value: Object.freeze((value as number[]).map(Math.fround)) }
        : undefined;
    case "strings":
      return Array.isArray(value) && value.every((item) => typeof item === "string")
        ? { type: "strings", value: Object.freeze([...(value as string[])]) }
        : undefined;
    case "tensor":
      return typeof value === "object" && value !== null && "elementType" in value
        ? { type: "tensor", value: value as OnnxTensor }
        : undefined;
  }
}

/** The attributes of a node by their rules. @throws GRAPH_ILLEGAL for one that there is not, is of another type, or is missing. */
export function resolveAttributes<Rules extends AttributeRules>(
  who: string,
  rules: Rules,
  node: Pick<OnnxNode, "attributes">,
): ResolvedAttributes<Rules> {
  const stranger = Object.keys(node.attributes).find((name) => !Object.hasOwn(rules, name));
  if (stranger !== undefined)
    throw illegal(who, "attributes", Object.keys(rules).join(", ") || "none", stranger);
  const resolved = Object.entries(rules).map(([name, rule]) => {
    const given = Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
    if (given !== undefined && given.type !== rule.type) throw illegal(who, name, rule.type, given.type);
    if (given === undefined && rule.required === true) throw illegal(who, name, rule.type, "nothing");
    return [name, given?.value ?? rule.default] as const;
  });
  return Object.fromEntries(resolved) as ResolvedAttributes<Rules>;
}

function checkInputs(who: string, definition: OpDefinition, inputs: readonly unknown[]): void {
  const most = definition.variadic === true ? Number.POSITIVE_INFINITY : definition.inputs.length;
  const least = definition.inputs.length - (definition.optional ?? 0);
  const missing = inputs.slice(0, definition.variadic === true ? undefined : least).includes(undefined);
  if (inputs.length < least || inputs.length > most || missing)
    throw illegal(
      who,
      "inputs",
      definition.inputs.join(", "),
      `${inputs.filter((input) => input !== undefined).length}`,
    );
}

/** What the shape rule of a node's operator says of an application. */
export interface InferredCall {
  readonly definition: OpDefinition;
  readonly attributes: ResolvedAttributes<OpDefinition["attributes"]>;
  /** Types, with what is known of the values before the graph runs where `inferCall` says so. */
  readonly outputs: readonly OpInput[];
}

/** As `inferCall`, without looking for known values: for callers that have the numbers of every input. */
export function inferTypes(
  node: OnnxNode,
  inputs: readonly (OpInput | undefined)[],
  graph: string,
): InferredCall {
  const who = nodeTitle(node, graph);
  const definition = definitionOf(node, graph);
  checkInputs(who, definition, inputs);
  const attributes = resolveAttributes(who, definition.attributes, node);
  const narrow = definition === OPS.DequantizeLinear || definition === OPS.Cast;
  demandNumbers(who, narrow ? inputs.filter((input) => input !== undefined && !isNibble(input)) : inputs);
  const outputs = definition.infer({ who, inputs, attributes, named: node.outputs.length });
  demandNumbers(who, outputs);
  if (node.outputs.length > outputs.length || node.outputs.length === 0)
    throw illegal(who, "outputs", String(outputs.length), String(node.outputs.length));
  return { definition, attributes, outputs };
}

/**
 * Applies an operator's shape rule to a node whose input types are known; undefined stands for an input left out.
 * What is known of the outputs' values comes with their types (`knownOutputs`).
 *
 * @throws GRAPH_ILLEGAL naming the node, what was wanted and what was received; MODEL_UNSUPPORTED for an operator
 * that the registry lacks.
 */
export function inferCall(
  node: OnnxNode,
  inputs: readonly (OpInput | undefined)[],
  graph: string,
): InferredCall {
  const { definition, attributes, outputs } = inferTypes(node, inputs, graph);
  const call = { who: nodeTitle(node, graph), inputs, attributes };
  return { definition, attributes, outputs: knownOutputs(node.op, definition, call, outputs) };
}
