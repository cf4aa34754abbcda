import { elementCount, type OnnxTensor } from "../onnx.ts";
import { KNOWN_ELEMENTS } from "../known-value.ts";
import { unsupported } from "../unsupported.ts";
import { defineOp, illegal, NO_FLOATS, type AttributeValue } from "./op-definition.ts";

type Held = Pick<OnnxTensor, "elementType" | "dims"> & { readonly numbers: () => Float64Array };

/** The one attribute that is given, as a tensor. */
function heldOf(who: string, attributes: Readonly<Record<string, AttributeValue | undefined>>): Held {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const [name, value] = given[0] ?? [];
  if (given.length !== 1)
    throw illegal(who, "attributes", "one value", given.map(([name]) => name).join(", ") || "none");
  const list = (numbers: readonly number[]) => () => Float64Array.from(numbers);
  switch (name) {
    case "value": {
      const { elementType, dims, values } = value as OnnxTensor;
      return { elementType, dims, numbers: () => Float64Array.from(values as ArrayLike<number>, Number) };
    }
    case "value_float":
      return { elementType: "float32", dims: [], numbers: list([value as number]) };
    case "value_floats":
      return { elementType: "float32", dims: [(value as []).length], numbers: list(value as number[]) };
    case "value_int":
      return { elementType: "int64", dims: [], numbers: list([value as number]) };
    case "value_ints":
      return { elementType: "int64", dims: [(value as []).length], numbers: list(value as number[]) };
    default:
      throw unsupported(who, "a constant of numbers", `${name}: text, which never enters a graph`);
  }
}

/** A tensor that stands in the node itself, in one of the forms that ONNX has for it. */
export const Constant = defineOp({
  since: 1,
  sinceFor: ({ attributes }) => (attributes.value === undefined ? 12 : 1),
  inputs: [],
  attributes: {
    value: { type: "tensor" },
    value_float: { type: "float" },
    value_floats: { type: "floats" },
    value_int: { type: "int" },
    value_ints: { type: "ints" },
    value_string: { type: "string" },
    value_strings: { type: "strings" },
  },
  infer({ who, attributes }) {
    const { elementType, dims, numbers } = heldOf(who, attributes);
    return [{ elementType, dims, ...(elementCount(dims) <= KNOWN_ELEMENTS ? { constant: numbers() } : {}) }];
  },
  evaluate: ({ attributes }) => [heldOf("Constant", attributes).numbers()],
  gradient: NO_FLOATS,
});
