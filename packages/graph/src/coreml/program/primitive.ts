import type { Cut } from "../../known-movement.ts";
import { elementCount } from "../../onnx.ts";
import { forEachIndex, offsetOf } from "../../shape.ts";
import type { MilEmitter } from "./emitter.ts";
import type { MilArgument, MilTensor } from "./mil-graph.ts";
import type { MilType } from "./mil-type.ts";

/** A vector of int32, as operators take axes, lengths and places. */
export function ints(e: MilEmitter, values: readonly number[]): MilTensor {
  return e.constant("int32", values, [values.length]);
}

/** One number. */
export function scalar(e: MilEmitter, type: MilType, value: number): MilTensor {
  return e.constant(type, [value], []);
}

/** A truth that an operator is told. */
export const truth = (e: MilEmitter, value: boolean): MilTensor => scalar(e, "bool", Number(value));

/** One whole number that an operator is told. */
export const int = (e: MilEmitter, value: number): MilTensor => scalar(e, "int32", value);

/** A function of each number. */
export function unary(
  e: MilEmitter,
  op: string,
  x: MilTensor,
  more: Readonly<Record<string, MilArgument>> = {},
): MilTensor {
  return e.emit(op, { x, ...more }, x);
}

/** The numbers as another type. */
export function cast(e: MilEmitter, x: MilTensor, type: MilType): MilTensor {
  return x.type === type ? x : e.emit("cast", { x, dtype: type }, { ...x, type });
}

/** The shape of several tensors combined, axes aligned at the end. */
export function combined(list: readonly MilTensor[]): Pick<MilTensor, "dims" | "open"> {
  const rank = Math.max(...list.map(({ dims }) => dims.length));
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const at = <T>(values: readonly T[], axis: number): T | undefined => values[axis - rank + values.length];
  return {
    dims: axes.map((axis) => list.map(({ dims }) => at(dims, axis) ?? 1).reduce((a, b) => (a === 1 ? b : a))),
    open: axes.map((axis) => list.some(({ open }) => at(open, axis) === true)),
  };
}

/** Arithmetic of two operands. */
export function binary(e: MilEmitter, op: string, x: MilTensor, y: MilTensor): MilTensor {
  return e.emit(op, { x, y }, { type: x.type, ...combined([x, y]) });
}

/** A comparison of two operands. */
export function compare(e: MilEmitter, op: string, x: MilTensor, y: MilTensor): MilTensor {
  return e.emit(op, { x, y }, { type: "bool", ...combined([x, y]) });
}

/** A value in a shape that it broadcasts to, by adding zeros of that shape. */
function widened(e: MilEmitter, x: MilTensor, like: MilTensor): MilTensor {
  const shape = combined([x, like]);
  if (x.values !== undefined && x.values.length === 1 && !shape.open.includes(true))
    return e.constant(x.type, new Float64Array(elementCount(shape.dims)).fill(x.values[0]!), shape.dims);
  const zeros = withNumber(e, "mul", cast(e, like, x.type), 0);
  return binary(e, "add", zeros, x);
}

/** `a` where the condition holds, else `b`. The operator's result has the shape of `a` and `b`, whatever the condition's. */
export function select(e: MilEmitter, cond: MilTensor, a: MilTensor, b: MilTensor): MilTensor {
  const shape = combined([cond, a, b]);
  const own = combined([a, b]);
  if (own.dims.join() === shape.dims.join() && own.open.join() === shape.open.join())
    return e.emit("select", { cond, a, b }, { type: a.type, ...shape });
  if (a.type !== "bool") return select(e, cond, a, widened(e, b, cond));
  const chosen = compare(e, "logical_and", cond, a);
  const other = compare(e, "logical_and", e.emit("logical_not", { x: cond }, cond), b);
  return compare(e, "logical_or", chosen, other);
}

/** With a number, as the second operand of the first one's type. */
export function withNumber(e: MilEmitter, op: string, x: MilTensor, value: number): MilTensor {
  return binary(e, op, x, scalar(e, x.type, value));
}

