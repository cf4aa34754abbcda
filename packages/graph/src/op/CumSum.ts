import { linesAlong } from "./along.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";
import { stored } from "./stored.ts";

/** The sums of what comes before along an axis, each element with it unless `exclusive`; from the end if `reverse`. */
export const CumSum = defineOp({
  since: 11,
  inputs: ["x", "axis"],
  attributes: { exclusive: { type: "int", default: 0 }, reverse: { type: "int", default: 0 } },
  infer(call) {
    const [x, axis] = [call.inputs[0]!, call.inputs[1]!];
    const elementType = sharedType(call, "a numeric type", [x]);
    sharedType(call, "an integer type", [axis]);
    if (axis.dims.length > 1 || (axis.dims.length === 1 && axis.dims[0] !== 1))
      throw illegal(call.who, "axis", "one integer", formatInputs([axis]));
    if (axis.constant !== undefined) axisOf(call, axis.constant[0]!, x.dims.length);
    return [{ elementType, dims: x.dims }];
  },
  evaluate({ inputs, attributes: { exclusive, reverse } }) {
    const [x, axis] = [inputs[0]!, inputs[1]!.values[0]!];
    const output = new Float64Array(x.values.length);
    for (const line of linesAlong(x, axis < 0 ? axis + x.dims.length : axis)) {
      let sum = 0;
      for (const position of reverse === 0 ? line : line.toReversed()) {
        const next = sum + x.values[position]!;
        output[position] = stored(x.elementType, exclusive === 0 ? next : sum);
        sum = next;
      }
    }
    return [output];
  },
  gradient: ({ g, inputs: [, axis], gradients: [dy], attributes: { exclusive, reverse } }) => [
    g.op("CumSum", [dy, axis], { exclusive, reverse: reverse === 0 ? 1 : 0 }),
  ],
});
