import { dynamicInt8 } from "./dynamic.ts";
import { exactSteps } from "./exact-step.ts";
import type { LiteGraph, LiteOperator, LiteQuantisation, LiteTensor } from "./lite-graph.ts";
import type { LiteOpName } from "./lite-op.ts";
import type { Range } from "../compress/calibrate/range.ts";
import { mayShareScale, WIDEST } from "./channel-scale.ts";
import type { Seen } from "./observe.ts";
import { roundedTables } from "./round-table.ts";
import { asymmetric, SAME_NUMBERS } from "./range.ts";
import { wantedScales } from "./wanted-scale.ts";
import { LEAST_SCALE, symmetric, weightsOf } from "./weight.ts";

/** Layers: where whole numbers begin. */
const LAYERS: ReadonlySet<LiteOpName> = new Set<LiteOpName>([
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "FULLY_CONNECTED",
]);

/** What goes on in whole numbers behind a layer, each tensor with its own range. */
const FREE: ReadonlySet<LiteOpName> = new Set<LiteOpName>([
  "ADD",
  "HARD_SWISH",
  "LEAKY_RELU",
  "MEAN",
  "MUL",
  "RELU",
  "RELU6",
  "SUB",
]);

/** Kernels make a sum a result by a factor within these: XNNPACK takes 2^-32 to 2^8. */
const [LEAST_FACTOR, LARGEST_FACTOR] = [2 ** -31, 2 ** 8];

/** Tables of rows with fewer numbers save less than the operator that widens what is picked takes. */
const LEAST_ROWS = 128;

/** A bias leaves as much of 32 bits to the sum that it is added to. */
const LARGEST_BIAS = 2 ** 30;

/** What undoes a logarithm: behind it small steps stay small. */
const EXPONENTIAL: ReadonlySet<LiteOpName> = new Set<LiteOpName>(["EXP", "LOGISTIC", "SOFTMAX"]);

/** Functions whose result has a range of its own, which kernels insist on. */
const FIXED: Partial<Record<LiteOpName, { readonly scale: number; readonly zero: number }>> = {
  LOGISTIC: { scale: 1 / 256, zero: -128 },
  SOFTMAX: { scale: 1 / 256, zero: -128 },
  TANH: { scale: 1 / 128, zero: 0 },
};

/**
 * Operators that a logarithm reads from, back to the layer behind which they stand, with that layer: 256 steps of a power make
 * all its small numbers zero, and the logarithm is there for the small ones (spectra).
 */
function beforeLogarithms({ operators }: LiteGraph): ReadonlySet<LiteOperator> {
  const wanted = new Set<LiteTensor | undefined>();
  const found = new Set<LiteOperator>();
  for (const operator of operators.toReversed()) {
    const read = operator.outputs.some((tensor) => wanted.has(tensor));
    if (read) found.add(operator);
    const ends = LAYERS.has(operator.op) || EXPONENTIAL.has(operator.op);
    if (operator.op === "LOG" || (read && !ends)) for (const tensor of operator.inputs) wanted.add(tensor);
  }
  return found;
}

/** Means that are only taken from what they are the mean of: what is left, and its deviation, hang on their last digits. */
function centring({ operators }: LiteGraph): ReadonlySet<LiteOperator> {
  const means = new Map(
    operators.flatMap((operator) =>
      operator.op === "MEAN" ? [[operator.outputs[0]!, operator] as const] : [],
    ),
  );
  const found = new Set(means.values());
  for (const { op, inputs } of operators)
    for (const [at, tensor] of inputs.entries()) {
      const mean = tensor && means.get(tensor);
      if (mean !== undefined && !(op === "SUB" && at === 1 && inputs[0] === mean.inputs[0]))
        found.delete(mean);
    }
  return found;
}

/** Which ends stay float32, and whether probabilities are computed from whole numbers. */
export interface QuantiseOptions {
  readonly integerEnds: boolean;
}

/** A graph in whole numbers. */
export interface Quantised {
  readonly graph: LiteGraph;
  /** How many operators compute with whole numbers, and how many stayed float32. */
  readonly whole: number;
  readonly float: number;
}

/**
 * The graph with its layers, and what follows them, in whole numbers of 8 bits: a scale for each channel of the weights, one
 * for each tensor between. What stands before the first layer (scalers, encoders, features) stays float32, and so does what
 * LiteRT has no kernel for and what logarithms are taken of, whose weights are still stored in 8 bits.
 */
