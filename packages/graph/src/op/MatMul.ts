import { elementCount, type Dim } from "../onnx.ts";
import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, sumTo } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";
import { stored } from "./stored.ts";

/** The two operands as matrices: a vector on the left is a row, one on the right a column. */
function asMatrices<D extends Dim>(
  a: readonly D[],
  b: readonly D[],
): readonly [readonly (D | 1)[], readonly (D | 1)[]] {
  return [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
}

/** A value as one matrix: its leading axes joined with the rows. */
function flattened(g: GraphEmitter, value: Value): Value {
  const dims = dimsOf(value);
  return reshaped(g, value, [elementCount(dims.slice(0, -1)), dims.at(-1)!]);
}

/** A value with its last two axes swapped; onnxruntime makes it part of the product that reads it. */
function swapped(g: GraphEmitter, value: Value): Value {
  const axes = value.dims.map((_, axis) => axis);
  return g.op("Transpose", [value], { perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!] });
}

/** The gradients of two operands of two or more axes. A matrix on the right takes all rows of the left at once. */
function gradientsOf(
  g: GraphEmitter,
  a: Value,
  b: Value,
  dy: Value,
  wanted: readonly boolean[],
): readonly (Value | undefined)[] {
  if (b.dims.length === 2) {
    const [rows, slopes] = [flattened(g, a), flattened(g, dy)];
    return [
      wanted[0] ? reshaped(g, g.op("Gemm", [slopes, b], { transB: 1 }), dimsOf(a)) : undefined,
      wanted[1] ? g.op("Gemm", [rows, slopes], { transA: 1 }) : undefined,
    ];
  }
  return [
    wanted[0] ? sumTo(g, g.op("MatMul", [dy, swapped(g, b)]), a) : undefined,
    wanted[1] ? sumTo(g, g.op("MatMul", [swapped(g, a), dy]), b) : undefined,
  ];
}

/** The matrix product over the last two axes, leading axes broadcast, as NumPy's `matmul`. */
export const MatMul = defineOp({
  since: 1,
  inputs: ["A", "B"],
  attributes: {},
  infer(call) {
    const [a, b] = [call.inputs[0]!, call.inputs[1]!];
    const elementType = sharedType(call, "a numeric type");
    const [left, right] = asMatrices(a.dims, b.dims);
    const lead = broadcast(left.slice(0, -2), right.slice(0, -2));
    if (left.length < 2 || right.length < 2 || lead === undefined || left.at(-1) !== right.at(-2))
      throw illegal(call.who, "inputs", "A[..., m, k] and B[..., k, n]", formatInputs([a, b]));
    const matrix = [
      ...(a.dims.length === 1 ? [] : [left.at(-2)!]),
      ...(b.dims.length === 1 ? [] : [right.at(-1)!]),
    ];
    return [{ elementType, dims: [...lead, ...matrix] }];
  },
  evaluate({ inputs }) {
    const [a, b] = [inputs[0]!, inputs[1]!];
    const [left, right] = asMatrices(a.dims, b.dims);
    const lead = broadcast(left.slice(0, -2), right.slice(0, -2)) as readonly number[];
    const [rows, inner, columns] = [left.at(-2)!, left.at(-1)!, right.at(-1)!];
    const values: number[] = [];
    forEachIndex([...lead, rows, columns], (index) => {
      const batch = index.slice(0, -2);
      const [row, column] = [index.at(-2)!, index.at(-1)!];
      let sum = 0;
      for (let k = 0; k < inner; k++)
        sum +=
          a.values[offsetOf([...batch, row, k], left)]! * b.values[offsetOf([...batch, k, column], right)]!;
      values.push(stored(a.elementType, sum));
    });
    return [Float64Array.from(values)];
  },
  gradient({ g, inputs, outputs: [y], gradients, wanted }) {
    const [a, b] = [inputs[0]!, inputs[1]!];
    const [left, right] = asMatrices(dimsOf(a), dimsOf(b));
    const lead = dimsOf(y!).slice(
      0,
      dimsOf(y!).length - (a.dims.length > 1 ? 1 : 0) - (b.dims.length > 1 ? 1 : 0),
    );
    const dy = reshaped(g, gradients[0]!, [...lead, left.at(-2)!, right.at(-1)!]);
    const [da, db] = gradientsOf(g, reshaped(g, a, left), reshaped(g, b, right), dy, wanted);
    return [da && reshaped(g, da, dimsOf(a)), db && reshaped(g, db, dimsOf(b))];
  },
});
