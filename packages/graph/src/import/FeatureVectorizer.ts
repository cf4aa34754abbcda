import { illegal } from "../op/op-definition.ts";
import { unsupported } from "../unsupported.ts";
import { defineMl } from "./ml-call.ts";

/** Columns of several inputs beside each other, as float32. */
export const FeatureVectorizer = defineMl({
  attributes: { inputdimensions: { type: "ints" } },
  rewrite({ who, inputs, attributes: { inputdimensions }, op, cast, result }) {
    if (inputs.some(({ dims }) => dims.length !== 2))
      throw unsupported(
        who,
        "inputs [N, width]",
        inputs.map(({ dims }) => `[${dims.join(", ")}]`).join(", "),
      );
    const widths = inputs.map(({ dims }) => dims[1]!);
    if (inputdimensions !== undefined && inputdimensions.join() !== widths.join())
      throw illegal(
        who,
        "inputdimensions",
        `the widths of the inputs, ${widths.join(", ")}`,
        inputdimensions.join(", "),
      );
    result(
      0,
      op(
        "Concat",
        inputs.map((one) => cast(one, "float32")),
        { axis: 1 },
      ),
    );
  },
});