export function quantised(
  graph: LiteGraph,
  ranges: ReadonlyMap<LiteTensor, Seen>,
  { integerEnds }: QuantiseOptions,
): Quantised {
  const operators: LiteOperator[] = [];
  /** The whole-number form of a float32 tensor, where it has one. */
  const whole = new Map<LiteTensor, LiteTensor>();
  /** Tensors that exist as whole numbers only, until something wants them otherwise. */
  const bare = new Set<LiteTensor>();
  /** What float32 tensors, and results in scales of their own, were rounded to where they are laid beside others. */
  const rounded = new Map<LiteTensor, readonly LiteTensor[]>();
  let count = 0;
  const fine = beforeLogarithms(graph);
  const wanted = wantedScales(graph, ranges, fine);
  const ends = new Set(graph.outputs);
  const centres = centring(graph);

  const typed = (tensor: LiteTensor, quantisation: LiteQuantisation): LiteTensor => {
    const { values: _, ...rest } = tensor;
    return { ...rest, type: "INT8", quantisation };
  };
  const allFinite = ({ values }: LiteTensor): boolean =>
    values !== undefined && (values as Float32Array).every(Number.isFinite);
  const mayJoin = (tensor: LiteTensor): boolean =>
    tensor.type === "FLOAT32" && (tensor.values === undefined || allFinite(tensor));
  const rangeOf = ({ values }: LiteTensor): Range =>
    (values as Float32Array).reduce(
      (r, value) => ({ low: Math.min(r.low, value), high: Math.max(r.high, value) }),
      { low: 0, high: 0 },
    );
  const constantOf = (tensor: LiteTensor, quantisation = asymmetric(rangeOf(tensor))): LiteTensor => {
    const numbers = tensor.values as Float32Array;
    const [scale, zero] = [quantisation.scales[0]!, quantisation.zeroPoints[0]!];
    const values = Int8Array.from(numbers, (value) =>
      Math.max(-128, Math.min(127, Math.round(value / scale) + zero)),
    );
    return { ...tensor, name: `${tensor.name}/int8`, type: "INT8", quantisation, values };
  };
  const asWhole = (tensor: LiteTensor): LiteTensor | undefined => {
    const known = whole.get(tensor);
    if (known !== undefined) return known;
    if (tensor.type !== "FLOAT32") return undefined;
    const range = ranges.get(tensor);
    if (tensor.values === undefined ? range === undefined : !allFinite(tensor)) return undefined;
    const made = tensor.values === undefined ? typed(tensor, asymmetric(range!)) : constantOf(tensor);
    whole.set(tensor, made);
    if (tensor.values === undefined)
      operators.push({ op: "QUANTIZE", inputs: [tensor], outputs: [made], options: {} });
    return made;
  };
  /** A float32 tensor in a scale that is given, rounded once. */
  const inScale = (tensor: LiteTensor, quantisation: LiteQuantisation): LiteTensor => {
    if (tensor.values !== undefined) return constantOf(tensor, quantisation);
    const known = bare.has(tensor) ? whole.get(tensor)! : tensor;
    const scale = JSON.stringify(quantisation);
    if (known.type === "INT8" && JSON.stringify(known.quantisation) === scale) return known;
    const before = rounded.get(tensor)?.find((one) => JSON.stringify(one.quantisation) === scale);
    if (before !== undefined) return before;
    const made = typed(tensor, quantisation);
    rounded.set(tensor, [...(rounded.get(tensor) ?? []), made]);
    operators.push({ op: "QUANTIZE", inputs: [known], outputs: [made], options: {} });
    return made;
  };
  const asFloat = (tensor: LiteTensor | undefined): LiteTensor | undefined => {
    if (tensor !== undefined && bare.delete(tensor))
      operators.push({ op: "DEQUANTIZE", inputs: [whole.get(tensor)!], outputs: [tensor], options: {} });
    return tensor;
  };
  const give = (
    operator: LiteOperator,
    inputs: LiteOperator["inputs"],
    quantisation: LiteQuantisation,
  ): true => {
    const [result] = operator.outputs as readonly [LiteTensor];
    const made = typed(result, quantisation);
    whole.set(result, made);
    bare.add(result);
    operators.push({ ...operator, inputs, outputs: [made] });
    count += 1;
    return true;
  };

  /** A layer in whole numbers: weights by channel, its bias in the product of the scales. */
  const layer = (operator: LiteOperator): boolean => {
    const [weight] = weightsOf(operator);
    const [x, , bias] = operator.inputs;
    const range = ranges.get(operator.outputs[0]!);
    if (weight === undefined || range === undefined || (bias !== undefined && !allFinite(bias))) return false;
    const given = asWhole(x!);
    if (given === undefined) return false;
    const result = wanted.get(operator.outputs[0]!) ?? asymmetric(range);
    const { axis = 0 } = weight;
    const [step] = given.quantisation!.scales as readonly [number];
    const [last] = result.scales as readonly [number];
    const steps = { given: step, result: last, square: ranges.get(x!)?.square ?? step * step };
    const shares = mayShareScale(weight.tensor, axis, steps);
    const numbers = (bias?.values as Float32Array | undefined) ?? new Float32Array(weight.tensor.dims[axis]!);
    const least = Float64Array.from(
      numbers,
      (value) => Math.max(last * LEAST_FACTOR, Math.abs(value) / LARGEST_BIAS) / step,
    );
    const weights: LiteTensor = {
      ...weight.tensor,
      name: `${weight.tensor.name}/int8`,
      type: "INT8",
      ...symmetric(weight.tensor, axis, shares, least),
    };
    const scales = weights.quantisation!.scales.map((scale) => scale * step);
    if (!scales.every((scale) => scale >= LEAST_SCALE && scale < LARGEST_FACTOR * last)) return false;
    const sums: LiteTensor = {
      name: `${operator.outputs[0]!.name}/bias`,
      type: "INT32",
      dims: [numbers.length],
      open: [false],
      values: Int32Array.from(numbers, (value, at) => Math.round(value / (scales[at] ?? scales[0]!))),
      quantisation: { scales: scales.map(Math.fround), zeroPoints: scales.map(() => 0), axis: 0 },
    };
    const { asymmetric_quantize_inputs: _, ...options } = operator.options;
    return give({ ...operator, options }, [given, weights, sums], result);
  };
  const isBehind = ({ inputs }: LiteOperator): boolean =>
    inputs.some((tensor) => tensor !== undefined && whole.has(tensor) && tensor.values === undefined);
  const follow = (operator: LiteOperator): boolean => {
    const { op, inputs, outputs } = operator;
    if (centres.has(operator)) return false;
    if (outputs.length !== 1 || outputs[0]!.type !== "FLOAT32" || !isBehind(operator)) return false;
    const [first] = inputs as readonly [LiteTensor];
    if (SAME_NUMBERS.has(op)) {
      const given = whole.get(first);
      return given !== undefined && give(operator, inputs.with(0, given), given.quantisation!);
    }
    if (op === "CONCATENATION") {
      const range = ranges.get(outputs[0]!);
      if (range === undefined || !inputs.every((tensor) => mayJoin(tensor!))) return false;
      const quantisation = wanted.get(outputs[0]!) ?? asymmetric(range);
      return give(
        operator,
        inputs.map((tensor) => inScale(tensor!, quantisation)),
        quantisation,
      );
    }
    const fixed = FIXED[op];
    // A probability that an app reads is worth its digits.
    if (fixed !== undefined && (integerEnds || !ends.has(outputs[0]!)))
      return give(operator, [whole.get(first)!], {
        scales: [fixed.scale],
        zeroPoints: [fixed.zero],
        axis: 0,
      });
    const range = ranges.get(outputs[0]!);
    if (!FREE.has(op) || range === undefined) return false;
    const operands = inputs.map((tensor) => (tensor!.type === "FLOAT32" ? asWhole(tensor!) : tensor));
    const quantisation = wanted.get(outputs[0]!) ?? asymmetric(range);
    return !operands.includes(undefined) && give(operator, operands, quantisation);
  };

  for (const operator of graph.operators) {
    const written = fine.has(operator) ? false : LAYERS.has(operator.op) ? layer(operator) : follow(operator);
    if (!written) operators.push({ ...operator, inputs: operator.inputs.map(asFloat) });
  }
  for (const tensor of graph.outputs) if (!integerEnds) asFloat(tensor);
  const outputs = graph.outputs.map((tensor) =>
    bare.has(tensor) ? { ...whole.get(tensor)!, name: tensor.name } : tensor,
  );
  const renamed = new Map(graph.outputs.map((tensor, at) => [whole.get(tensor), outputs[at]!]));
  const finished = operators.map((operator) => ({
    ...operator,
    inputs: operator.inputs.map((tensor) => (bareEnd(tensor) ? renamed.get(tensor)! : tensor)),
    outputs: operator.outputs.map((tensor) => (bareEnd(tensor) ? renamed.get(tensor)! : tensor)),
  }));
  function bareEnd(tensor: LiteTensor | undefined): boolean {
    const end = renamed.get(tensor);
    return tensor !== undefined && end !== undefined && end.type === "INT8";
  }
  const made = exactSteps(
    roundedTables(
      dynamicInt8({ ...graph, operators: finished, outputs }, { rows: LEAST_ROWS, apart: WIDEST }),
    ),
  );
  const whole8 = integerEnds ? integerInputs(made) : made;
  return { graph: whole8, whole: count, float: graph.operators.length - count };
}

/** The graph without the operators that only round an input. */
function integerInputs(graph: LiteGraph): LiteGraph {
  const rounding = new Map<LiteTensor, LiteOperator>();
  for (const operator of graph.operators) {
    const [given] = operator.inputs;
    const readers = graph.operators.filter(({ inputs }) => inputs.includes(given));
    if (operator.op === "QUANTIZE" && graph.inputs.includes(given!) && readers.length === 1)
      rounding.set(given!, operator);
  }
  const replaced = new Map(
    [...rounding].map(([given, { outputs }]) => [outputs[0], { ...outputs[0]!, name: given.name }] as const),
  );
  const operators = graph.operators
    .filter((operator) => rounding.get(operator.inputs[0]!) !== operator)
    .map((operator) => ({
      ...operator,
      inputs: operator.inputs.map((tensor) => (tensor && replaced.get(tensor)) ?? tensor),
    }));
  const replacement = (given: LiteTensor): LiteTensor | undefined => {
    const result = rounding.get(given)?.outputs[0];
    return result && replaced.get(result);
  };
  const inputs = graph.inputs.map((given) => replacement(given) ?? given);
  return { ...graph, inputs, operators };
}
