import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { foundIn } from "./found-in.ts";
import { defineMl, type MlCall, type MlValue } from "./ml-call.ts";

const ATTRIBUTES = {
  classes_strings: { type: "strings" },
  keys_strings: { type: "strings" },
  keys_int64s: { type: "ints" },
  keys_floats: { type: "floats" },
  values_strings: { type: "strings" },
  values_int64s: { type: "ints" },
  values_floats: { type: "floats" },
  default_string: { type: "string", default: "_Unused" },
  default_int64: { type: "int", default: -1 },
  default_float: { type: "float", default: -0 },
} as const;

/** Other values for some numbers, and a default for the rest; texts become, or come as, the places in a list. */
export const LabelEncoder = defineMl({
  attributes: ATTRIBUTES,
  rewrite(given) {
    const call = given as unknown as MlCall;
    const { who, attributes } = given;
    const { classes_strings } = attributes;
    const x = given.inputs[0]!;
    const places = classes_strings?.map((_, at) => at);
    const isText = x.elementType === "string";
    const keys = isText
      ? (attributes.keys_strings ?? classes_strings)
      : x.elementType === "int64"
        ? (attributes.keys_int64s ?? places)
        : x.elementType === "float32"
          ? attributes.keys_floats
          : undefined;
    const texts = attributes.values_strings ?? (isText ? undefined : classes_strings);
    const values = attributes.values_int64s ?? attributes.values_floats ?? (isText ? places : texts);
    if (keys === undefined || keys.length === 0 || values?.length !== keys.length)
      throw illegal(
        who,
        "keys and values",
        `as many of each, keys of ${x.elementType}`,
        `${keys?.length ?? 0} and ${values?.length ?? 0}`,
      );
    if (isText) {
      const numbers = attributes.values_int64s ?? (attributes.keys_strings ? undefined : places);
      if (numbers === undefined) throw unsupported(who, "whole numbers for texts (values_int64s)", "others");
      return given.result(0, call.lookUp(x, keys as readonly string[], numbers, attributes.default_int64));
    }
    const found = call.cast(foundIn(call, x, keys as readonly number[], given.version >= 4), "float32");
    const place = call.op("ArgMax", [found], { axis: -1, keepdims: 0 });
    const any = call.op("Greater", [
      call.op("ReduceSum", [found, call.constant("int64", [-1])], { keepdims: 0 }),
      call.constant("float32", [0], []),
    ]);
    const chosen = (type: "int64" | "float32", all: readonly number[], rest: number): MlValue =>
      call.op("Where", [
        any,
        call.op("Gather", [call.constant(type, all), place], { axis: 0 }),
        call.constant(type, [rest], []),
      ]);
    if (texts !== undefined) {
      // The default is a text too: behind the others, unless it is one of them.
      const all = [...new Set([...texts, attributes.default_string])];
      const codes = texts.map((text) => all.indexOf(text));
      return given.result(0, chosen("int64", codes, all.indexOf(attributes.default_string)), all);
    }
    if (attributes.values_int64s)
      return given.result(0, chosen("int64", attributes.values_int64s, attributes.default_int64));
    given.result(0, chosen("float32", attributes.values_floats!, attributes.default_float));
  },
});
