import type { LiteOperator, LiteTensor } from "./lite-graph.ts";
import type { LiteOpName } from "./lite-op.ts";
import type { LiteType } from "./lite-type.ts";

/** What decides the version of an operator: types, ranks and options. */
type VersionRule = (operator: LiteOperator) => number;

const typeAt = ({ inputs }: LiteOperator, at: number): LiteType | undefined => inputs[at]?.type;
const rankAt = ({ inputs }: LiteOperator, at: number): number => inputs[at]?.dims.length ?? 0;
const int8At =
  (at = 0, version = 2): VersionRule =>
  (operator) =>
    typeAt(operator, at) === "INT8" ? version : 1;

const perChannel = (tensor: LiteTensor | undefined): boolean =>
  (tensor?.quantisation?.scales.length ?? 0) > 1;

/** Whether two inputs differ in shape and one has more than four axes. */
function isWideBroadcast({ inputs: [a, b] }: LiteOperator): boolean {
  const wide = Math.max(a!.dims.length, b!.dims.length) > 4;
  return wide && a!.dims.join() !== b!.dims.join();
}

/** A layer's version by what its weights are: float, hybrid (per tensor, per channel) or whole numbers throughout. */
const layer =
  (hybrid: number, hybridChannels: number, whole: number, otherwise: VersionRule): VersionRule =>
  (operator) => {
    const weights = operator.inputs[1];
    if (weights?.type !== "INT8") return otherwise(operator);
    if (typeAt(operator, 0) === "INT8") return whole;
    return perChannel(weights) ? hybridChannels : hybrid;
  };

const byRank =
  (most: number, version: number, otherwise: VersionRule): VersionRule =>
  (operator) =>
    rankAt(operator, 0) > most ? version : otherwise(operator);

