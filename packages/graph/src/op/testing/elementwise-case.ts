import * as fc from "fast-check";
import {
  broadcastable,
  eighths,
  filled,
  integers,
  positive,
  shape,
  type CaseInput,
  type Cases,
} from "./op-case.ts";

type Type = CaseInput["elementType"];

/** One input of any shape, a scalar and an empty one too. */
const unary = (value: fc.Arbitrary<number> = eighths, type: Type = "float32", scale?: number): Cases =>
  fc
    .oneof({ weight: 8, arbitrary: shape(0, 3) }, { weight: 1, arbitrary: fc.constant([2, 0]) })
    .chain((dims) =>
      filled(dims, value, type).map((x) => ({ inputs: [x], ...(scale === undefined ? {} : { scale }) })),
    );

/** `types.length` inputs that broadcast together. */
const broadcasting = (types: readonly Type[], value: fc.Arbitrary<number> = eighths): Cases =>
  shape(0, 3)
    .chain((dims) => fc.tuple(...types.map(() => broadcastable(dims))))
    .chain((shapes) =>
      fc.tuple(...shapes.map((dims, at) => filled(dims, types[at] === "bool" ? truth : value, types[at]))),
    )
    .map((inputs) => ({ inputs }));

const truth = fc.integer({ min: 0, max: 1 });
/** Few different numbers, so that ties are common. */
const tied = fc.oneof(fc.integer({ min: -1, max: 1 }), fc.constant(Number.NaN));

const comparison = (): Cases =>
  fc.oneof(broadcasting(["float32", "float32"], tied), broadcasting(["int64", "int64"], integers));
const logical = (): Cases => broadcasting(["bool", "bool"]);

/** Cases of operators that work element by element: arithmetic, functions of one number, comparison, choice. */
export const ELEMENTWISE_CASES = {
  And: logical(),
  Equal: comparison(),
  // onnxruntime's own approximation is off by up to 3e-7.
  Erf: unary(eighths, "float32", 1),
  Greater: comparison(),
  Less: comparison(),
  Not: unary(truth, "bool"),
  Or: logical(),
  Sign: fc.oneof(unary(tied.filter((x) => !Number.isNaN(x))), unary(integers, "int64")),
  Softplus: unary(fc.oneof(eighths, fc.constantFrom(90, -90)), "float32", 0.1),
  Sum: fc
    .integer({ min: 1, max: 3 })
    .chain((count) => broadcasting(Array.from({ length: count }, () => "float32"))),
  Where: fc.oneof(
    broadcasting(["bool", "float32", "float32"]),
    broadcasting(["bool", "int64", "int64"], integers),
    broadcasting(["bool", "float32", "float32"], fc.oneof(positive, fc.constant(Number.NaN))),
  ),
  Xor: logical(),
} satisfies Record<string, Cases>;
