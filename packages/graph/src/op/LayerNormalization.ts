import { elementCount, type Dim } from "../onnx.ts";
import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import { fromFront } from "./along.ts";
import { dimsOf, scalarLike, sumTo } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";
import type { Value } from "../value.ts";

/**
 * The input less its mean over its last axes, from `axis` on, over its deviation there, scaled and shifted (J. L. Ba, J. R.
 * Kiros, G. E. Hinton, "Layer Normalization", 2016). Two more outputs: the mean and 1 over the deviation.
 */
export const LayerNormalization = defineOp({
  since: 17,
  inputs: ["X", "Scale", "B"],
  optional: 1,
  attributes: {
    axis: { type: "int", default: -1 },
    epsilon: { type: "float", default: Math.fround(1e-5) },
    stash_type: { type: "int", default: 1 },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, ...rest] = call.inputs;
    const { dims } = x!;
    const axis = axisOf(call, call.attributes.axis, dims.length);
    if (rest.some((one) => one && broadcast(dims, one.dims)?.join() !== dims.join()))
      throw illegal(call.who, "inputs", "Scale and B that broadcast to X", formatInputs(call.inputs));
    if (call.attributes.stash_type !== 1)
      throw illegal(call.who, "stash_type", "1, which is float32", String(call.attributes.stash_type));
    const kept: readonly Dim[] = dims.map((dim, at) => (at < axis ? dim : 1));
    const moments = { elementType: elementType === "float64" ? elementType : "float32", dims: kept } as const;
    return [{ elementType, dims }, moments, moments];
  },
  evaluate({ inputs: [x, scale, shift], attributes: { axis, epsilon } }) {
    const { dims, values } = x!;
    const size = elementCount(dims.slice(fromFront(axis, dims.length)));
    const groups = values.length / size;
    const means = new Float64Array(groups);
    const inverses = new Float64Array(groups);
    for (let group = 0; group < groups; group++) {
      const own = values.subarray(group * size, (group + 1) * size);
      const mean = own.reduce((sum, value) => sum + value, 0) / size;
      means[group] = mean;
      inverses[group] =
        1 / Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size + epsilon);
    }
    const y = new Float64Array(values.length);
    forEachIndex(dims, (index, flat) => {
      const group = Math.floor(flat / size);
      y[flat] =
        (values[flat]! - means[group]!) * inverses[group]! * scale!.values[offsetOf(index, scale!.dims)]! +
        (shift?.values[offsetOf(index, shift.dims)] ?? 0);
    });
    return [y, means, inverses];
  },
  gradient({ g, inputs, outputs, attributes, gradients, wanted }) {
    const [x, scale, shift] = [inputs[0]!, inputs[1]!, inputs[2]];
    const [, mean, inverse] = outputs as readonly [Value, Value, Value];
    const [dy, dMean, dInverse] = gradients;
    const dims = dimsOf(x);
    const axis = fromFront(attributes.axis, dims.length);
    const axes = dims.flatMap((_, at) => (at < axis ? [] : [at]));
    const size = elementCount(dims.slice(axis));
    const averaged = (value: Value): Value => g.op("ReduceMean", [value, g.ints(axes)], { keepdims: 1 });
    const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
    const normal = mul(g.op("Sub", [x, mean]), inverse);
    // As onto the normalised values: dx = inverse (d - mean(d) - normal mean(d normal)).
    let onNormal: Value | undefined;
    let onOne: Value | undefined;
    if (dy !== undefined) {
      const d = mul(dy, scale);
      onNormal = averaged(mul(d, normal));
      onOne = averaged(d);
    }
    const dx = (): Value => {
      let sum = dy && g.op("Sub", [g.op("Sub", [mul(dy, scale), onOne!]), mul(normal, onNormal!)]);
      sum = sum && mul(sum, inverse);
      const more: Value[] = [];
      if (dMean) more.push(g.op("Expand", [mul(dMean, scalarLike(g, x, 1 / size)), g.ints(dims)]));
      if (dInverse)
        more.push(mul(normal, mul(mul(dInverse, mul(inverse, inverse)), scalarLike(g, x, -1 / size))));
      return more.reduce<Value | undefined>((total, one) => (total ? g.op("Add", [total, one]) : one), sum)!;
    };
    return [
      wanted[0] ? dx() : undefined,
      wanted[1] && dy ? sumTo(g, mul(dy, normal), scale) : undefined,
      wanted[2] && dy ? sumTo(g, dy, shift!) : undefined,
    ];
  },
});
