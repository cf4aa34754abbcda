import { tidelineError, type TidelineError } from "@tideline/spec";

/** An element type of MIL, as its text form calls it. */
export type ProgramType =
  | "bool"
  | "fp16"
  | "fp32"
  | "fp64"
  | "int8"
  | "int32"
  | "int64"
  | "string"
  | "uint8"
  | "uint32";

/** A tensor while a program runs: row-major; truths are 0 and 1, and numbers are what their type holds. */
export interface ProgramTensor {
  readonly type: ProgramType;
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/** The error for a program that does not hold together. */
export function broken(field: string, expected: string, received: string): TidelineError {
  return tidelineError("MODEL_MALFORMED", { who: "an ML Program", field, expected, received });
}

/** A tensor of more elements than this would take gigabytes of whoever looks at a file. */
const MOST_ELEMENTS = 2 ** 28;

/** The number of elements of a shape. @throws MODEL_MALFORMED for one that nothing can have */
export const countOf = (dims: readonly number[]): number => {
  let count = 1;
  for (const dim of dims) count *= dim;
  if (!(count <= MOST_ELEMENTS) || dims.some((dim) => !(dim >= 0)))
    throw broken("shape", `lengths from 0 on, at most ${MOST_ELEMENTS} elements`, `[${dims.join(", ")}]`);
  return count;
};

/** A number as a type holds it. */
export function roundTo(type: ProgramType): (value: number) => number {
  switch (type) {
    case "fp16":
      return Math.f16round;
    case "fp32":
      return Math.fround;
    case "int32":
      return (value) => value | 0;
    default:
      return (value) => value;
  }
}

/** A tensor of computed numbers, rounded to its type. */
export function tensor(type: ProgramType, dims: readonly number[], values: Float64Array): ProgramTensor {
  const round = roundTo(type);
  for (let at = 0; at < values.length; at++) values[at] = round(values[at]!);
  return { type, dims, values };
}

/** How far apart neighbours on each axis lie. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * dims[axis + 1]!;
  return strides;
}

/** An axis counted from the front. */
export function axisIn(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(front) || front < 0 || front >= rank)
    throw broken("axis", `one of ${rank}`, String(axis));
  return front;
}

/** Elements read from places: `place` gets an index of the result, which it must not keep. */
export function placed(
  x: ProgramTensor,
  dims: readonly number[],
  place: (index: readonly number[]) => number,
): ProgramTensor {
  const values = new Float64Array(countOf(dims));
  const index = dims.map(() => 0);
  for (let flat = 0; flat < values.length; flat++) {
    values[flat] = x.values[place(index)]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
  return { type: x.type, dims, values };
}
