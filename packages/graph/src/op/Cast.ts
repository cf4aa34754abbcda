import { ELEMENT_TYPES, elementTypeOfCode, valuesOf } from "../element-type.ts";
import { defineOp, illegal, type AttributeRules, type ResolvedAttributes } from "./op-definition.ts";
import { stored } from "./stored.ts";

/** Attributes of casts to floating-point types of 8 bits, which we do not compute with: towards others they say nothing. */
export const CAST_RULES = {
  saturate: { type: "int", default: 1 },
  round_mode: { type: "string", default: "up" },
} as const satisfies AttributeRules;

/** The opset that casts with such attributes need. */
export function castSince(
  { saturate, round_mode }: ResolvedAttributes<typeof CAST_RULES>,
  since: number,
): number {
  if (round_mode !== "up") return 24;
  return saturate === 1 ? since : 19;
}

/** Numbers of four bits, which can be widened where they are constants. */
const NIBBLES: ReadonlySet<string> = new Set(["int4", "uint4"]);

/**
 * Another element type, by its `TensorProto.DataType` code. Towards integers the fraction is cut off and what
 * does not fit wraps around; towards fewer bits numbers are rounded. The gradient passes between floating-point types
 * and ends at the others.
 */
export const Cast = defineOp({
  since: 6,
  inputs: ["input"],
  sinceFor: ({ attributes, inputs: [input] }) =>
    castSince(attributes, NIBBLES.has(input?.elementType ?? "") ? 21 : 6),
  attributes: { to: { type: "int", required: true }, ...CAST_RULES },
  infer(call) {
    const elementType = elementTypeOfCode(call.attributes.to);
    if (elementType === undefined)
      throw illegal(
        call.who,
        "to",
        `one of ${Object.keys(ELEMENT_TYPES).join(", ")}`,
        `data_type ${call.attributes.to}`,
      );
    return [{ elementType, dims: call.inputs[0]!.dims }];
  },
  evaluate({ inputs, outputs }) {
    const { elementType } = outputs[0]!;
    const { values, elementType: given } = inputs[0]!;
    const [from, to] = [ELEMENT_TYPES[given], ELEMENT_TYPES[elementType]];
    if (to.kind !== "float") return [values.map((x) => stored(elementType, x))];
    if (from.kind === "float" && from.bytes <= to.bytes) return [values.slice()];
    const narrowed = valuesOf(elementType, [...values]) as ArrayLike<number>;
    return [Float64Array.from(narrowed)];
  },
  gradient: ({ g, inputs: [x], gradients: [dy] }) => [
    g.op("Cast", [dy], { to: ELEMENT_TYPES[x!.elementType].code }),
  ],
});
