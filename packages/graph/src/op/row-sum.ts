import { valuesOf } from "../element-type.ts";
import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { dimsOf, reshaped, sumTo } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";

/** Rows up to which the ones that they are multiplied with are worth their memory, 16 kB. */
const MOST_ROWS = 4096;

/**
 * As `sumTo`. A row that was repeated over all leading axes, as a bias is, gets its sums by a product with ones: on one
 * thread of a CPU onnxruntime 1.30 takes 6 us for that where its ReduceSum takes 28 ([256, 128], float32).
 */
export function rowSumTo(g: GraphEmitter, gradient: Value, operand: Value): Value {
  const [wide, narrow] = [dimsOf(gradient), dimsOf(operand)];
  const own = narrow.slice(narrow.findIndex((dim) => dim !== 1));
  const columns = elementCount(own);
  const rows = elementCount(wide.slice(0, wide.length - own.length));
  const trailing = wide.slice(wide.length - own.length).join() === own.join();
  if (!trailing || columns < 2 || rows < 2 || rows > MOST_ROWS || narrow.every((dim) => dim === 1))
    return sumTo(g, gradient, operand);
  const ones = g.constant(
    valuesOf(
      gradient.elementType,
      Array.from({ length: rows }, () => 1),
    ),
    [1, rows],
  );
  return reshaped(g, g.op("MatMul", [ones, reshaped(g, gradient, [rows, columns])]), narrow);
}
