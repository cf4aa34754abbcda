import type { Cell, Expression, Kind, Place, Statement } from "./program.ts";

/** An array with its shape. */
export interface Shaped {
  readonly cell: Cell;
  readonly dims: readonly number[];
}

/** A node to write, with its types inferred for one row. */
export interface EmitCall {
  readonly inputs: readonly (Shaped | undefined)[];
  /** The outputs' arrays; an emitter fills each. */
  readonly outputs: readonly Shaped[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** A constant of the node's own; whole numbers of 32 bits are kept so. */
  constant(kind: Kind, values: ArrayLike<number>): Cell;
  /** An array of the node's own, which holds what it held at the last row. */
  work(kind: Kind, size: number): Cell;
}

/** Why a node is not written. */
export interface NotWritten {
  readonly unsupported: string;
  /** What does nearly the same, and is written or runs elsewhere. */
  readonly instead?: string;
}

/** Writes a node's work. */
export type Emitter = (call: EmitCall) => readonly Statement[] | NotWritten;

/** How an operator becomes source: written, the same array in another shape, or not at all and why. */
export type SourceRule = Emitter | "same array" | NotWritten;

/** The loop variables of a shape, and the statements inside of them in loops of every axis that is longer than 1. */
export function loops(
  dims: readonly number[],
  body: (index: readonly string[]) => readonly Statement[],
  prefix = "i",
): readonly Statement[] {
  const index = dims.map((_, axis) => `${prefix}${axis}`);
  return dims.reduceRight<readonly Statement[]>(
    (inner, count, axis) => (count === 1 ? inner : [{ form: "for", loop: index[axis]!, count, body: inner }]),
    body(index),
  );
}

/** How far apart neighbours on each axis are. */
export function stridesOf(dims: readonly number[]): readonly number[] {
  return dims.map((_, axis) => dims.slice(axis + 1).reduce((size, dim) => size * dim, 1));
}

/** The place of an index in a shape that broadcasts to it: axes align at the end. */
export function placeOf(index: readonly string[], dims: readonly number[]): Place {
  const lead = index.length - dims.length;
  const strides = stridesOf(dims);
  const terms = dims.flatMap((dim, axis) =>
    dim === 1 ? [] : [{ loop: index[lead + axis]!, stride: strides[axis]! }],
  );
  return { base: 0, terms };
}

/** The element of an array at a place. */
export const load = (from: Cell, at: Place): Expression => ({ form: "load", kind: from.kind, from, at });

/** The element of a broadcast array at an index. */
export const element = ({ cell, dims }: Shaped, index: readonly string[]): Expression =>
  load(cell, placeOf(index, dims));

/** Puts a number into an array. */
export const store = (to: Cell, at: Place, value: Expression): Statement => ({
  form: "store",
  to,
  at,
  value,
});

/** A variable as an expression. */
export const local = (name: string, kind: Kind): Expression => ({ form: "local", kind, name });

/** An axis counted from the front. */
export const axisAt = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** A loop's variable as a number, from `base` on; written out where the loop has one turn and so no variable. */
export const counter = (loop: string, count: number, base: number): Expression =>
  count === 1 ? { form: "number", kind: "long", value: base } : { form: "counter", kind: "long", loop, base };
