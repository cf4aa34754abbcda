import { ELEMENT_TYPES } from "../element-type.ts";
import { unsupported } from "../unsupported.ts";
import { fromFront } from "./along.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import {
  checkScales,
  QUANTISATION_RULES,
  quantisationSince,
  scalePlaces,
  typeOfCode,
} from "./quantisation.ts";

/** What can be widened; of four bits only constants. */
const WHOLE: readonly string[] = ["int8", "uint8", "int16", "uint16", "int32", "int4", "uint4"];

/** `(x - x_zero_point) * x_scale` of whole numbers: what QuantizeLinear rounded. */
export const DequantizeLinear = defineOp({
  since: 10,
  sinceFor: (call) =>
    Math.max(quantisationSince(call, call.inputs[0]), call.attributes.output_dtype === 0 ? 0 : 23),
  inputs: ["x", "x_scale", "x_zero_point"],
  optional: 1,
  attributes: QUANTISATION_RULES,
  infer(call) {
    const [x, scale, zero] = call.inputs;
    if (!WHOLE.includes(x!.elementType))
      throw illegal(call.who, "x", `a type among ${WHOLE.join(", ")}`, formatInputs([x]));
    checkScales(call);
    if (zero !== undefined && zero.elementType !== x!.elementType)
      throw illegal(call.who, "x_zero_point", x!.elementType, zero.elementType);
    const elementType = typeOfCode(call, scale!.elementType);
    if (ELEMENT_TYPES[elementType].kind !== "float")
      throw illegal(call.who, "x_scale", "a floating-point type", elementType);
    return [{ elementType, dims: x!.dims }];
  },
  evaluate({ inputs, attributes }) {
    const [x, scale, zero] = [inputs[0]!, inputs[1]!, inputs[2]];
    const places = scalePlaces(x, scale, attributes);
    return [
      x.values.map((value, at) => {
        const place = places[at]!;
        return (value - (zero?.values[place] ?? 0)) * scale.values[place]!;
      }),
    ];
  },
  // Of the scale; the rest is whole numbers.
  gradient({ g, who, inputs, attributes: { axis, block_size }, gradients: [dy] }) {
    const [x, scale, zero] = [inputs[0]!, inputs[1]!, inputs[2]];
    if (block_size !== 0 || dy!.elementType !== scale.elementType)
      throw unsupported(who, "a scale of a tensor or of each place along an axis", `blocks of ${block_size}`);
    const dims = dimsOf(x);
    const one = scale.dims.length === 0 || scale.dims[0] === 1;
    const along = one ? -1 : fromFront(axis, dims.length);
    const to = ELEMENT_TYPES[dy!.elementType].code;
    let numbers = g.op("Cast", [x], { to });
    if (zero !== undefined) {
      const wide = dims.map((dim, at) => (at === along ? dim : 1));
      numbers = g.op("Sub", [numbers, reshaped(g, g.op("Cast", [zero], { to }), wide)]);
    }
    const axes = dims.flatMap((_, at) => (at === along ? [] : [at]));
    const product = g.op("Mul", [dy, numbers]);
    const sum = axes.length === 0 ? product : g.op("ReduceSum", [product, g.ints(axes)], { keepdims: 0 });
    return [undefined, reshaped(g, sum, dimsOf(scale)), undefined];
  },
});
