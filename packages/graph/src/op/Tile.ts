import { forEachIndex, offsetOf, productOf } from "../shape.ts";
import { formatDims } from "../onnx.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { lengthsOf, sharedType } from "./rule.ts";

/** The whole input repeated along each axis as often as `repeats` says. */
export const Tile = defineOp({
  since: 6,
  inputs: ["input", "repeats"],
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const { dims } = call.inputs[0]!;
    const repeats = lengthsOf(call, 1, "repeats");
    if (repeats.length !== dims.length || repeats.some((times) => typeof times === "number" && times < 0))
      throw illegal(call.who, "repeats", `${dims.length} numbers of 0 and more`, formatDims(repeats));
    return [{ elementType, dims: dims.map((dim, axis) => productOf([dim, repeats[axis]!])) }];
  },
  evaluate({ inputs, outputs }) {
    const { dims, values } = inputs[0]!;
    const tiled: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      const from = index.map((at, axis) => at % dims[axis]!);
      tiled.push(values[offsetOf(from, dims)]!);
    });
    return [Float64Array.from(tiled)];
  },
  gradient({ g, inputs, gradients: [dy] }) {
    const dims = dimsOf(inputs[0]!);
    const times = dimsOf(dy!).map((dim, axis) => (dims[axis] === 0 ? 1 : dim / dims[axis]!));
    const split = dims.flatMap((dim, axis) => (times[axis] === 1 ? [dim] : [times[axis]!, dim]));
    const repeated: number[] = [];
    for (const [axis, count] of times.entries()) if (count !== 1) repeated.push(axis + repeated.length);
    if (repeated.length === 0) return [dy];
    return [g.op("ReduceSum", [reshaped(g, dy!, split), g.ints(repeated)], { keepdims: 0 })];
  },
});
