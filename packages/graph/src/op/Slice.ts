import { forEachIndex, offsetOf } from "../shape.ts";
import { dimsOf, padded, reshaped, type Pads } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { defineOp, illegal, type OpCall } from "./op-definition.ts";
import type { Value } from "../value.ts";
import { axesOf, constantOf, sharedType } from "./rule.ts";

/** A bound that exporters write for "to the end": no axis is so long. */
const BEYOND = 2 ** 31 - 1;

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
  return axes.flatMap((axis, index) => {
    const dim = dims[axis]!;
    const step = steps[index]!;
    // From the first to beyond the last: all of it, however long it is.
    if (typeof dim === "string" && starts[index] === 0 && step === 1 && ends[index]! >= BEYOND) return [];
    if (typeof dim === "string") throw illegal(call.who, `axis ${axis}`, "a known length", dim);
    if (step === 0) throw illegal(call.who, "steps", "steps other than 0", "0");
    const high = step > 0 ? dim : dim - 1;
    const clamp = (bound: number, low: number): number =>
      Math.min(Math.max(bound < 0 ? bound + dim : bound, low), high);
    const start = clamp(starts[index]!, 0);
    const length = Math.max(0, Math.ceil((clamp(ends[index]!, step > 0 ? 0 : -1) - start) / step));
    return [{ axis, start, step, length }];
  });
}

/** A part put back into zeros of `dims`, each element where it was cut from. */
function spread(g: GraphEmitter, part: Value, cuts: readonly Cut[], dims: readonly number[]): Value {
  let value = part;
  const backwards = cuts.filter(({ step, length }) => step < 0 && length > 1);
  if (backwards.length > 0) {
    const all = (bound: number) => g.ints(backwards.map(() => bound));
    const axes = g.ints(backwards.map(({ axis }) => axis));
    value = g.op("Slice", [value, all(-1), all(-(2 ** 31)), axes, all(-1)]);
  }
  const pads: Pads = dims.map(() => [0, 0]);
  // Steps: each element at the head of a row of its own, `step` long, whose rest is zeros.
  const rows: number[] = [];
  const gaps: Pads = [];
  const stepped: number[] = [];
  for (const [axis, dim] of dims.entries()) {
    const { start, step, length } = cuts.find((cut) => cut.axis === axis) ?? {
      start: 0,
      step: 1,
      length: dim,
    };
    const wide = length > 1 ? Math.abs(step) : 1;
    const first = step < 0 ? start + (length - 1) * step : start;
    rows.push(length, ...(wide > 1 ? [1] : []));
    gaps.push([0, 0], ...(wide > 1 ? [[0, wide - 1] as const] : []));
    stepped.push(length * wide);
    // Less than nothing where the last row is longer than what is left.
    pads[axis] = [first, dim - first - length * wide];
  }
  if (rows.length > dims.length) value = reshaped(g, padded(g, reshaped(g, value, rows), gaps), stepped);
  return padded(g, value, pads);
}

/** A part of the input: some axes cut to `start, start + step, ...` before `end`. */
export const Slice = defineOp({
  since: 10,
  // Axes counted from the end, and steps towards the front, came with 11.
  sinceFor: ({ inputs: [, , , axes, steps] }) =>
    [axes, steps].some((list) => Array.from(list?.constant ?? []).some((value) => value < 0)) ? 11 : 10,
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
  gradient({ g, who, inputs, attributes, gradients: [dy] }) {
    const dims = dimsOf(inputs[0]!);
    const cuts = cutsOf({ who, inputs, attributes });
    return [cuts.some(({ length }) => length === 0) ? undefined : spread(g, dy!, cuts, dims)];
  },
});
