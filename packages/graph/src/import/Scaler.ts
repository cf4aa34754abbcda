import { illegal } from "../op/op-definition.ts";
import { defineMl } from "./ml-call.ts";

/** `(X - offset) * scale`, by one number or one a column. Fractions of 64 bits are rounded at the end, as ONNX Runtime does. */
export const Scaler = defineMl({
  attributes: { offset: { type: "floats", required: true }, scale: { type: "floats", required: true } },
  rewrite({ who, inputs: [x], attributes: { offset, scale }, op, cast, constant, result }) {
    const width = x!.dims.at(-1);
    for (const [name, values] of Object.entries({ offset, scale }))
      if (values.length !== 1 && values.length !== width)
        throw illegal(who, name, `1 number, or ${width}`, String(values.length));
    const type = x!.elementType === "float64" ? "float64" : "float32";
    const centred = op("Sub", [cast(x!, type), constant(type, offset)]);
    result(0, cast(op("Mul", [centred, constant(type, scale)]), "float32"));
  },
});
