import { LARGE } from "./dynamic.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import { largestOf, symmetricWhole } from "../compress/whole-number.ts";
import { LEAST_SCALE } from "./weight.ts";

/** Whether a constant is a large table: what is told of each of many places, as of the steps of a series. */
function isTable(tensor: LiteTensor | undefined): tensor is LiteTensor {
  const values = tensor?.type === "FLOAT32" ? (tensor.values as Float32Array | undefined) : undefined;
  if (values === undefined || values.length < LARGE || !values.every(Number.isFinite)) return false;
  return tensor!.dims.filter((length) => length > 1).length > 1;
}

/** The graph with large tables that something is added to in 8 bits, one scale for each. */
export function roundedTables(graph: LiteGraph): LiteGraph {
  const widened = new Map<LiteTensor, LiteTensor>();
  const operators = graph.operators.flatMap((operator): readonly LiteOperator[] => {
    if (operator.op !== "ADD") return [operator];
    const widening: LiteOperator[] = [];
    const inputs = operator.inputs.map((tensor) => {
      if (!isTable(tensor)) return tensor;
      const known = widened.get(tensor);
      if (known !== undefined) return known;
      const numbers = tensor.values as Float32Array;
      const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const scale = Math.fround(largest / largestOf(8));
      if (scale < LEAST_SCALE) return tensor;
      const { values: _, ...rest } = tensor;
      const wide: LiteTensor = { ...rest, name: "" };
      const whole: LiteTensor = {
        ...tensor,
        type: "INT8",
        values: symmetricWhole(numbers, { count: 1, of: () => 0 }, Float32Array.of(scale), 8),
        quantisation: { scales: [scale], zeroPoints: [0], axis: 0 },
      };
      widening.push({ op: "DEQUANTIZE", inputs: [whole], outputs: [wide], options: {} });
      widened.set(tensor, wide);
      return wide;
    });
    return [...widening, { ...operator, inputs }];
  });
  return { ...graph, operators };
}
