import { toFloat16 } from "../float16.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import { weightsOf } from "./weight.ts";

/** Fewer elements save less than the operator that widens them takes. */
const LEAST_ELEMENTS = 128;

/** The largest number of half precision, and the smallest with all of its bits. */
const [LARGEST, SMALLEST_NORMAL] = [65_504, 2 ** -14];

function fits({ values }: LiteTensor): boolean {
  let largest = 0;
  for (const value of values as Float32Array) largest = Math.max(largest, Math.abs(value));
  return largest <= LARGEST && largest >= SMALLEST_NORMAL;
}

/** The graph with weights in half precision, which the runtime widens once when it loads. */
export function halvedWeights(graph: LiteGraph): LiteGraph {
  const widened = new Map<LiteTensor, LiteTensor>();
  const widening: LiteOperator[] = [];
  for (const { tensor } of graph.operators.flatMap(weightsOf)) {
    if (widened.has(tensor) || tensor.values!.length < LEAST_ELEMENTS || !fits(tensor)) continue;
    const half: LiteTensor = {
      ...tensor,
      name: `${tensor.name}/half`,
      type: "FLOAT16",
      values: toFloat16(tensor.values as Float32Array),
    };
    const { values: _, ...wide } = tensor;
    widened.set(tensor, wide);
    widening.push({ op: "DEQUANTIZE", inputs: [half], outputs: [wide], options: {} });
  }
  const operators = graph.operators.map((operator) => {
    const own = new Set(weightsOf(operator).map(({ tensor }) => tensor));
    const inputs = operator.inputs.map((tensor) =>
      tensor !== undefined && own.has(tensor) ? (widened.get(tensor) ?? tensor) : tensor,
    );
    return { ...operator, inputs };
  });
  return { ...graph, operators: [...widening, ...operators] };
}