/** The same numbers in another shape; of a shape that follows the batch, axis `openAt` does. One after another is one. */
export function reshape(
  e: MilEmitter,
  given: MilTensor,
  dims: readonly number[],
  openAt: number | undefined = given.open.includes(true) ? 0 : undefined,
): MilTensor {
  const maker = e.makerOf(given);
  const x = maker?.op === "reshape" ? (maker.inputs["x"] as MilTensor) : given;
  const open = dims.map((_, axis) => axis === openAt);
  if (x.dims.join() === dims.join() && x.open.join() === open.join()) return x;
  if (x.values !== undefined) return e.constant(x.type, x.values, dims);
  // A scalar has no shape to be told: its only element is taken by dropping the axes.
  if (dims.length === 0) {
    const axes = ints(
      e,
      x.dims.map((_, axis) => axis),
    );
    return e.emit("squeeze", { x, axes }, { type: x.type, dims, open });
  }
  const shape = ints(
    e,
    dims.map((dim, axis) => (open[axis] ? -1 : dim)),
  );
  return e.emit("reshape", { x, shape }, { type: x.type, dims, open });
}

/** The axes in another order: axis `i` of the result is axis `order[i]`. Two of them are one, and none where nothing moves. */
export function transpose(e: MilEmitter, given: MilTensor, wanted: readonly number[]): MilTensor {
  const maker = e.makerOf(given);
  const inner =
    maker?.op === "transpose" ? Array.from((maker.inputs["perm"] as MilTensor).values!) : undefined;
  const x = inner === undefined ? given : (maker!.inputs["x"] as MilTensor);
  const order = inner === undefined ? wanted : wanted.map((axis) => inner[axis]!);
  if (order.every((axis, at) => axis === at)) return x;
  const dims = order.map((axis) => x.dims[axis]!);
  const open = order.map((axis) => x.open[axis]!);
  if (x.values === undefined)
    return e.emit("transpose", { x, perm: ints(e, order) }, { type: x.type, dims, open });
  const values = new Float64Array(elementCount(dims));
  if (dims.length === 2) {
    const rows = dims[0]!;
    const columns = dims[1]!;
    for (let at = 0; at < values.length; at++)
      values[at] = x.values[(at % columns) * rows + Math.floor(at / columns)]!;
    return e.constant(x.type, values, dims);
  }
  const from = order.map(() => 0);
  forEachIndex(dims, (index, flat) => {
    for (const [at, axis] of order.entries()) from[axis] = index[at]!;
    values[flat] = x.values![offsetOf(from, x.dims)]!;
  });
  return e.constant(x.type, values, dims);
}

/** The sums of a constant along axes. */
function summedConstant(e: MilEmitter, x: MilTensor, axes: readonly number[], keep: boolean): MilTensor {
  const dims = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const sums = new Float64Array(elementCount(dims));
  forEachIndex(x.dims, (index, flat) => {
    sums[offsetOf(index, dims)]! += x.values![flat]!;
  });
  return e.constant(x.type, sums, keep ? dims : dims.filter((_, axis) => !axes.includes(axis)));
}

/** A reduction along axes. */
export function reduce(
  e: MilEmitter,
  op: string,
  x: MilTensor,
  axes: readonly number[],
  keep: boolean,
): MilTensor {
  if (axes.length === 0) return x;
  if (x.values !== undefined && op === "reduce_sum") return summedConstant(e, x, axes, keep);
  const stays = (_: unknown, axis: number): boolean => keep || !axes.includes(axis);
  const dims = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)).filter(stays);
  const open = x.open.map((one, axis) => one && !axes.includes(axis)).filter(stays);
  return e.emit(op, { x, axes: ints(e, axes), keep_dims: truth(e, keep) }, { type: x.type, dims, open });
}

/** Entries along an axis, at places. */
export function gather(e: MilEmitter, x: MilTensor, indices: MilTensor, axis: number): MilTensor {
  const join = <T>(of: readonly T[], at: readonly T[]): readonly T[] => of.toSpliced(axis, 1, ...at);
  const shape = { type: x.type, dims: join(x.dims, indices.dims), open: join(x.open, indices.open) };
  return e.emit("gather", { x, indices, axis: int(e, axis) }, shape);
}

/** Tensors behind each other along an axis. */
export function concat(e: MilEmitter, values: readonly MilTensor[], axis: number): MilTensor {
  const [first] = values as [MilTensor];
  if (values.length === 1) return first;
  const dims = first.dims.map((dim, at) =>
    at === axis ? values.reduce((sum, tensor) => sum + tensor.dims[axis]!, 0) : dim,
  );
  const open = first.open.map((_, at) => values.some((tensor) => tensor.open[at]));
  const inputs = { values, axis: int(e, axis), interleave: truth(e, false) };
  return e.emit("concat", inputs, { type: first.type, dims, open });
}

