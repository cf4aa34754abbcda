import { formatDims } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { unsupported } from "../unsupported.ts";
import { dimsOf, padded, reshaped, scalarLike, zerosLike, type Pads } from "./gradient.ts";
import { defineOp, illegal, type OpCall } from "./op-definition.ts";
import { axesOf, constantOf, sharedType } from "./rule.ts";
import { scatterAlong } from "./scatter-gradient.ts";

/** What is put before and after every axis. */
function padsOf(call: OpCall): Pads {
  const { dims } = call.inputs[0]!;
  const flat = constantOf(call, 1, "pads")!;
  const axes = axesOf(call, constantOf(call, 3, "axes") ?? dims.map((_, axis) => axis), dims.length);
  if (flat.length !== 2 * axes.length)
    throw illegal(call.who, "pads", `${2 * axes.length} numbers, two an axis`, formatDims(flat));
  const pads: Pads = dims.map(() => [0, 0]);
  for (const [at, axis] of axes.entries()) pads[axis] = [flat[at]!, flat[at + axes.length]!];
  return pads;
}

/** Where an axis of a length is read for a place that may lie outside it; undefined where nothing is read. */
const READ = {
  constant: (place, length) => (place >= 0 && place < length ? place : undefined),
  edge: (place, length) => Math.min(Math.max(place, 0), length - 1),
  reflect(place, length) {
    const period = Math.max(1, 2 * (length - 1));
    const at = ((place % period) + period) % period;
    return Math.min(at, period - at);
  },
  wrap: (place, length) => ((place % length) + length) % length,
} satisfies Record<string, (place: number, length: number) => number | undefined>;

/** The input with elements put around it: a constant, its edge, its mirror image, or its other end. */
export const Pad = defineOp({
  since: 11,
  sinceFor: ({ inputs, attributes }) => (attributes.mode === "wrap" ? 19 : inputs[3] === undefined ? 11 : 18),
  inputs: ["data", "pads", "constant_value", "axes"],
  optional: 2,
  attributes: { mode: { type: "string", default: "constant" } },
  infer(call) {
    const elementType = sharedType(call, "any type", [call.inputs[0], call.inputs[2]]);
    const { dims } = call.inputs[0]!;
    const { mode } = call.attributes;
    if (!Object.hasOwn(READ, mode)) throw illegal(call.who, "mode", Object.keys(READ).join(", "), mode);
    const padded = padsOf(call).map(([before, after], axis) => {
      const dim = dims[axis]!;
      if (before === 0 && after === 0) return dim;
      if (typeof dim === "string") throw illegal(call.who, `axis ${axis}`, "a known length", dim);
      if (mode !== "constant" && (before < 0 || after < 0))
        throw unsupported(call.who, `pads of 0 and more in mode ${mode}`, `${before} and ${after}`);
      const most = mode === "constant" ? Infinity : mode === "reflect" ? dim - 1 : dim === 0 ? 0 : Infinity;
      if (dim + before + after < 0 || before > most || after > most)
        throw illegal(call.who, "pads", `pads that axis ${axis} of ${dim} allows`, `${before} and ${after}`);
      return dim + before + after;
    });
    return [{ elementType, dims: padded }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const { dims, values } = inputs[0]!;
    const known = inputs.map((input) => input && { ...input, constant: input.values });
    const pads = padsOf({ who: "Pad", inputs: known, attributes });
    const read = READ[attributes.mode as keyof typeof READ];
    const filling = inputs[2]?.values[0] ?? 0;
    const around: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      const from = index.map((at, axis) => read(at - pads[axis]![0], dims[axis]!));
      const inside = from.every((place) => place !== undefined);
      around.push(inside ? values[offsetOf(from, dims)]! : filling);
    });
    return [Float64Array.from(around)];
  },
  gradient({ g, who, inputs, attributes, gradients: [dy], wanted }) {
    const dims = dimsOf(inputs[0]!);
    const pads = padsOf({ who, inputs, attributes });
    if (attributes.mode === "constant") {
      const inner = padded(
        g,
        dy!,
        pads.map(([before, after]) => [-before, -after] as const),
      );
      if (wanted[2] !== true) return [inner];
      const outside = g.op("Pad", [zerosLike(g, inputs[0]!), inputs[1], scalarLike(g, dy!, 1), inputs[3]]);
      const sum = g.op("ReduceSum", [g.op("Mul", [dy, outside])], { keepdims: 0 });
      return [inner, undefined, reshaped(g, sum, dimsOf(inputs[2]!))];
    }
    // Along each axis in turn it is a Gather whose indices are known.
    const read = READ[attributes.mode as keyof typeof READ];
    let inner = dy!;
    for (const [axis, [before, after]] of pads.entries()) {
      if (before === 0 && after === 0) continue;
      const places = Array.from({ length: dims[axis]! + before + after }, (_, at) =>
        read(at - before, dims[axis]!)!,
      );
      inner = scatterAlong(g, inner, g.ints(places), axis, dimsOf(inner).with(axis, dims[axis]!));
    }
    return [inner];
  },
});
