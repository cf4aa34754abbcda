import type { OnnxNode, TensorType } from "../../onnx.ts";
import { KEPT, type PlacePartition } from "./place-partition.ts";

/** The places along one axis of a value; undefined where its length is only named, so that nothing can go. */
export type AxisPlaces = Int32Array | undefined;

/** A value as a rule sees it: its type, and the places along each of its axes. */
export interface PlacedValue {
  readonly type: TensorType;
  readonly axes: readonly AxisPlaces[];
  /** The numbers of a constant, where it is one that no caller can replace. */
  readonly constant: ArrayLike<number | bigint> | undefined;
}

/** A node whose places are being tied to one another. */
export interface RuleCall {
  readonly node: OnnxNode;
  readonly inputs: readonly (PlacedValue | undefined)[];
  readonly outputs: readonly PlacedValue[];
  readonly partition: PlacePartition;
}

/** Says which places of a node's inputs and outputs come and go together. */
export type AxisRule = (call: RuleCall) => void;

/** Makes all places of an axis stay. */
export function keepAxis({ partition }: Pick<RuleCall, "partition">, axis: AxisPlaces): void {
  for (const place of axis ?? []) partition.join(place, KEPT);
}

/** Makes all places of a value stay. */
export function keepValue(call: Pick<RuleCall, "partition">, value: PlacedValue | undefined): void {
  for (const axis of value?.axes ?? []) keepAxis(call, axis);
}

/** What a node without a rule of its own does: nothing of what it reads or makes can go. */
export const keepAll: AxisRule = (call) => {
  for (const value of [...call.inputs, ...call.outputs]) keepValue(call, value);
};

/** Ties two axes place by place; where one of them is of another length, both stay. */
export function tieAxes(call: RuleCall, left: AxisPlaces, right: AxisPlaces): void {
  if (left === undefined || right === undefined || left.length !== right.length) {
    keepAxis(call, left);
    keepAxis(call, right);
    return;
  }
  for (const [at, place] of left.entries()) call.partition.join(place, right[at]!);
}

/** Whether some place of an axis may go, as far as the nodes before say. */
export function mayGo({ partition }: RuleCall, axis: AxisPlaces): boolean {
  return axis?.some((place) => partition.classOf(place) !== KEPT) ?? false;
}

/** An integer attribute, or what it is when left out. */
export function intAttribute({ attributes }: OnnxNode, name: string, absent: number): number {
  const attribute = attributes[name];
  return attribute?.type === "int" ? attribute.value : absent;
}

/** A list attribute; undefined when left out. */
export function intsAttribute({ attributes }: OnnxNode, name: string): readonly number[] | undefined {
  const attribute = attributes[name];
  return attribute?.type === "ints" ? attribute.value : undefined;
}
