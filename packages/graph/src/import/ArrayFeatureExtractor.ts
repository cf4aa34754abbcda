import { defineMl } from "./ml-call.ts";

/** Some columns, by their places; of a list the one row of them. */
export const ArrayFeatureExtractor = defineMl({
  attributes: {},
  rewrite({ inputs: [x, places], op, constant, result }) {
    const flat = op("Reshape", [places!, constant("int64", [-1])]);
    const chosen = op("Gather", [x!, flat], { axis: x!.dims.length - 1 });
    result(0, x!.dims.length > 1 ? chosen : op("Reshape", [chosen, constant("int64", [1, -1])]));
  },
});