/** Versions after TensorFlow's op_version.cc, for the types and options that we write; 1 where none is named. */
const VERSIONS: Partial<Record<LiteOpName, VersionRule>> = {
  ABS: (operator) => (typeAt(operator, 0) === "INT32" ? 5 : int8At()(operator)),
  ADD: (operator) => (typeAt(operator, 0) === "INT64" ? 4 : int8At()(operator)),
  ARG_MAX: (operator) => (typeAt(operator, 0) === "BOOL" ? 3 : int8At()(operator)),
  ARG_MIN: (operator) => (typeAt(operator, 0) === "BOOL" ? 3 : int8At()(operator)),
  AVERAGE_POOL_2D: int8At(),
  BATCH_MATMUL: int8At(),
  BROADCAST_TO: (operator) => (typeAt(operator, 0) === "INT8" ? 3 : 2),
  CAST: ({ inputs, outputs }) => {
    const types = [inputs[0]!.type, outputs[0]!.type];
    if (types.includes("FLOAT64") || types.includes("FLOAT16")) return 5;
    return types.includes("INT8") ? 3 : 1;
  },
  CONCATENATION: (operator) => (typeAt(operator, 0) === "INT16" ? 3 : int8At()(operator)),
  CONV_2D: (operator) => {
    const grouped = operator.inputs[0]!.dims[3] !== operator.inputs[1]!.dims[3];
    return grouped ? 6 : layer(2, 5, 3, () => 1)(operator);
  },
  DEPTHWISE_CONV_2D: layer(4, 6, 3, ({ options }) =>
    [options["dilation_w_factor"], options["dilation_h_factor"]].some((factor) => (factor ?? 1) !== 1)
      ? 2
      : 1,
  ),
  DEPTH_TO_SPACE: int8At(),
  DEQUANTIZE: (operator) => {
    if (typeAt(operator, 0) === "FLOAT16") return 3;
    if (typeAt(operator, 0) !== "INT8") return 1;
    return perChannel(operator.inputs[0]) ? 5 : 2;
  },
  DIV: (operator) => (isWideBroadcast(operator) ? 2 : 1),
  EQUAL: int8At(),
  EXP: int8At(),
  FLOOR_DIV: (operator) => (typeAt(operator, 0) === "FLOAT32" ? 2 : 1),
  FULLY_CONNECTED: (operator) => {
    const { inputs, options } = operator;
    const channels = inputs[1]?.type === "INT8" && inputs[0]!.type !== "INT8" && perChannel(inputs[1]);
    if (channels) return 12;
    if (inputs[2] === undefined) return 6;
    const rounds = options["asymmetric_quantize_inputs"] === true;
    return options["keep_num_dims"] === true ? 5 : layer(rounds ? 9 : 3, 12, 4, () => 1)(operator);
  },
  GATHER: ({ inputs, options }) => {
    if ((options["batch_dims"] ?? 0) !== 0) return 5;
    const versions: Partial<Record<LiteType, number>> = { INT16: 4, BOOL: 3, INT8: 2 };
    return versions[inputs[0]!.type] ?? 1;
  },
  GATHER_ND: (operator) => (typeAt(operator, 0) === "BOOL" ? 5 : 1),
  GELU: int8At(),
  GREATER: int8At(),
  GREATER_EQUAL: int8At(),
  LESS: int8At(),
  LESS_EQUAL: int8At(),
  LOGISTIC: int8At(),
  LOG_SOFTMAX: int8At(),
  MAX_POOL_2D: int8At(),
  MAXIMUM: (operator) => (isWideBroadcast(operator) ? 3 : int8At()(operator)),
  MEAN: int8At(),
  MINIMUM: (operator) => (isWideBroadcast(operator) ? 3 : int8At()(operator)),
  MIRROR_PAD: int8At(),
  MUL: ({ inputs, outputs }) => {
    const [type, a, b, result] = [inputs[0]!.type, inputs[0], inputs[1], outputs[0]];
    if (type === "INT64") return 5;
    if (type !== "INT8") return 1;
    const scale = (tensor: LiteTensor | undefined): number => tensor?.quantisation?.scales[0] ?? 0;
    return (scale(a) * scale(b)) / scale(result) >= 1 ? 3 : 2;
  },
  NOT_EQUAL: int8At(),
  PACK: int8At(),
  PAD: (operator) => (typeAt(operator, 0) === "BOOL" ? 5 : byRank(4, 4, int8At())(operator)),
  PADV2: (operator) => (typeAt(operator, 0) === "BOOL" ? 5 : byRank(4, 4, int8At())(operator)),
  QUANTIZE: ({ outputs }) => (perChannel(outputs[0]) ? 3 : 1),
  REDUCE_MAX: int8At(),
  REDUCE_MIN: int8At(),
  REDUCE_PROD: int8At(),
  RELU: int8At(),
  RELU6: int8At(),
  RESIZE_BILINEAR: ({ options }) => (options["half_pixel_centers"] === true ? 3 : 1),
  RESIZE_NEAREST_NEIGHBOR: ({ options }) =>
    options["half_pixel_centers"] === true || options["align_corners"] === true ? 3 : 1,
  REVERSE_V2: (operator) => ({ INT8: 3, BOOL: 2 })[typeAt(operator, 0) as "INT8" | "BOOL"] ?? 1,
  RSQRT: int8At(),
  SIGN: (operator) => (typeAt(operator, 0) === "INT32" ? 2 : 1),
  SLICE: byRank(4, 5, (operator) => (typeAt(operator, 0) === "INT16" ? 4 : int8At()(operator))),
  SOFTMAX: int8At(),
  SPACE_TO_DEPTH: int8At(),
  SPLIT: int8At(1),
  SQRT: int8At(),
  SQUARED_DIFFERENCE: int8At(),
  STRIDED_SLICE: byRank(4, 4, (operator) => (typeAt(operator, 0) === "BOOL" ? 3 : int8At()(operator))),
  SUB: (operator) => {
    if (typeAt(operator, 0) === "INT64") return 4;
    return isWideBroadcast(operator) ? 3 : int8At()(operator);
  },
  SUM: int8At(),
  TANH: int8At(),
  TILE: int8At(0, 3),
  TOPK_V2: int8At(),
  TRANSPOSE: (operator) => {
    const rank = rankAt(operator, 0);
    if (rank > 4) return rank > 6 ? 8 : rank === 6 ? 6 : 4;
    const versions: Partial<Record<LiteType, number>> = { INT16: 5, BOOL: 3, INT8: 2 };
    return versions[typeAt(operator, 0)!] ?? 1;
  },
  TRANSPOSE_CONV: ({ inputs }) => (inputs[3] === undefined ? 1 : 3),
  UNPACK: (operator) => (typeAt(operator, 0) === "BOOL" ? 3 : int8At()(operator)),
};

/** The version of an operator that a runtime must have, after TensorFlow's op_version.cc. */
export function liteVersionOf(operator: LiteOperator): number {
  return VERSIONS[operator.op]?.(operator) ?? 1;
}
