import { ELEMENT_TYPES } from "../../../element-type.ts";
import type { MilEmitter } from "../emitter.ts";
import {
  axisOf,
  numberOf,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, cast, reshape, scalar, unary } from "../primitive.ts";

/** The least and the largest whole number of a type that stands for fractions. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
};

/** The scale or zero point of every element: one number, or one for each index of an axis. */
function spread(call: MilCall, at: number): MilTensor | undefined {
  const value = call.inputs[at];
  if (
    value === undefined ||
    (at === 2 && value.constant !== undefined && Array.from(value.constant).every((zero) => zero === 0))
  )
    return undefined;
  const tensor = cast(call.e, plain(call, at), "fp32");
  if (value.dims.length !== 1) return tensor;
  const rank = call.inputs[0]!.dims.length;
  const axis = axisOf(call);
  return reshape(
    call.e,
    tensor,
    Array.from({ length: rank }, (_, one) => (one === axis ? value.dims[0]! : 1)),
    value.open[0] ? axis : undefined,
  );
}

const blocked = (call: MilCall): boolean => numberOf(call, "block_size") > 0;

const combinedWith = (e: MilEmitter, op: string, x: MilTensor, y: MilTensor | undefined): MilTensor =>
  y === undefined ? x : binary(e, op, x, y);

const refusal = refused("it has a scale for each block", "a scale for each channel");

/** Numbers as whole ones on a grid, and back: by arithmetic, since operators for it came with iOS 17 only. */
const quantise: MilLowering = (call) => {
  const { e, outputs } = call;
  const range = RANGES[outputs[0]!.elementType];
  if (blocked(call)) return refusal;
  if (range === undefined || call.inputs[0]!.elementType !== "float32")
    return refused(
      `it quantises ${call.inputs[0]!.elementType} to ${outputs[0]!.elementType}`,
      "float32 to int8 or uint8",
    );
  const whole = unary(e, "round", binary(e, "real_div", plain(call, 0), spread(call, 1)!));
  const moved = combinedWith(e, "add", whole, spread(call, 2));
  const [alpha, beta] = range.map((value) => scalar(e, "fp32", value)) as [MilTensor, MilTensor];
  return [cast(e, unary(e, "clip", moved, { alpha, beta }), "int32")];
};

const dequantise: MilLowering = (call) => {
  const { e, inputs } = call;
  if (blocked(call)) return refusal;
  if (ELEMENT_TYPES[inputs[1]!.elementType].kind !== "float")
    return refused(`its scale is ${inputs[1]!.elementType}`, "a scale of float32");
  const x = cast(e, plain(call, 0), "fp32");
  return [binary(e, "mul", combinedWith(e, "sub", x, spread(call, 2)), spread(call, 1)!)];
};

/** How what stands for fractions is written, where it is computed; constants are folded, and written anew by the precision that is asked for. */
export const QUANTISATION_RULES = {
  DequantizeLinear: dequantise,
  QuantizeLinear: quantise,
} satisfies Record<string, MilRule>;
