import { unsupported } from "../unsupported.ts";
import { defineMl } from "./ml-call.ts";

/** Some columns, by their places. */
export const ArrayFeatureExtractor = defineMl({
  attributes: {},
  rewrite({ who, inputs: [x, places], op, constant, result }) {
    if (x!.dims.length < 2) throw unsupported(who, "X of at least 2 dimensions", `[${x!.dims.join(", ")}]`);
    const flat = op("Reshape", [places!, constant("int64", [-1])]);
    result(0, op("Gather", [x!, flat], { axis: x!.dims.length - 1 }));
  },
});
