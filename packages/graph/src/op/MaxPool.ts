import { ELEMENT_TYPES } from "../element-type.ts";
import { elementCount } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { maxPoolGradient } from "./pool-gradient.ts";
import { sharedType } from "./rule.ts";
import { placesOf, POOL_RULES, slidingOf } from "./sliding.ts";
import { rangeOf } from "./stored.ts";

/** Where an element stands among all, rows first; with `columnsFirst` the spatial axes change their order. */
function positionOf(index: readonly number[], dims: readonly number[], columnsFirst: boolean): number {
  if (!columnsFirst) return offsetOf(index, dims);
  const image = index[0]! * dims[1]! + index[1]!;
  const spatial = dims.slice(2);
  return image * elementCount(spatial) + offsetOf(index.slice(2).toReversed(), spatial.toReversed());
}

/**
 * The largest of each window. A node that names a second output gets the place of each among all elements, the first of
 * equal ones, with the last axis counted fastest, or with `storage_order` 1 the first spatial one.
 */
export const MaxPool = defineOp({
  sinceFor: ({ inputs: [x], named = 1, attributes: { dilations, ceil_mode, storage_order } }) => {
    if (ELEMENT_TYPES[x!.elementType].kind !== "float") return 12;
    if (dilations !== undefined || ceil_mode !== 0) return 10;
    return named > 1 || storage_order !== 0 ? 8 : 1;
  },
  inputs: ["X"],
  attributes: { ...POOL_RULES, storage_order: { type: "int", default: 0 } },
  infer(call) {
    const elementType = sharedType(call, "a numeric type");
    if (ELEMENT_TYPES[elementType].kind === "int" && elementType !== "int8" && elementType !== "uint8")
      throw illegal(call.who, "X", "a floating-point type, int8 or uint8", elementType);
    const { storage_order } = call.attributes;
    if (storage_order !== 0 && storage_order !== 1)
      throw illegal(call.who, "storage_order", "0 or 1", String(storage_order));
    const given = call.inputs[0]!.dims;
    const dims = [...given.slice(0, 2), ...slidingOf(call.who, given, call.attributes).lengths];
    const largest = { elementType, dims };
    return call.named === 2 ? [largest, { elementType: "int64", dims }] : [largest];
  },
  evaluate({ inputs, attributes, outputs }) {
    const x = inputs[0]!;
    const sliding = slidingOf("MaxPool", x.dims, attributes);
    const sizes = x.dims.slice(2);
    const { dims, elementType } = outputs[0]!;
    const largest = new Float64Array(elementCount(dims)).fill(rangeOf(elementType).lowest);
    const places = new Float64Array(largest.length);
    forEachIndex(dims, ([n, channel, ...output], flat) => {
      let found = false;
      forEachIndex(sliding.kernel, (at) => {
        const read = placesOf(sliding, output, at);
        if (read.some((place, axis) => place < 0 || place >= sizes[axis]!)) return;
        const index = [n!, channel!, ...read];
        const value = x.values[offsetOf(index, x.dims)]!;
        if (found && !(value > largest[flat]!) && !Number.isNaN(value)) return;
        found = true;
        largest[flat] = value;
        places[flat] = positionOf(index, x.dims, attributes.storage_order === 1);
      });
    });
    return outputs.length === 2 ? [largest, places] : [largest];
  },
  gradient: ({ g, who, inputs: [x], outputs: [y], attributes, gradients: [dy] }) => [
    maxPoolGradient(g, x!, y!, dy!, slidingOf(who, x!.dims, attributes)),
  ],
});
