import { illegal } from "../op/op-definition.ts";
import { defineMl } from "./ml-call.ts";

/** A map a row by class, which no phone's runtime has, is left the tensor that it was made of: a column a class, in that order. */
export const ZipMap = defineMl({
  attributes: { classlabels_int64s: { type: "ints" }, classlabels_strings: { type: "strings" } },
  rewrite({ who, node, inputs: [x], attributes, note, result }) {
    const classes = attributes.classlabels_strings ?? attributes.classlabels_int64s;
    const width = x!.dims.at(-1);
    if (classes?.length !== width)
      throw illegal(who, "classlabels", `${width}, one a column`, String(classes?.length ?? "none"));
    note(
      `${node.outputs[0]} is a tensor [${x!.dims.join(", ")}] instead of maps: columns ${classes!.join(", ")}`,
    );
    result(0, x!);
  },
});
