import type { Dim } from "../onnx.ts";
import { broadcast, forEachIndex, offsetOf } from "../shape.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The two operands as matrices: a vector on the left is a row, one on the right a column. */
function asMatrices<D extends Dim>(
  a: readonly D[],
  b: readonly D[],
): readonly [readonly (D | 1)[], readonly (D | 1)[]] {
  return [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
}

/** The matrix product over the last two axes, leading axes broadcast, as NumPy's `matmul`. */
export const MatMul = defineOp({
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
      values.push(sum);
    });
    return [Float64Array.from(values)];
  },
});
