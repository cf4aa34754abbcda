import { forEachIndex, offsetOf } from "../shape.ts";
import { defineOp, illegal, type OpCall } from "./op-definition.ts";
import { axesOf, constantOf, sharedType } from "./rule.ts";

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Where each sliced axis starts, how it steps and how long it gets; bounds are clamped as ONNX says, which
 * differs from NumPy for a start before the first element and a negative step: it is moved to the first element. */
function cutsOf(call: OpCall): readonly Cut[] {
  const { dims } = call.inputs[0]!;
  const starts = constantOf(call, 1, "starts")!;
  const ends = constantOf(call, 2, "ends")!;
  const axes = axesOf(call, constantOf(call, 3, "axes") ?? starts.map((_, index) => index), dims.length);
  const steps = constantOf(call, 4, "steps") ?? starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length))
    throw illegal(
      call.who,
      "starts, ends, axes and steps",
      "one length",
      [starts, ends, axes, steps].map((list) => list.length).join(", "),
    );
  return axes.map((axis, index) => {
    const dim = dims[axis]!;
    const step = steps[index]!;
    if (typeof dim === "string") throw illegal(call.who, `axis ${axis}`, "a known length", dim);
    if (step === 0) throw illegal(call.who, "steps", "steps other than 0", "0");
    const high = step > 0 ? dim : dim - 1;
    const clamp = (bound: number, low: number): number =>
      Math.min(Math.max(bound < 0 ? bound + dim : bound, low), high);
    const start = clamp(starts[index]!, 0);
    const length = Math.max(0, Math.ceil((clamp(ends[index]!, step > 0 ? 0 : -1) - start) / step));
    return { axis, start, step, length };
  });
}

/** A part of the input: some axes cut to `start, start + step, ...` before `end`. */
export const Slice = defineOp({
  inputs: ["data", "starts", "ends", "axes", "steps"],
  optional: 2,
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    let { dims } = call.inputs[0]!;
    for (const cut of cutsOf(call)) dims = dims.with(cut.axis, cut.length);
    return [{ elementType, dims }];
  },
  evaluate({ inputs, outputs, attributes }) {
    const data = inputs[0]!;
    const known = inputs.map((input) => input && { ...input, constant: input.values });
    const cuts = cutsOf({ who: "Slice", inputs: known, attributes });
    const values: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      const from = [...index];
      for (const { axis, start, step } of cuts) from[axis] = start + index[axis]! * step;
      values.push(data.values[offsetOf(from, data.dims)]!);
    });
    return [Float64Array.from(values)];
  },
});
