import { unsupported } from "../unsupported.ts";
import { defineMl, type MlCall, type MlValue } from "./ml-call.ts";

const AXIS = -1;

/** What a row is divided by. */
const NORMS: Readonly<Record<string, (call: MlCall, x: MlValue) => MlValue>> = {
  L1: ({ op, constant }, x) => op("ReduceSum", [op("Abs", [x]), constant("int64", [AXIS])], { keepdims: 1 }),
  L2: ({ op, constant }, x) =>
    op("Sqrt", [op("ReduceSum", [op("Mul", [x, x]), constant("int64", [AXIS])], { keepdims: 1 })]),
  // The largest number, not the largest magnitude.
  MAX: ({ op, constant }, x) => op("ReduceMax", [x, constant("int64", [AXIS])], { keepdims: 1 }),
};

/** Rows divided by their norm; a row whose norm is 0 stays as it is. */
export const Normalizer = defineMl({
  attributes: { norm: { type: "string", default: "MAX" } },
  rewrite(call) {
    const { who, op, constant, attributes, result } = call;
    const given = call.inputs[0]!;
    const norm = Object.hasOwn(NORMS, attributes.norm) ? NORMS[attributes.norm] : undefined;
    if (norm === undefined) throw unsupported(who, `norm ${Object.keys(NORMS).join(", ")}`, attributes.norm);
    const isWhole = attributes.norm === "L1" && call.isShares(given);
    if (isWhole) return result(0, given);
    const [none, one] = [constant("float32", [0], []), constant("float32", [1], [])];
    const divided = (x: MlValue, by: MlValue): MlValue =>
      op("Div", [x, op("Where", [op("Equal", [by, none]), one, by])]);
    const whole = call.cast(given, "float32");
    // The largest magnitude is divided out first: squares of large numbers overflow, in half precision those of 256.
    const most = (): MlValue =>
      op("ReduceMax", [op("Abs", [whole]), constant("int64", [AXIS])], { keepdims: 1 });
    const x = attributes.norm === "L2" ? divided(whole, most()) : whole;
    result(0, divided(x, norm(call as unknown as MlCall, x)));
  },
});
