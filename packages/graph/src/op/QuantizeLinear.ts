import { formatInputs, illegal, defineOp, STEPWISE } from "./op-definition.ts";
import {
  checkScales,
  QUANTISATION_RULES,
  quantisationSince,
  scalePlaces,
  typeOfCode,
} from "./quantisation.ts";
import { rangeOf } from "./stored.ts";

/** The nearest whole number; of two, the even one. */
function toEven(x: number): number {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(x);
}

/**
 * `x / y_scale`, rounded to the nearest whole number (of two the even one), plus the zero point, within the range of the
 * zero point's type, or uint8 without one.
 */
export const QuantizeLinear = defineOp({
  since: 10,
  sinceFor: (call) => {
    const { precision, saturate } = call.attributes;
    const least = quantisationSince(call as never, call.inputs[2]);
    return Math.max(least, precision === 0 ? 0 : 23, saturate === 1 ? 0 : 19);
  },
  inputs: ["x", "y_scale", "y_zero_point"],
  optional: 1,
  attributes: {
    ...QUANTISATION_RULES,
    // Of types of 8 bits that float, with which nothing is computed here.
    saturate: { type: "int", default: 1 },
    precision: { type: "int", default: 0 },
  },
  infer(call) {
    const [x, , zero] = call.inputs;
    if (!["float32", "float16", "float64", "int32"].includes(x!.elementType))
      throw illegal(call.who, "x", "a floating-point type or int32", formatInputs([x]));
    checkScales(call as never);
    const elementType = typeOfCode(call as never, zero?.elementType ?? "uint8");
    if (!["int8", "uint8", "int16", "uint16"].includes(elementType))
      throw illegal(call.who, "y_zero_point", "a type among int8, uint8, int16, uint16", elementType);
    if (zero !== undefined && zero.elementType !== elementType)
      throw illegal(call.who, "output_dtype", zero.elementType, elementType);
    return [{ elementType, dims: x!.dims }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const [x, scale, zero] = [inputs[0]!, inputs[1]!, inputs[2]];
    const { lowest, highest } = rangeOf(outputs[0]!.elementType);
    const places = scalePlaces(x, scale, attributes);
    return [
      x.values.map((value, at) => {
        const place = places[at]!;
        // What is nearest hangs on the quotient's rounding, and it is one of float32.
        const whole = toEven(Math.fround(value / scale.values[place]!)) + (zero?.values[place] ?? 0);
        return Number.isNaN(whole) ? 0 : Math.min(highest, Math.max(lowest, whole));
      }),
    ];
  },
  gradient: STEPWISE,
});
