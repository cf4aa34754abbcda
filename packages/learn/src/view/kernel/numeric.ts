import type { ScalarType } from "@tideline/spec";
import { anyNull, type ScalarVector, vectorOf } from "../scalar-vector.ts";
import type { Kernel } from "./kernel.ts";

/** The greatest |value| of a result: beyond it int64 and time are null, floats never. */
const LIMIT: Readonly<Partial<Record<ScalarType, number>>> = {
  int64: Number.MAX_SAFE_INTEGER,
  time: 8.64e15,
};

/** Nulls what is out of the range of its type. */
function into(type: ScalarType, values: Float64Array, given: Uint8Array | undefined): ScalarVector {
  const limit = LIMIT[type];
  let nulls = given;
  for (let row = 0; row < values.length; row++) {
    if (nulls?.[row] === 1) values[row] = 0;
    else if (limit !== undefined && !(Math.abs(values[row]!) <= limit)) {
      (nulls ??= new Uint8Array(values.length))[row] = 1;
      values[row] = 0;
    } else values[row] = values[row]! + 0;
  }
  return vectorOf(type, values, nulls);
}

/** A kernel of one argument that goes on a value at a time. */
function one(each: (value: number) => number): Kernel {
  return (args, type) => into(type, args[0]!.values.map(each), anyNull(args));
}

/** As in the language: see `numericOperators`. */
export const numericKernels = {
  add: (args, type) => {
    const [left, right] = [args[0]!.values, args[1]!.values];
    const out = new Float64Array(left.length);
    for (let row = 0; row < out.length; row++) out[row] = left[row]! + right[row]!;
    return into(type, out, anyNull(args));
  },
  subtract: (args, type) => {
    const [left, right] = [args[0]!.values, args[1]!.values];
    const out = new Float64Array(left.length);
    for (let row = 0; row < out.length; row++) out[row] = left[row]! - right[row]!;
    return into(type, out, anyNull(args));
  },
  multiply: (args, type) => {
    const [left, right] = [args[0]!.values, args[1]!.values];
    const out = new Float64Array(left.length);
    for (let row = 0; row < out.length; row++) out[row] = left[row]! * right[row]!;
    return into(type, out, anyNull(args));
  },
  divide: (args, type) => {
    const [left, right] = [args[0]!.values, args[1]!.values];
    const out = new Float64Array(left.length);
    const nulls = anyNull(args) ?? new Uint8Array(left.length);
    for (let row = 0; row < out.length; row++)
      if (right[row] === 0) nulls[row] = 1;
      else out[row] = left[row]! / right[row]!;
    return into(type, out, nulls);
  },
  abs: one(Math.abs),
  floor: one(Math.floor),
  log1p: (args, type) => {
    const [{ values }] = args as readonly [ScalarVector];
    const nulls = anyNull(args) ?? new Uint8Array(values.length);
    for (let row = 0; row < values.length; row++) if (values[row]! <= -1) nulls[row] = 1;
    return into(type, values.map(Math.log1p), nulls);
  },
  to_float: (args, type) => ({ ...args[0]!, type }),
  is_nan: one((value) => (value === value ? 0 : 1)),
} as const satisfies Record<string, Kernel>;
