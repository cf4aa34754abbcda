import { elementCount } from "../onnx.ts";
import { forEachIndex, offsetOf } from "../shape.ts";
import { closed, type LiteEmitter } from "./emitter.ts";
import type { LiteOpName } from "./lite-op.ts";
import type { LiteOptions, LiteTensor } from "./lite-graph.ts";
import type { LiteType } from "./lite-type.ts";
import { isIdentity } from "./order.ts";

/** A vector of int32, as operators take axes, lengths and places. */
export function ints(e: LiteEmitter, values: readonly number[]): LiteTensor {
  return e.constant("INT32", values, [values.length]);
}

/** One number. */
export function scalar(e: LiteEmitter, type: LiteType, value: number): LiteTensor {
  return e.constant(type, [value], []);
}

/** A function of each number. */
export function unary(
  e: LiteEmitter,
  op: LiteOpName,
  x: LiteTensor,
  options: LiteOptions = {},
  type: LiteType = x.type,
): LiteTensor {
  return e.emit(op, [x], { type, dims: x.dims, open: x.open }, options);
}

/** The numbers as another type. */
export function cast(e: LiteEmitter, x: LiteTensor, type: LiteType): LiteTensor {
  return x.type === type ? x : unary(e, "CAST", x, {}, type);
}

/** The shape of several tensors combined, axes aligned at the end. */
function combined(list: readonly LiteTensor[]): {
  readonly dims: readonly number[];
  readonly open: readonly boolean[];
} {
  const rank = Math.max(...list.map(({ dims }) => dims.length));
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const at = <T>(values: readonly T[], axis: number): T | undefined => values[axis - rank + values.length];
  return {
    // An axis of length 0 stays so against one of length 1.
    dims: axes.map((axis) => list.map(({ dims }) => at(dims, axis) ?? 1).reduce((a, b) => (a === 1 ? b : a))),
    open: axes.map((axis) => list.some(({ open }) => at(open, axis) === true)),
  };
}

/** Kernels that broadcast do so over at most this many axes; neighbours that broadcast alike are one axis. */
const BROADCAST_AXES = 4;

/** The shapes of operands with neighbouring axes merged where all of them have these or none; undefined where all fit. */
function merged(list: readonly LiteTensor[]): readonly (readonly number[])[] | undefined {
  const { dims } = combined(list);
  if (dims.length <= BROADCAST_AXES || list.every((one) => one.dims.join() === dims.join())) return undefined;
  const full = list.map((one) => [
    ...Array.from({ length: dims.length - one.dims.length }, () => 1),
    ...one.dims,
  ]);
  const shapes: number[][] = list.map(() => []);
  let before = "";
  for (const [axis, dim] of dims.entries()) {
    if (dim === 1) continue;
    const pattern = full.map((lengths) => lengths[axis] === 1).join();
    if (pattern === before)
      for (const [at, shape] of shapes.entries()) shape[shape.length - 1]! *= full[at]![axis]!;
    else for (const [at, shape] of shapes.entries()) shape.push(full[at]![axis]!);
    before = pattern;
  }
  return shapes;
}

/** An operator of operands that broadcast together. */
export function broadcasting(
  e: LiteEmitter,
  op: LiteOpName,
  inputs: readonly LiteTensor[],
  type: LiteType = inputs[0]!.type,
  options: LiteOptions = {},
): LiteTensor {
  const shape = combined(inputs);
  const shapes = merged(inputs);
  if (shapes === undefined || shape.open.includes(true))
    return e.emit(op, inputs, { type, ...shape }, options);
  const flat = inputs.map((input, at) => reshape(e, input, shapes[at]!));
  return reshape(e, e.emit(op, flat, { type, ...combined(flat) }, options), shape.dims);
}

/** Arithmetic of two operands. */
export function binary(e: LiteEmitter, op: LiteOpName, a: LiteTensor, b: LiteTensor): LiteTensor {
  return broadcasting(e, op, [a, b]);
}

/** A comparison of two operands. */
export function compare(e: LiteEmitter, op: LiteOpName, a: LiteTensor, b: LiteTensor): LiteTensor {
  return broadcasting(e, op, [a, b], "BOOL");
}

/** `a` where the condition holds, else `b`. */
export function select(e: LiteEmitter, condition: LiteTensor, a: LiteTensor, b: LiteTensor): LiteTensor {
  return broadcasting(e, "SELECT_V2", [condition, a, b], a.type);
}

/** With a number, as the second operand of the first one's type. */
export function withNumber(e: LiteEmitter, op: LiteOpName, x: LiteTensor, value: number): LiteTensor {
  return binary(e, op, x, scalar(e, x.type, value));
}

/**
 * The same numbers in another shape; of a shape that follows the batch, axis `open` does. One after another is one.
 */
export function reshape(
  e: LiteEmitter,
  given: LiteTensor,
  dims: readonly number[],
  openAt: number | undefined = given.open.includes(true) ? 0 : undefined,
): LiteTensor {
  const maker = e.makerOf(given);
  const x = maker?.op === "RESHAPE" ? maker.inputs[0]! : given;
  const open = dims.map((_, axis) => axis === openAt);
  if (x.dims.join() === dims.join() && x.open.join() === open.join()) return x;
  if (x.values !== undefined) return { ...x, name: `${x.name}/${dims.join("x")}`, dims, open };
  const lengths = dims.map((dim, axis) => (open[axis] ? -1 : dim));
  return e.emit("RESHAPE", [x, ints(e, lengths)], { type: x.type, dims, open });
}

