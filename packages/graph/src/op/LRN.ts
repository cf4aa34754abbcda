import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The channels next to one that its sum takes, `size` in all where there are so many. */
function isNear(channel: number, other: number, size: number): boolean {
  return other >= channel - Math.floor((size - 1) / 2) && other <= channel + Math.ceil((size - 1) / 2);
}

/** The sum over near channels of `[N, C, ...]`, or over those that it is near to, as a product of matrices. */
function nearSum(g: GraphEmitter, x: Value, size: number, back: boolean): Value {
  const [rows, channels, ...rest] = dimsOf(x) as [number, number, ...number[]];
  const near = Array.from({ length: channels * channels }, (_, at) => {
    const [row, column] = [Math.floor(at / channels), at % channels];
    return (back ? isNear(column, row, size) : isNear(row, column, size)) ? 1 : 0;
  });
  const band = x.elementType === "float64" ? Float64Array.from(near) : Float32Array.from(near);
  const flat = reshaped(g, x, [rows, channels, elementCount(rest)]);
  return reshaped(g, g.op("MatMul", [g.constant(band, [channels, channels]), flat]), dimsOf(x));
}

/**
 * Local response normalisation over channels, `X / (bias + alpha / size * sum of squares)^beta` (A. Krizhevsky, I.
 * Sutskever, G. E. Hinton, NIPS 2012).
 */
export const LRN = defineOp({
  inputs: ["X"],
  attributes: {
    alpha: { type: "float", default: Math.fround(1e-4) },
    beta: { type: "float", default: 0.75 },
    bias: { type: "float", default: 1 },
    size: { type: "int", required: true },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const { dims } = call.inputs[0]!;
    if (dims.length < 2) throw illegal(call.who, "X", "[N, C, ...]", formatInputs(call.inputs));
    if (call.attributes.size < 1) throw illegal(call.who, "size", "at least 1", String(call.attributes.size));
    return [{ elementType, dims }];
  },
  evaluate({ inputs, attributes: { alpha, beta, bias, size } }) {
    const { dims, values } = inputs[0]!;
    const [channels, inner] = [dims[1]!, elementCount(dims.slice(2))];
    return [
      values.map((value, at) => {
        const channel = Math.floor(at / inner) % channels;
        let sum = 0;
        for (let other = 0; other < channels; other++)
          if (isNear(channel, other, size)) sum += values[at + (other - channel) * inner]! ** 2;
        return value / (bias + (alpha / size) * sum) ** beta;
      }),
    ];
  },
  gradient({ g, inputs, attributes: { alpha, beta, bias, size }, gradients }) {
    const [x, dy] = [inputs[0]!, gradients[0]!];
    const number = (value: number): Value => scalarLike(g, x, value);
    const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
    const sum = mul(nearSum(g, mul(x, x), size, false), number(alpha / size));
    const base = g.op("Add", [sum, number(bias)]);
    const direct = mul(dy, g.op("Pow", [base, number(-beta)]));
    const around = nearSum(g, g.op("Div", [mul(direct, x), base]), size, true);
    return [g.op("Add", [direct, mul(mul(x, around), number((-2 * alpha * beta) / size))])];
  },
});
