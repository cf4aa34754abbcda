import { fromFront, linesAlong } from "./along.ts";
import { STEPWISE, defineOp } from "./op-definition.ts";
import { reducedDims } from "./reduction.ts";
import { axisOf, sharedType } from "./rule.ts";

/** The index of the element along an axis before which no other goes. */
export function argExtreme(before: (a: number, b: number) => boolean) {
  return defineOp({
    since: 12,
    inputs: ["data"],
    attributes: {
      axis: { type: "int", default: 0 },
      keepdims: { type: "int", default: 1 },
      select_last_index: { type: "int", default: 0 },
    },
    infer(call) {
      sharedType(call, "a numeric type");
      const { dims } = call.inputs[0]!;
      const axis = axisOf(call, call.attributes.axis, dims.length);
      return [{ elementType: "int64", dims: reducedDims(dims, [axis], call.attributes.keepdims !== 0) }];
    },
    evaluate({ inputs, attributes }) {
      const { values, dims } = inputs[0]!;
      const best = linesAlong(inputs[0]!, fromFront(attributes.axis, dims.length)).map((line) => {
        let found = 0;
        for (const [index, position] of line.entries()) {
          const [value, known] = [values[position]!, values[line[found]!]!];
          if (before(value, known) || (value === known && attributes.select_last_index !== 0)) found = index;
        }
        return found;
      });
      return [Float64Array.from(best)];
    },
    gradient: STEPWISE,
  });
}

/** The index of the largest element along an axis; of equal ones the first, or the last if asked. */
export const ArgMax = argExtreme((a, b) => a > b);
