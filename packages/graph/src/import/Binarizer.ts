import { defineMl } from "./ml-call.ts";

/** 1 where a number is above the threshold, else 0, in the type of the input; a missing one, which ONNX Runtime refuses, is not above. */
export const Binarizer = defineMl({
  attributes: { threshold: { type: "float", default: 0 } },
  rewrite({ inputs: [x], attributes: { threshold }, op, cast, constant, result }) {
    const above = op("Greater", [x!, constant(x!.elementType, [threshold], [])]);
    result(0, cast(above, x!.elementType));
  },
});
