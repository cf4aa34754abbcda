import { valuesOf } from "../element-type.ts";
import { dimsOf } from "./gradient.ts";
import { fromFront, linesAlong } from "./along.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { axisOf, constantOf, sharedType } from "./rule.ts";

/**
 * The `K` largest or smallest elements along an axis and their indices, in order; of equal ones the first goes first.
 * The order that `sorted: 0` leaves open is the same. The gradient goes to the elements chosen.
 */
export const TopK = defineOp({
  since: 11,
  inputs: ["X", "K"],
  attributes: {
    axis: { type: "int", default: -1 },
    largest: { type: "int", default: 1 },
    sorted: { type: "int", default: 1 },
  },
  infer(call) {
    const { dims } = call.inputs[0]!;
    const elementType = sharedType(call, "a numeric type", call.inputs.slice(0, 1));
    const axis = axisOf(call, call.attributes.axis, dims.length);
    const [count, ...more] = constantOf(call, 1, "K")!;
    const length = dims[axis]!;
    if (count === undefined || more.length > 0 || count < 0 || (typeof length === "number" && count > length))
      throw illegal(call.who, "K", `one number of at most ${length}`, String([count, ...more]));
    const chosen = dims.with(axis, count);
    return [
      { elementType, dims: chosen },
      { elementType: "int64", dims: chosen },
    ];
  },
  evaluate({ inputs, attributes: { axis, largest }, outputs }) {
    const { values, dims } = inputs[0]!;
    const along = fromFront(axis, dims.length);
    const output = { ...inputs[0]!, dims: outputs[0]!.dims };
    const to = linesAlong(output, along);
    const [chosen, indices] = [new Float64Array(values.length), new Float64Array(values.length)];
    for (const [at, line] of linesAlong(inputs[0]!, along).entries()) {
      const order = line
        .map((position, index) => ({ value: values[position]!, index }))
        .toSorted((a, b) => (largest === 0 ? a.value - b.value : b.value - a.value));
      for (const [rank, position] of (to[at] ?? []).entries()) {
        chosen[position] = order[rank]!.value;
        indices[position] = order[rank]!.index;
      }
    }
    const size = outputs[0]!.dims.reduce((product, dim) => product * dim, 1);
    return [chosen.slice(0, size), indices.slice(0, size)];
  },
  gradient({ g, inputs: [x], outputs: [, indices], gradients: [dy], attributes: { axis } }) {
    if (dy === undefined) return [undefined];
    const dims = dimsOf(x!);
    // Each element's place among the axis, and 1 where it is.
    const along = fromFront(axis, dims.length);
    const depth = dims[along]!;
    const hot = g.op("OneHot", [indices, g.ints([depth]), g.constant(valuesOf(dy.elementType, [0, 1]))], {
      axis: -1,
    });
    const spread = g.op("Mul", [hot, g.op("Unsqueeze", [dy, g.ints([dims.length])])]);
    const placed = g.op("ReduceSum", [spread, g.ints([along])], { keepdims: 0 });
    const last = dims.length - 1;
    const order = dims.map((_, at) => (at === along ? last : at < along ? at : at - 1));
    return [g.op("Transpose", [placed], { perm: order })];
  },
});
