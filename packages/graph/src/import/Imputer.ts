import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { defineMl } from "./ml-call.ts";

/** Another number, one for all or one a column, where a number is missing: NaN, or the one that stands for it. */
export const Imputer = defineMl({
  attributes: {
    imputed_value_floats: { type: "floats" },
    replaced_value_float: { type: "float", default: 0 },
    imputed_value_int64s: { type: "ints" },
    replaced_value_int64: { type: "int", default: 0 },
  },
  rewrite({ who, inputs: [x], attributes, op, constant, result }) {
    const { elementType, dims } = x!;
    if (elementType !== "float32" && elementType !== "int64")
      throw unsupported(who, "X of float32 or int64", elementType);
    const isWhole = elementType === "int64";
    const imputed = isWhole ? attributes.imputed_value_int64s : attributes.imputed_value_floats;
    const name = isWhole ? "imputed_value_int64s" : "imputed_value_floats";
    const replaced = isWhole ? attributes.replaced_value_int64 : attributes.replaced_value_float;
    if (imputed === undefined || (imputed.length !== 1 && imputed.length !== dims.at(-1)))
      throw illegal(who, name, `1 number, or ${dims.at(-1)}`, String(imputed?.length ?? "none"));
    const isMissing = Number.isNaN(replaced)
      ? op("IsNaN", [x!])
      : op("Equal", [x!, constant(elementType, [replaced], [])]);
    result(0, op("Where", [isMissing, constant(elementType, imputed), x!]));
  },
});
