import type { ElementType } from "../element-type.ts";
import type { OnnxAttribute, OnnxNode } from "../onnx.ts";

/** What a node that is written in another form is seen as, and how the new one is written. */
export interface FormCall {
  /** The node as errors name it. */
  readonly who: string;
  readonly node: OnnxNode;
  /** The opset that the model states. */
  readonly opset: number;
  /** Appends a constant, a vector unless `dims` say otherwise, and gives its name. */
  constant(elementType: ElementType, values: readonly number[], dims?: readonly number[]): string;
  /** The numbers of a constant; undefined where a value is none. */
  known(name: string | undefined): readonly number[] | undefined;
  /** How many axes a value has; undefined where it is not known. */
  rank(name: string): number | undefined;
  /** The element type of a value; float32 where it is not known. */
  elementType(name: string): ElementType;
  /** A name that nothing has yet. */
  fresh(prefix: string): string;
}

/** Numbers of an attribute of whole numbers; undefined where it is not given. */
export function intsIn({ node }: FormCall, name: string): readonly number[] | undefined {
  const given = node.attributes[name];
  return given?.type === "ints" ? given.value : given?.type === "int" ? [given.value] : undefined;
}

/** Numbers of an attribute of fractions; undefined where it is not given. */
export function floatsIn({ node }: FormCall, name: string): readonly number[] | undefined {
  const given = node.attributes[name];
  return given?.type === "floats" ? given.value : given?.type === "float" ? [given.value] : undefined;
}

/** The node with other inputs, without some attributes and with others. */
export function rewritten(
  { node }: FormCall,
  inputs: readonly string[],
  without: readonly string[] = [],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxNode {
  const kept = Object.entries(node.attributes).filter(([name]) => !without.includes(name));
  const last = inputs.findLastIndex((name) => name !== "");
  return {
    ...node,
    inputs: inputs.slice(0, last + 1),
    attributes: { ...Object.fromEntries(kept), ...attributes },
  };
}
