import { elementCount, formatDims, type Dim } from "../onnx.ts";
import { defineOp, formatInputs, illegal, type OpInput } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** A scalar input's number, or its name where it is a length. */
function boundOf(input: OpInput): Dim | undefined {
  return input.constant?.[0] ?? input.lengths?.[0];
}

/** The numbers `start, start + delta, ...` before `limit`. Bounds are to be known, or count a named length from 0 by 1. */
export const Range = defineOp({
  since: 11,
  inputs: ["start", "limit", "delta"],
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "a numeric type");
    const inputs = call.inputs as readonly OpInput[];
    // A vector of one is no scalar, but exporters write it and runtimes take it.
    if (inputs.some(({ dims }) => dims.length > 1 || dims[0] === 0 || typeof dims[0] === "string"))
      throw illegal(call.who, "inputs", "scalars", formatInputs(inputs));
    const [start, limit, delta] = inputs.map((input) => boundOf(input));
    if (start === 0 && delta === 1 && typeof limit === "string" && limit !== "")
      return [{ elementType, dims: [limit] }];
    if (typeof start !== "number" || typeof limit !== "number" || typeof delta !== "number")
      throw illegal(call.who, "inputs", "constants, since they decide the shape", formatInputs(inputs));
    if (delta === 0 || ![start, limit, delta].every(Number.isFinite))
      throw illegal(call.who, "delta", "a step other than 0", formatDims([start, limit, delta]));
    return [{ elementType, dims: [Math.max(0, Math.ceil((limit - start) / delta))] }];
  },
  evaluate({ inputs, outputs }) {
    const [start, delta] = [inputs[0]!.values[0]!, inputs[2]!.values[0]!];
    return [Float64Array.from({ length: elementCount(outputs[0]!.dims) }, (_, at) => start + at * delta)];
  },
  gradient: { none: "its bounds decide a shape, and so are constants or lengths" },
});
