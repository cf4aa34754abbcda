import { defineMl } from "./ml-call.ts";

/** Some columns, by their places; of a list the one row of them. Of a list of texts, the classes of a classifier, the places themselves. */
export const ArrayFeatureExtractor = defineMl({
  attributes: {},
  rewrite({ inputs: [x, places], op, cast, constant, wordsOf, classes, result }) {
    const words = wordsOf(x!);
    if (words !== undefined && x!.dims.every((dim, axis) => axis === x!.dims.length - 1 || dim === 1)) {
      classes(words);
      return result(0, op("Reshape", [cast(places!, "int64"), constant("int64", [1, -1])]), words);
    }
    const flat = op("Reshape", [places!, constant("int64", [-1])]);
    const chosen = op("Gather", [x!, flat], { axis: x!.dims.length - 1 });
    result(0, x!.dims.length > 1 ? chosen : op("Reshape", [chosen, constant("int64", [1, -1])]));
  },
});
