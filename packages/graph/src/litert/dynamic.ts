import { areAlike } from "./channel-scale.ts";
import type { LiteGraph, LiteOperator, LiteTensor } from "./lite-graph.ts";
import { symmetric, weightsOf } from "./weight.ts";

/** Smaller weights save little and cost accuracy; TensorFlow's converter draws the line there too. */
const LEAST_ELEMENTS = 1024;

/** Kernels that take weights of 8 bits beside float32 inputs, which they round row by row as they run. */
const HYBRID: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/** Rows of a table, picked as they are and scaled by the row's own number. */
function pickedRows({ inputs, outputs, options }: LiteOperator, table: LiteTensor): readonly LiteOperator[] {
  const [, places] = inputs as readonly [LiteTensor, LiteTensor];
  const [result] = outputs as readonly [LiteTensor];
  const { values, quantisation } = symmetric(table, 0);
  const name = result.name;
  const whole: LiteTensor = { ...table, name: `${table.name}/int8`, type: "INT8", values };
  const ones = table.dims.map((length, axis) => (axis === 0 ? length : 1));
  const scales: LiteTensor = {
    ...table,
    name: `${table.name}/scale`,
    dims: ones,
    values: Float32Array.from(quantisation.scales),
  };
  const picked: LiteTensor = { ...result, name: `${name}/int8`, type: "INT8" };
  const wide: LiteTensor = { ...result, name: `${name}/wide` };
  const lead = result.dims.length - table.dims.length + 1;
  const scale: LiteTensor = {
    ...result,
    name: `${name}/scale`,
    dims: result.dims.map((length, axis) => (axis < lead ? length : 1)),
  };
  return [
    { op: "GATHER", inputs: [whole, places], outputs: [picked], options },
    { op: "CAST", inputs: [picked], outputs: [wide], options: {} },
    { op: "GATHER", inputs: [scales, places], outputs: [scale], options },
    { op: "MUL", inputs: [wide, scale], outputs: [result], options: {} },
  ];
}

/** The graph with large weights in 8 bits, a scale for each channel; everything between stays float32. */
export function dynamicInt8(graph: LiteGraph): LiteGraph {
  const made = new Map<LiteTensor, LiteTensor>();
  const operators = graph.operators.flatMap((operator): readonly LiteOperator[] => {
    const [weight] = weightsOf(operator);
    if (weight === undefined || weight.tensor.values!.length < LEAST_ELEMENTS) return [operator];
    const { tensor, at, axis = 0 } = weight;
    if (operator.op === "GATHER") return operator.options["axis"] ? [operator] : pickedRows(operator, tensor);
    if (!HYBRID.has(operator.op) || operator.inputs[0]!.type !== "FLOAT32") return [operator];
    const dense = operator.op === "FULLY_CONNECTED";
    const whole = made.get(tensor) ?? {
      ...tensor,
      name: `${tensor.name}/int8`,
      type: "INT8" as const,
      ...symmetric(tensor, axis, dense && areAlike(tensor, axis)),
    };
    made.set(tensor, whole);
    const options = dense ? { ...operator.options, asymmetric_quantize_inputs: true } : operator.options;
    return [{ ...operator, inputs: operator.inputs.with(at, whole), options }];
  });
  return { ...graph, operators };
}
