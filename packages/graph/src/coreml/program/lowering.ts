import { isComputable } from "../../element-type.ts";
import { refused, type KnownCall, type Refusal, type WalkedValue } from "../../known-walk.ts";
import type { MilEmitter } from "./emitter.ts";
import type { MilTensor } from "./mil-graph.ts";
import { milTypeOf, type MilType } from "./mil-type.ts";

/** The tensor that holds a value. */
export interface MilHeld {
  readonly held: MilTensor;
}

/** A value of our graph as the exporter knows it; `held` is the tensor of what is computed. */
export type MilValue = WalkedValue<MilHeld>;

/** A node to write. */
export interface MilCall extends KnownCall<MilHeld> {
  readonly e: MilEmitter;
}

/** Writes a node as operators of MIL, or says why it cannot. */
export type MilLowering = (call: MilCall) => readonly MilTensor[] | Refusal;

/** How an operator becomes operators of MIL, or why it does not. */
export type MilRule = MilLowering | Refusal;

export { axisOf, numberOf, numbersAt } from "../../known-argument.ts";
export { ONE_BATCH, refused } from "../../known-walk.ts";
export type { Refusal } from "../../known-walk.ts";

/** The tensor of a value; a constant becomes one. */
export function tensorOf(e: MilEmitter, { held, elementType, constant, dims }: MilValue): MilTensor {
  return held ?? e.constant(milTypeOf(elementType)!, constant!, dims);
}

/** The tensor of an input. */
export function plain({ e, inputs }: Pick<MilCall, "e" | "inputs">, at: number): MilTensor {
  return tensorOf(e, inputs[at]!);
}

/** The type of MIL for an output. */
export function outputType({ outputs }: MilCall, at = 0): MilType {
  return milTypeOf(outputs[at]!.elementType)!;
}

/** A rule for floating-point numbers only; `operands` says how many inputs are such, where not all are. */
export function floating(lower: MilLowering, operands?: number): MilLowering {
  return (call) => {
    const strange = call.inputs
      .slice(0, operands)
      .find((input) => input && milTypeOf(input.elementType) !== "fp32");
    return strange
      ? refused(`it computes with ${strange.elementType}`, "a Cast to float32 before it")
      : lower(call);
  };
}

/** Whole numbers that wrap around otherwise than those of 32 bits. */
const NARROW: ReadonlySet<string> = new Set(["int8", "uint8", "int16", "uint16"]);

/** A rule for arithmetic: whole numbers of fewer bits would wrap around elsewhere. */
export function numeric(lower: MilLowering): MilLowering {
  return (call) => {
    const strange = call.inputs.find(
      (input) => input && (NARROW.has(input.elementType) || input.elementType === "bool"),
    );
    return strange
      ? refused(`it computes with ${strange.elementType}`, "a Cast to int32 or float32 before it")
      : lower(call);
  };
}

/** Why a value cannot be in a program at all. */
export function untyped(
  values: readonly (Pick<MilValue, "elementType" | "dims"> | undefined)[],
): Refusal | undefined {
  for (const value of values) {
    if (value === undefined || milTypeOf(value.elementType) !== undefined) continue;
    const { elementType } = value;
    if (elementType === "float64")
      return refused("it computes with float64", "float32, of a difference that the app takes");
    if (elementType === "string")
      return refused("it takes texts", "the classic form (`writeMlModel`), or codes of a dictionary");
    return refused(`it has ${elementType}`, isComputable(elementType) ? "int32 or float32" : "another type");
  }
  return undefined;
}
