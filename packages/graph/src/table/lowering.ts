import type { ElementType } from "../element-type.ts";
import { ELEMENT_TYPES } from "../element-type.ts";
import type { AttributeValue } from "../op/op-definition.ts";
import type { Emitter } from "./emitter.ts";
import type { View } from "./view.ts";

/** A value of the graph as the writer knows it: its type for one row, its numbers where constant, its place. */
export interface Known {
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly constant?: Float64Array;
  readonly view: View;
}

/** A node of a graph whose shapes are known, to be written as instructions. */
export interface LowerCall {
  readonly emitter: Emitter;
  readonly inputs: readonly (Known | undefined)[];
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly outputs: readonly { readonly elementType: ElementType; readonly dims: readonly number[] }[];
}

/** Writes a node as instructions and returns its outputs, or says why a table cannot hold it. */
export type Lowering = (call: LowerCall) => readonly View[] | string;

/** A lowering of float32 numbers only, in which a table computes; `operands` says how many inputs are such numbers. */
export function floating(lower: Lowering, operands?: number): Lowering {
  return (call) => {
    const numbers = call.inputs.slice(0, operands);
    const other = numbers.find((input) => input !== undefined && input.elementType !== "float32");
    return other ? `a table computes in float32, and this in ${other.elementType}` : lower(call);
  };
}

/** Whether numbers of a type are held in a table exactly as far as float32 goes: fractions aside, up to 2^24. */
export function isWhole(elementType: ElementType): boolean {
  return ELEMENT_TYPES[elementType].kind !== "float";
}

/** An attribute that is a number; its default is filled in already. */
export function numberOf({ attributes }: LowerCall, name: string): number {
  return attributes[name] as number;
}

/** An axis of the first input, counted from the front. */
export function axisOf(call: LowerCall, name = "axis"): number {
  const axis = numberOf(call, name);
  return axis < 0 ? axis + call.inputs[0]!.dims.length : axis;
}

/** Why a table does not hold an operator, except where its inputs are constant. */
export interface Unlowered {
  readonly unlowered: string;
}

/** An operator that a table does not hold, with the reason. */
export function unlowered(reason: string): Unlowered {
  return Object.freeze({ unlowered: reason });
}
