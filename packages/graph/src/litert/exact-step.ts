import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";

/** Fewer numbers save less than the operator that widens them takes. */
export const WORTH_ELEMENTS = 128;

/** The largest whole number of 8 bits that has its negative. */
const MOST_STEPS = 127;

/** A step of six bits of which no number is more than 127, so that its multiples are exact in float32; 0 where none is. */
export function stepOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]!));
  if (largest === 0 || !Number.isFinite(largest)) return 0;
  const unit = 2 ** (Math.floor(Math.log2(largest / MOST_STEPS)) - 5);
  return unit * Math.ceil(largest / MOST_STEPS / unit);
}

/** The largest step that all numbers are multiples of, by Euclid's algorithm; undefined where one has more than 127. */
function commonStep(values: Float32Array): number | undefined {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return undefined;
  const unit = 2 ** (Math.floor(Math.log2(largest)) - 23);
  let common = 0;
  for (const value of values) {
    let [a, b] = [Math.abs(value) / unit, common];
    if (!Number.isInteger(a)) return undefined;
    while (b !== 0) [a, b] = [b, a % b];
    common = a;
    if (common * MOST_STEPS < largest / unit) return undefined;
  }
  return common * unit;
}

/** The graph with large operands of sums and products that are whole multiples of a step in 8 bits, which loses nothing. */
export function exactSteps(graph: LiteGraph): LiteGraph {
  const widened = new Map<LiteTensor, LiteTensor>();
  const operators = graph.operators.flatMap((operator): readonly LiteOperator[] => {
    if (operator.op !== "ADD" && operator.op !== "MUL") return [operator];
    const widening: LiteOperator[] = [];
    const inputs = operator.inputs.map((tensor) => {
      const values = tensor?.type === "FLOAT32" ? tensor.values : undefined;
      if (tensor === undefined || values === undefined || values.length < WORTH_ELEMENTS) return tensor;
      const known = widened.get(tensor);
      if (known !== undefined) return known;
      const numbers = values as Float32Array;
      const step = commonStep(numbers);
      // -0 would come back as 0.
      if (step === undefined || numbers.some((one) => Object.is(one, -0))) return tensor;
      // A constant still, which has no name of its own.
      const { values: _, ...rest } = tensor;
      const wide = { ...rest, name: "" };
      const whole: LiteTensor = {
        ...tensor,
        type: "INT8",
        values: Int8Array.from(numbers, (one) => one / step),
        quantisation: { scales: [step], zeroPoints: [0], axis: 0 },
      };
      widening.push({ op: "DEQUANTIZE", inputs: [whole], outputs: [wide], options: {} });
      widened.set(tensor, wide);
      return wide;
    });
    return [...widening, { ...operator, inputs }];
  });
  return { ...graph, operators };
}
