import { toFloat16 } from "../float16.ts";
import { keepsHalf, LARGEST_HALF, SMALLEST_NORMAL_HALF } from "../half-range.ts";
import { withBody, type LiteGraph, type LiteOperator, type LiteTensor } from "./lite-graph.ts";
import { weightsOf } from "./weight.ts";

/** Fewer elements save less than the operator that widens them takes. */
const LEAST_ELEMENTS = 128;

/** What gives a number for each that it reads, as small as those are. */
const FOLLOWED: ReadonlySet<LiteOperator["op"]> = new Set<LiteOperator["op"]>([
  "ABS",
  "ADD",
  "CONCATENATION",
  "MAXIMUM",
  "MAX_POOL_2D",
  "MINIMUM",
  "MUL",
  "RELU",
  "RESHAPE",
  "SLICE",
  "SQRT",
  "SQUARE",
  "STRIDED_SLICE",
  "TRANSPOSE",
]);

const isConstant = (tensor: LiteTensor | undefined): tensor is LiteTensor =>
  tensor?.values !== undefined && tensor.type === "FLOAT32";

/** Whether a constant has numbers of which half precision has few bits or none. */
const hasSmall = ({ values }: LiteTensor): boolean =>
  (values as Float32Array).some((value) => value !== 0 && Math.abs(value) < SMALLEST_NORMAL_HALF);

/** Tensors of which a logarithm is taken, or by which is divided, and what they follow from: there a number near 0 counts as much as a large one. */
function magnified({ operators }: LiteGraph): ReadonlySet<LiteTensor> {
  const found = new Set<LiteTensor>();
  for (const { op, inputs, outputs } of operators.toReversed()) {
    const read = op === "DIV" ? inputs[1] : op === "LOG" || op === "RSQRT" ? inputs[0] : undefined;
    if (read !== undefined) found.add(read);
    // What is added to a larger number is lost in that, not in half precision.
    const isLost = op === "ADD" && inputs.some((tensor) => isConstant(tensor) && !hasSmall(tensor));
    if (FOLLOWED.has(op) && !isLost && outputs.some((tensor) => found.has(tensor)))
      for (const tensor of inputs) if (tensor !== undefined) found.add(tensor);
  }
  return found;
}

/** The bias of a convolution. XNNPACK takes weights of half precision in only beside a bias of half precision. */
function biasOf({ op, inputs }: LiteOperator): LiteTensor | undefined {
  const bias = op === "CONV_2D" || op === "DEPTHWISE_CONV_2D" ? inputs[2] : undefined;
  return isConstant(bias) ? bias : undefined;
}

/**
 * What an operator has in half precision: its large weights, and the bias beside them. Each number of a bias is all that there is of
 * its channel where nothing else comes in: a small one that is magnified keeps the operator in single precision.
 */
function halvedOf(operator: LiteOperator, isMagnified: boolean): readonly LiteTensor[] {
  const weights = weightsOf(operator)
    .map(({ tensor }) => tensor)
    .filter(
      ({ values, dims }) =>
        values!.length >= LEAST_ELEMENTS && keepsHalf({ values: values as Float32Array, dims }),
    );
  const bias = biasOf(operator);
  if (weights.length === 0 || bias === undefined) return weights;
  if (isMagnified && hasSmall(bias)) return [];
  const fits = (bias.values as Float32Array).every((value) => Math.abs(value) <= LARGEST_HALF);
  return fits ? [...weights, bias] : weights;
}

/**
 * The graph with weights in half precision, which the runtime widens once when it loads. Those of which half precision would
 * leave too little stay: see {@link keepsHalf}.
 */
export function halvedWeights(graph: LiteGraph): LiteGraph {
  const widened = new Map<LiteTensor, LiteTensor>();
  const widening: LiteOperator[] = [];
  const reached = magnified(graph);
  const halves = graph.operators.map((operator) =>
    halvedOf(
      operator,
      operator.outputs.some((tensor) => reached.has(tensor)),
    ),
  );
  for (const tensor of halves.flat()) {
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
  const operators = graph.operators.map((operator, at) => {
    const own = new Set(halves[at]!);
    const inputs = operator.inputs.map((tensor) =>
      tensor !== undefined && own.has(tensor) ? widened.get(tensor)! : tensor,
    );
    return withBody({ ...operator, inputs }, halvedWeights);
  });
  return { ...graph, operators: [...widening, ...operators] };
}
