import { ELEMENT_TYPES, type ElementType } from "../element-type.ts";
import { formatDims, type Dim } from "../onnx.ts";
import { formatInputs, illegal, type OpCall } from "./op-definition.ts";

/** Families of element types that operators accept. */
const ACCEPTED = {
  "a floating-point type": (type: ElementType) => ELEMENT_TYPES[type].kind === "float",
  "a numeric type": (type: ElementType) => ["float", "int"].includes(ELEMENT_TYPES[type].kind),
  "a numeric type or bool": (type: ElementType) =>
    ["float", "int", "bool"].includes(ELEMENT_TYPES[type].kind),
  "an integer type": (type: ElementType) => ELEMENT_TYPES[type].kind === "int",
  bool: (type: ElementType) => ELEMENT_TYPES[type].kind === "bool",
  "any type": () => true,
};

/** The families of element types that a rule may ask for, as messages name them. */
export type TypeFamily = keyof typeof ACCEPTED;

/** Wants the present inputs to share one element type of a family, and returns it. */
export function sharedType(call: OpCall, family: TypeFamily, inputs = call.inputs): ElementType {
  const types = inputs.flatMap((input) => (input === undefined ? [] : [input.elementType]));
  const [first] = types;
  if (first !== undefined && types.every((type) => type === first) && ACCEPTED[family](first)) return first;
  throw illegal(call.who, "inputs", `${family}, the same for all`, formatInputs(inputs));
}

/** An axis counted from the front, from one that may be negative. */
export function axisOf(call: OpCall, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw illegal(call.who, "axis", `one within ${rank} dimensions`, String(axis));
}

/** Several axes counted from the front, each named once. */
export function axesOf(call: OpCall, axes: readonly number[], rank: number): readonly number[] {
  const found = axes.map((axis) => axisOf(call, axis, rank));
  if (new Set(found).size === found.length) return found;
  throw illegal(call.who, "axes", "each axis once", formatDims(axes));
}

/** The integers of an input that decides a shape: a constant vector; undefined where the input is left out. */
export function constantOf(call: OpCall, position: number, name: string): readonly number[] | undefined {
  const input = call.inputs[position];
  if (input === undefined) return undefined;
  if (ELEMENT_TYPES[input.elementType].kind !== "int" || input.dims.length !== 1)
    throw illegal(call.who, name, "a vector of integers", formatInputs([input]));
  if (input.constant !== undefined) return Array.from(input.constant);
  throw illegal(
    call.who,
    name,
    "a constant, since it decides the shape",
    "a value computed as the graph runs",
  );
}

/**
 * As `constantOf`, for an input that lists lengths, of which some may be only named. The empty name, for one that is
 * not known, is given out only where `open` says that the rule can do without one.
 */
export function lengthsOf(call: OpCall, position: number, name: string, open = false): readonly Dim[] {
  const input = call.inputs[position];
  if (input?.constant === undefined && input?.lengths !== undefined && input.dims.length === 1)
    if (open || !input.lengths.includes("")) return input.lengths;
  return constantOf(call, position, name)!;
}
