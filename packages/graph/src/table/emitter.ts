import { NONE, TABLE_OPERATORS, UNARY_KINDS } from "@tideline/predict";
import { elementCount } from "../onnx.ts";
import {
  broadcastView,
  collapse,
  constantValues,
  isDense,
  viewOf,
  type Loop,
  type Store,
  type View,
} from "./view.ts";

/** An argument of an instruction: a word, a number as its bits, a place in a store, or a list among the words. */
export type Argument =
  | number
  | { readonly float: number }
  | { readonly store: Store; readonly offset: number }
  | { readonly words: Int32Array };

/** One instruction before its operands have places. */
export interface Instruction {
  readonly code: number;
  readonly args: readonly Argument[];
  readonly reads: readonly Store[];
  readonly writes: Store;
}

/** Numbers of the two parameters that a function of one number has. */
export interface Activation {
  readonly kind: number;
  readonly p?: number;
  readonly q?: number;
}

/** Collects the instructions of a table. Every method returns the view that its instruction fills. */
export interface Emitter {
  readonly instructions: readonly Instruction[];
  constant(values: Float32Array, dims: readonly number[]): View;
  buffer(dims: readonly number[]): View;
  /** The view itself where it is row-major, else a copy that is. */
  dense(view: View): View;
  /** Copies one view onto another of its shape. */
  move(from: View, to: View): void;
  unary(view: View, activation: Activation): View;
  binary(kind: number, a: View, b: View, dims: readonly number[]): View;
  /** Any other operator, whose target is a new buffer. */
  emit(
    operator: keyof typeof TABLE_OPERATORS,
    reads: readonly (View | undefined)[],
    dims: readonly number[],
    args: (target: Argument) => readonly Argument[],
  ): View;
}

/** An operand as an argument: its place, or the word for none. */
export function placeOf(view: View | undefined): Argument {
  return view === undefined ? NONE : { store: view.store, offset: view.offset };
}

/** The words of a function of one number behind a product: its kind and parameters. */
export function activationWords({ kind, p = 0, q = 0 }: Activation): readonly Argument[] {
  return [kind, { float: p }, { float: q }];
}

/** No function. */
export const COPY: Activation = { kind: UNARY_KINDS.copy };

/** An operand of a loop of four lengths: place and strides. */
function strided(view: View, offset: number, strides: readonly number[]): readonly Argument[] {
  return [{ store: view.store, offset: view.offset + offset }, ...strides];
}

/** Calls `visit` for loops of exactly four axes that together do what the given one does. */
function inFours(
  loop: Loop,
  visit: (dims: readonly number[], operands: Loop["strides"], at: number[]) => void,
) {
  const { dims, strides } = collapse(loop);
  const peel = (from: number, at: number[]): void => {
    if (dims.length - from <= 4) {
      const pad = Array.from({ length: 4 - dims.length + from }, () => 0);
      visit(
        [...pad.map(() => 1), ...dims.slice(from)],
        strides.map((list) => [...pad, ...list.slice(from)]),
        at,
      );
      return;
    }
    for (let index = 0; index < dims[from]!; index++)
      peel(
        from + 1,
        at.map((offset, operand) => offset + index * strides[operand]![from]!),
      );
  };
  peel(
    0,
    strides.map(() => 0),
  );
}

/** An emitter without instructions. */
export function tableEmitter(): Emitter {
  const instructions: Instruction[] = [];
  const push = (
    operator: keyof typeof TABLE_OPERATORS,
    reads: readonly (View | undefined)[],
    writes: View,
    args: readonly Argument[],
  ): void => {
    const stores = reads.flatMap((view) => (view === undefined ? [] : [view.store]));
    instructions.push({ code: TABLE_OPERATORS[operator], args, reads: stores, writes: writes.store });
  };
  const emitter: Emitter = {
    instructions,
    constant: (values, dims) => viewOf({ size: values.length, values }, dims),
    buffer: (dims) => viewOf({ size: elementCount(dims) }, dims),
    dense(view) {
      if (isDense(view)) return view;
      if (view.store.values !== undefined) return emitter.constant(constantValues(view), view.dims);
      const copy = emitter.buffer(view.dims);
      emitter.move(view, copy);
      return copy;
    },
    move(from, to) {
      inFours({ dims: from.dims, strides: [from.strides, to.strides] }, (dims, [read, write], [at, into]) =>
        push("move", [from], to, [...dims, ...strided(from, at!, read!), ...strided(to, into!, write!)]),
      );
    },
    unary(view, activation) {
      const source = emitter.dense(view);
      const [kind, p, q] = activationWords(activation);
      return emitter.emit("unary", [source], view.dims, (target) => [
        kind!,
        elementCount(view.dims),
        placeOf(source),
        target,
        p!,
        q!,
      ]);
    },
    binary(kind, a, b, dims) {
      const target = emitter.buffer(dims);
      const [left, right] = [broadcastView(a, dims), broadcastView(b, dims)];
      const loop = { dims, strides: [left.strides, right.strides, target.strides] };
      inFours(loop, (lengths, [da, db], [atA, atB, into]) =>
        push("binary", [a, b], target, [
          kind,
          ...lengths,
          ...strided(left, atA!, da!),
          ...strided(right, atB!, db!),
          { store: target.store, offset: into! },
        ]),
      );
      return target;
    },
    emit(operator, reads, dims, args) {
      const target = emitter.buffer(dims);
      push(operator, reads, target, args({ store: target.store, offset: 0 }));
      return target;
    },
  };
  return emitter;
}
