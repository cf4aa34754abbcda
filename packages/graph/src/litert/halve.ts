import { toFloat16 } from "../float16.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import { weightsOf } from "./weight.ts";

/** Fewer elements save less than the operator that widens them takes. */
const LEAST_ELEMENTS = 128;

/** The largest number of half precision, and the smallest with all of its bits. */
const [LARGEST, SMALLEST_NORMAL] = [65_504, 2 ** -14];

function largestOf({ values }: LiteTensor): number {
  let largest = 0;
  for (const value of values as Float32Array) largest = Math.max(largest, Math.abs(value));
  return largest;
}

function fits(tensor: LiteTensor): boolean {
  const largest = largestOf(tensor);
  return largest <= LARGEST && largest >= SMALLEST_NORMAL;
}

/** The bias of a convolution. XNNPACK takes weights of half precision in only beside a bias of half precision. */
function biasOf({ op, inputs }: LiteOperator): readonly LiteTensor[] {
  const bias = op === "CONV_2D" || op === "DEPTHWISE_CONV_2D" ? inputs[2] : undefined;
  return bias?.values !== undefined && bias.type === "FLOAT32" && largestOf(bias) <= LARGEST ? [bias] : [];
}

/** What an operator has in half precision: its large weights, and the bias beside them. */
function halvedOf(operator: LiteOperator): readonly LiteTensor[] {
  const weights = weightsOf(operator)
    .map(({ tensor }) => tensor)
    .filter((tensor) => tensor.values!.length >= LEAST_ELEMENTS && fits(tensor));
  return weights.length === 0 ? [] : [...weights, ...biasOf(operator)];
}

/** The graph with weights in half precision, which the runtime widens once when it loads. */
export function halvedWeights(graph: LiteGraph): LiteGraph {
  const widened = new Map<LiteTensor, LiteTensor>();
  const widening: LiteOperator[] = [];
  for (const tensor of graph.operators.flatMap(halvedOf)) {
    if (widened.has(tensor)) continue;
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
    const own = new Set(halvedOf(operator));
    const inputs = operator.inputs.map((tensor) =>
      tensor !== undefined && own.has(tensor) ? widened.get(tensor)! : tensor,
    );
    return { ...operator, inputs };
  });
  return { ...graph, operators: [...widening, ...operators] };
}
