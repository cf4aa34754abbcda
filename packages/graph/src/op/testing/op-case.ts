import * as fc from "fast-check";
import { elementCount } from "../../onnx.ts";

/** An input of a generated case: fed when the graph runs, or a constant (axes and bounds must be). */
export interface CaseInput {
  readonly elementType: "float32" | "float64" | "int8" | "uint8" | "int32" | "int64" | "bool";
  readonly dims: readonly number[];
  readonly values: readonly number[];
  readonly constant?: true;
}

export interface OpCase {
  readonly inputs: readonly (CaseInput | undefined)[];
  readonly attributes?: Readonly<Record<string, number | string | readonly (number | string)[]>>;
  /** A size below which differences count as if the number had it, for sums of what cancels. */
  readonly scale?: number;
}

export type Cases = fc.Arbitrary<OpCase>;
export type Dims = readonly number[];

/** Eighths are exact in float32, and so are their sums and products: what differs is then the operator's fault. */
export const eighths = fc.integer({ min: -32, max: 32 }).map((n) => n / 8);
export const positive = fc.integer({ min: 1, max: 64 }).map((n) => n / 8);
export const integers = fc.integer({ min: -9, max: 9 });
export const bit = fc.constantFrom(0, 1);

export const shape = (min: number, max: number): fc.Arbitrary<Dims> =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: min, maxLength: max });

export const filled = (
  dims: Dims,
  value: fc.Arbitrary<number> = eighths,
  elementType: CaseInput["elementType"] = "float32",
): fc.Arbitrary<CaseInput> =>
  fc
    .array(value, { minLength: elementCount(dims), maxLength: elementCount(dims) })
    .map((values) => ({ elementType, dims, values }));

export const ints = (values: readonly number[]): CaseInput => ({
  elementType: "int64",
  dims: [values.length],
  values,
  constant: true,
});

/** A shape that broadcasts to `dims`: leading axes gone, some axes 1. */
export const broadcastable = (dims: Dims): fc.Arbitrary<Dims> =>
  fc
    .tuple(
      fc.integer({ min: 0, max: dims.length }),
      fc.array(fc.boolean(), { minLength: dims.length, maxLength: dims.length }),
    )
    .map(([drop, ones]) => dims.map((dim, axis) => (ones[axis] === true ? 1 : dim)).slice(drop));

export const axisOf = (dims: Dims): fc.Arbitrary<number> =>
  fc.integer({ min: -dims.length, max: dims.length - 1 });

export const axesOf = (dims: Dims, minLength = 0, maxLength = dims.length): fc.Arbitrary<number[]> =>
  fc.uniqueArray(axisOf(dims), {
    minLength,
    maxLength,
    selector: (axis) => (axis + dims.length) % dims.length,
  });