/** The axes in another order: axis `i` of the result is axis `order[i]`. Two of them are one, and none where nothing moves. */
export function transpose(e: LiteEmitter, given: LiteTensor, wanted: readonly number[]): LiteTensor {
  if (isIdentity(wanted)) return given;
  const maker = e.makerOf(given);
  const inner = maker?.op === "TRANSPOSE" ? Array.from(maker.inputs[1]!.values as Int32Array) : undefined;
  const x = inner === undefined ? given : maker!.inputs[0]!;
  const order = inner === undefined ? wanted : wanted.map((axis) => inner[axis]!);
  if (isIdentity(order)) return x;
  const dims = order.map((axis) => x.dims[axis]!);
  const open = order.map((axis) => x.open[axis]!);
  if (x.values !== undefined && x.type !== "INT64") {
    const values = x.values.slice() as Float32Array;
    const from = order.map(() => 0);
    forEachIndex(dims, (index, flat) => {
      for (const [at, axis] of order.entries()) from[axis] = index[at]!;
      values[flat] = x.values![offsetOf(from, x.dims)] as number;
    });
    return { ...x, name: `${x.name}/${order.join("")}`, dims, open, values };
  }
  const moving = order.filter((axis) => x.dims[axis] !== 1 || x.open[axis]);
  if (moving.every((axis, at) => at === 0 || axis > moving[at - 1]!) && x.open.filter(Boolean).length <= 1)
    return reshape(e, x, dims, open.includes(true) ? open.indexOf(true) : undefined);
  return e.emit("TRANSPOSE", [x, ints(e, order)], { type: x.type, dims, open });
}

/** A reduction along axes. */
export function reduce(
  e: LiteEmitter,
  op: LiteOpName,
  x: LiteTensor,
  axes: readonly number[],
  keep: boolean,
): LiteTensor {
  if (axes.length === 0) return x;
  const stays = (_: unknown, axis: number): boolean => keep || !axes.includes(axis);
  const dims = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)).filter(stays);
  const open = x.open.map((one, axis) => one && !axes.includes(axis)).filter(stays);
  return e.emit(op, [x, ints(e, axes)], { type: x.type, dims, open }, { keep_dims: keep });
}

/** Entries along an axis, at places; the first `batch` axes of both go together. */
export function gather(
  e: LiteEmitter,
  x: LiteTensor,
  places: LiteTensor,
  axis: number,
  batch = 0,
): LiteTensor {
  const join = <T>(of: readonly T[], at: readonly T[]): readonly T[] => [
    ...of.slice(0, axis),
    ...at.slice(batch),
    ...of.slice(axis + 1),
  ];
  const shape = { type: x.type, dims: join(x.dims, places.dims), open: join(x.open, places.open) };
  return e.emit("GATHER", [x, places], shape, { axis, batch_dims: batch });
}

/** Tensors behind each other along an axis. */
export function concat(e: LiteEmitter, list: readonly LiteTensor[], axis: number): LiteTensor {
  if (list.length === 1) return list[0]!;
  const [first] = list as [LiteTensor];
  const dims = first.dims.map((dim, at) =>
    at === axis ? list.reduce((sum, tensor) => sum + tensor.dims[axis]!, 0) : dim,
  );
  const open = first.open.map((_, at) => list.some((tensor) => tensor.open[at]));
  return e.emit("CONCATENATION", list, { type: first.type, dims, open }, { axis });
}

/** From `begin`, `size` entries on each axis; an axis that follows the batch is taken whole. */
export function slice(
  e: LiteEmitter,
  x: LiteTensor,
  begin: readonly number[],
  size: readonly number[],
): LiteTensor {
  if (size.join() === x.dims.join()) return x;
  const lengths = size.map((length, axis) => (x.open[axis] ? -1 : length));
  const shape = { type: x.type, dims: size, open: x.open };
  return e.emit("SLICE", [x, ints(e, begin), ints(e, lengths)], shape);
}

/** Numbers around: before and behind each axis; zero unless another is given. */
export function pad(
  e: LiteEmitter,
  x: LiteTensor,
  around: readonly (readonly [before: number, behind: number])[],
  value = 0,
): LiteTensor {
  if (around.every(([before, behind]) => before === 0 && behind === 0)) return x;
  const dims = x.dims.map((dim, axis) => dim + around[axis]![0] + around[axis]![1]);
  const pairs = e.constant("INT32", around.flat(), [around.length, 2]);
  const shape = { type: x.type, dims, open: x.open };
  return value === 0
    ? e.emit("PAD", [x, pairs], shape)
    : e.emit("PADV2", [x, pairs, e.constant(x.type, [value], [1])], shape);
}

/** `x[..., I]` times the constant `weights[O, I]`, plus `bias[O]`. */
export function dense(
  e: LiteEmitter,
  x: LiteTensor,
  weights: LiteTensor,
  bias: LiteTensor | undefined,
): LiteTensor {
  const dims = [...x.dims.slice(0, -1), weights.dims[0]!];
  const inputs = bias === undefined ? [x, weights] : [x, weights, bias];
  const shape = { type: x.type, dims, open: x.open };
  return e.emit("FULLY_CONNECTED", inputs, shape, x.dims.length > 2 ? { keep_num_dims: true } : {});
}

/** A constant of zeros and ones, or another number everywhere. */
export function filled(e: LiteEmitter, type: LiteType, dims: readonly number[], value: number): LiteTensor {
  return e.constant(type, new Float64Array(elementCount(dims)).fill(value), dims);
}

/** An unchanging shape. */
export { closed };