/** Tensors along a new axis. */
export function stack(e: MilEmitter, values: readonly MilTensor[], axis: number): MilTensor {
  const [first] = values as [MilTensor];
  const shape = {
    type: first.type,
    dims: first.dims.toSpliced(axis, 0, values.length),
    open: first.open.toSpliced(axis, 0, false),
  };
  return e.emit("stack", { values, axis: int(e, axis) }, shape);
}

/** Cuts of every axis; an axis that follows the batch is taken whole. */
export function cut(e: MilEmitter, x: MilTensor, cuts: readonly Cut[]): MilTensor {
  const isWhole = ({ start, step, length }: Cut, axis: number): boolean =>
    x.open[axis]! || (start === 0 && step === 1 && length === x.dims[axis]);
  if (cuts.every(isWhole)) return x;
  const ends = cuts.map(({ start, step, length }) => start + step * length);
  // Backwards to the first element: an end of -1 would mean the last one.
  const inputs = {
    x,
    begin: ints(
      e,
      cuts.map((one, axis) => (isWhole(one, axis) ? 0 : one.start)),
    ),
    end: ints(
      e,
      ends.map((end, axis) => (isWhole(cuts[axis]!, axis) || end < 0 ? 0 : end)),
    ),
    stride: ints(
      e,
      cuts.map(({ step }, axis) => (x.open[axis] ? 1 : step)),
    ),
    begin_mask: e.constant(
      "bool",
      cuts.map((one, axis) => Number(isWhole(one, axis))),
      [cuts.length],
    ),
    end_mask: e.constant(
      "bool",
      cuts.map((one, axis) => Number(isWhole(one, axis) || ends[axis]! < 0)),
      [cuts.length],
    ),
  };
  return e.emit("slice_by_index", inputs, {
    type: x.type,
    dims: cuts.map(({ length }) => length),
    open: x.open,
  });
}

/** From `begin`, `size` entries on each axis. */
export const slice = (
  e: MilEmitter,
  x: MilTensor,
  begin: readonly number[],
  size: readonly number[],
): MilTensor =>
  cut(
    e,
    x,
    size.map((length, axis) => ({ start: begin[axis]!, step: 1, length })),
  );

/** A number around: before and behind each axis; zero unless another is given. */
export function pad(
  e: MilEmitter,
  x: MilTensor,
  around: readonly (readonly [before: number, behind: number])[],
  value = 0,
): MilTensor {
  if (around.every(([before, behind]) => before === 0 && behind === 0)) return x;
  const dims = x.dims.map((dim, axis) => dim + around[axis]![0] + around[axis]![1]);
  const inputs = { x, pad: ints(e, around.flat()), mode: "constant", constant_val: scalar(e, x.type, value) };
  return e.emit("pad", inputs, { type: x.type, dims, open: x.open });
}

/** A product of matrices over the last two axes. */
export function matrixProduct(
  e: MilEmitter,
  x: MilTensor,
  y: MilTensor,
  turn: { readonly x?: boolean; readonly y?: boolean } = {},
): MilTensor {
  const lead = combined([
    { ...x, dims: x.dims.slice(0, -2), open: x.open.slice(0, -2) },
    { ...y, dims: y.dims.slice(0, -2), open: y.open.slice(0, -2) },
  ]);
  const [rows, columns] = [turn.x ? -1 : -2, turn.y ? -2 : -1];
  const dims = [...lead.dims, x.dims.at(rows)!, y.dims.at(columns)!];
  const open = [...lead.open, x.open.at(rows)!, y.open.at(columns)!];
  const inputs = { x, y, transpose_x: truth(e, turn.x === true), transpose_y: truth(e, turn.y === true) };
  return e.emit("matmul", inputs, { type: x.type, dims, open });
}

/** The most axes that the operator of layers takes. */
const LINEAR_RANK = 3;

/** `x[..., I]` times the constant `weight[O, I]`, plus `bias[O]`. */
export function dense(
  e: MilEmitter,
  x: MilTensor,
  weight: MilTensor,
  bias: MilTensor | undefined,
): MilTensor {
  const dims = [...x.dims.slice(0, -1), weight.dims[0]!];
  if (x.dims.length <= LINEAR_RANK)
    return e.emit("linear", { x, weight, bias }, { type: x.type, dims, open: x.open });
  const product = matrixProduct(e, x, weight, { y: true });
  return bias === undefined ? product : binary(e, "add", product, bias);
}
