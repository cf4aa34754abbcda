import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import { formatDims } from "../onnx.ts";
import type { Value } from "../value.ts";
import { scalarLike } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { rowSumTo } from "./row-sum.ts";
import { sharedType } from "./rule.ts";
import { stored } from "./stored.ts";

/** `alpha * A' * B' + beta * C`, where `'` transposes if asked and `C` broadcasts to the product. */
export const Gemm = defineOp({
  since: 11,
  inputs: ["A", "B", "C"],
  optional: 1,
  attributes: {
    alpha: { type: "float", default: 1 },
    beta: { type: "float", default: 1 },
    transA: { type: "int", default: 0 },
    transB: { type: "int", default: 0 },
  },
  infer(call) {
    const { transA, transB } = call.attributes;
    const elementType = sharedType(call, "a numeric type");
    const [a, b, c] = call.inputs;
    const left = transA === 0 ? a!.dims : a!.dims.toReversed();
    const right = transB === 0 ? b!.dims : b!.dims.toReversed();
    if (left.length !== 2 || right.length !== 2 || left[1] !== right[0])
      throw illegal(call.who, "inputs", "A[m, k] and B[k, n] after transposing", formatInputs([a, b]));
    const dims = [left[0]!, right[1]!];
    if (c !== undefined && broadcast(dims, c.dims)?.every((dim, axis) => dim === dims[axis]) !== true)
      throw illegal(call.who, "C", `a shape that broadcasts to ${formatDims(dims)}`, formatDims(c.dims));
    return [{ elementType, dims }];
  },
  evaluate({ inputs, attributes: { alpha, beta, transA, transB }, outputs }) {
    const [a, b, c] = [inputs[0]!, inputs[1]!, inputs[2]];
    const inner = a.dims[transA === 0 ? 1 : 0]!;
    const values: number[] = [];
    forEachIndex(outputs[0]!.dims, (index) => {
      const [row, column] = [index[0]!, index[1]!];
      let sum = 0;
      for (let k = 0; k < inner; k++)
        sum +=
          a.values[offsetOf(transA === 0 ? [row, k] : [k, row], a.dims)]! *
          b.values[offsetOf(transB === 0 ? [k, column] : [column, k], b.dims)]!;
      const bias = c === undefined ? 0 : c.values[offsetOf(index, c.dims)]!;
      values.push(stored(outputs[0]!.elementType, alpha * sum + beta * bias));
    });
    return [Float64Array.from(values)];
  },
  // Products with a transposed operand, never a transposed copy of it.
  gradient({ g, inputs: [a, b, c], gradients: [dy], attributes: { alpha, beta, transA, transB }, wanted }) {
    const product = (left: Value, right: Value, transA: number, transB: number): Value =>
      g.op("Gemm", [left, right], { alpha, transA, transB });
    const bias = (): Value => {
      const summed = rowSumTo(g, dy!, c!);
      return beta === 1 ? summed : g.op("Mul", [summed, scalarLike(g, summed, beta)]);
    };
    const [flipA, flipB] = [Number(transA === 0), Number(transB === 0)];
    return [
      wanted[0] ? (flipA ? product(dy!, b!, 0, flipB) : product(b!, dy!, transB, 1)) : undefined,
      wanted[1] ? (flipB ? product(a!, dy!, flipA, 0) : product(dy!, a!, 1, transA)) : undefined,
      wanted[2] ? bias() : undefined,
    ];
  },
});
