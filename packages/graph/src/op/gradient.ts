import type { Value } from "../value.ts";
import type { GraphEmitter } from "./graph-emitter.ts";

/** The lengths of a value; a gradient rule is only called where they are known. */
export function dimsOf(value: Value): readonly number[] {
  return value.dims as readonly number[];
}

/** A scalar of a value's element type. */
export function scalarLike(g: GraphEmitter, like: Value, value: number): Value {
  return g.scalar(value, like.elementType);
}

/** A value in another shape with as many elements. */
export function reshaped(g: GraphEmitter, value: Value, dims: readonly number[]): Value {
  return value.dims.join() === dims.join() ? value : g.op("Reshape", [value, g.ints(dims)], { allowzero: 1 });
}

/** The gradient of a broadcast operand: summed over the axes along which the operand was repeated. */
export function sumTo(g: GraphEmitter, gradient: Value, operand: Value): Value {
  const [wide, narrow] = [dimsOf(gradient), dimsOf(operand)];
  const lead = wide.length - narrow.length;
  const repeated = wide.flatMap((dim, axis) => (axis < lead || narrow[axis - lead] !== dim ? [axis] : []));
  if (repeated.length === 0) return gradient;
  return reshaped(g, g.op("ReduceSum", [gradient, g.ints(repeated)], { keepdims: 1 }), narrow);
}
