import type { TensorType } from "./onnx.ts";

/** A value in a graph under construction: its name, its type, and its numbers where it is constant. */
export interface Value extends TensorType {
  readonly name: string;
  readonly constant?: ArrayLike<number>;
}
