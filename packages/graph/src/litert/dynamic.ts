import { ALIKE, areAlike } from "./channel-scale.ts";
import { withBody, type LiteGraph, type LiteOperator, type LiteTensor } from "./lite-graph.ts";
import { symmetric, weightsOf } from "./weight.ts";

/** Smaller weights save little and cost accuracy; TensorFlow's converter draws the line there too. */
export const LARGE = 1024;

/** Kernels that take weights of 8 bits beside float32 inputs, which they round row by row as they run. */
const HYBRID: ReadonlySet<string> = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/** Rows of a table, picked as they are and scaled by the row's own number, or by one of all where they are alike. */
function pickedRows(
  { inputs, outputs, options }: LiteOperator,
  table: LiteTensor,
  shares: boolean,
): readonly LiteOperator[] {
  const [, places] = inputs as readonly [LiteTensor, LiteTensor];
  const [result] = outputs as readonly [LiteTensor];
  const name = result.name;
  if (shares) {
    const { values, quantisation } = symmetric(table, 0, true);
    const whole: LiteTensor = { ...table, name: `${table.name}/int8`, type: "INT8", values, quantisation };
    const picked: LiteTensor = { ...result, name: `${name}/int8`, type: "INT8", quantisation };
    return [
      { op: "GATHER", inputs: [whole, places], outputs: [picked], options },
      { op: "DEQUANTIZE", inputs: [picked], outputs: [result], options: {} },
    ];
  }
  const { values, quantisation } = symmetric(table, 0);
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

/** What is rounded, and how evenly. */
export interface DynamicOptions {
  /** How many numbers a table must have whose rows are picked and are alike. Default {@link LARGE}. */
  readonly rows?: number;
  /** How many times the least channel's size the largest may be, for one scale to do for all. Default {@link ALIKE}. */
  readonly apart?: number;
}

/** The graph with large weights in 8 bits, a scale for each channel; everything between stays float32. */
export function dynamicInt8(graph: LiteGraph, options: DynamicOptions = {}): LiteGraph {
  const { rows = LARGE, apart = ALIKE } = options;
  const made = new Map<LiteTensor, LiteTensor>();
  const operators = graph.operators.flatMap((operator): readonly LiteOperator[] => {
    if (operator.loop !== undefined) return [withBody(operator, (body) => dynamicInt8(body, options))];
    const [weight] = weightsOf(operator);
    if (weight === undefined) return [operator];
    const { tensor, at, axis = 0 } = weight;
    const shares = areAlike(tensor, axis, apart);
    const picks = operator.op === "GATHER";
    if (tensor.values!.length < (picks && shares ? rows : LARGE)) return [operator];
    if (picks) return operator.options["axis"] ? [operator] : pickedRows(operator, tensor, shares);
    if (!HYBRID.has(operator.op) || operator.inputs[0]!.type !== "FLOAT32") return [operator];
    const dense = operator.op === "FULLY_CONNECTED";
    const whole = made.get(tensor) ?? {
      ...tensor,
      name: `${tensor.name}/int8`,
      type: "INT8" as const,
      ...symmetric(tensor, axis, dense && shares),
    };
    made.set(tensor, whole);
    const own = dense ? { ...operator.options, asymmetric_quantize_inputs: true } : operator.options;
    return [{ ...operator, inputs: operator.inputs.with(at, whole), options: own }];
  });
  return { ...graph, operators };
}
