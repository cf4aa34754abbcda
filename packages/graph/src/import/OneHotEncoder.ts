import { illegal } from "../op/op-definition.ts";
import { foundIn } from "./found-in.ts";
import { defineMl, type MlCall } from "./ml-call.ts";

/** A new last axis with 1 at the place of an element's category and 0 elsewhere; another category is 0 everywhere. */
export const OneHotEncoder = defineMl({
  attributes: {
    cats_int64s: { type: "ints" },
    cats_strings: { type: "strings" },
    zeros: { type: "int", default: 1 },
  },
  rewrite(given) {
    const call = given as unknown as MlCall;
    const { cats_int64s, cats_strings, zeros } = given.attributes;
    const x = given.inputs[0]!;
    const isText = x.elementType === "string";
    const categories = isText ? cats_strings : cats_int64s;
    if (categories === undefined || categories.length === 0)
      throw illegal(given.who, isText ? "cats_strings" : "cats_int64s", "categories", "none");
    if (zeros === 0)
      given.note(
        `${given.node.name || "OneHotEncoder"}: another category is 0 everywhere, where the model as it was fails`,
      );
    const places = categories.map((_, at) => at);
    const codes = isText ? call.lookUp(x, cats_strings!, places, -1) : call.cast(x, "int64");
    given.result(0, call.cast(foundIn(call, codes, isText ? places : cats_int64s!), "float32"));
  },
});
