import * as fc from "fast-check";
import {
  bit,
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

const within = unary(fc.integer({ min: -7, max: 7 }).map((n) => n / 8));
const smooth = unary(eighths, "float32", 1);
const halves = fc.integer({ min: -12, max: 12 }).map((n) => n / 4);
const odd = fc.oneof(eighths, fc.constantFrom(Number.NaN, Infinity, -Infinity));
const bits = (): Cases => broadcasting(["int64", "int64"], integers);
/** One input and attributes, each drawn. */
const shaped = (attributes: Readonly<Record<string, fc.Arbitrary<number>>>): Cases =>
  fc.tuple(smooth, fc.record(attributes)).map(([one, drawn]) => ({ ...one, attributes: drawn }));

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
  Acos: within,
  Asin: within,
  Atanh: within,
  Acosh: unary(positive.map((x) => x + 1)),
  Asinh: unary(),
  Atan: unary(),
  Cos: smooth,
  Sin: smooth,
  Tan: unary(fc.integer({ min: -8, max: 8 }).map((n) => n / 8)),
  Cosh: unary(),
  Sinh: smooth,
  Ceil: unary(),
  Floor: unary(),
  Round: unary(halves),
  Reciprocal: unary(positive),
  Softsign: unary(),
  Mish: smooth,
  HardSwish: smooth,
  BitwiseNot: unary(integers, "int64"),
  Elu: shaped({ alpha: positive }),
  Selu: shaped({ alpha: positive, gamma: positive }),
  Celu: shaped({ alpha: positive }),
  HardSigmoid: shaped({ alpha: positive, beta: eighths }),
  ThresholdedRelu: shaped({ alpha: positive }),
  Shrink: shaped({ bias: eighths, lambd: positive }),
  Gelu: smooth.chain((one) =>
    fc.constantFrom("none", "tanh").map((approximate) => ({ ...one, attributes: { approximate } })),
  ),
  IsNaN: unary(odd),
  IsInf: unary(odd).chain((one) =>
    fc.tuple(bit, bit).map(([detect_negative, detect_positive]) => ({
      ...one,
      attributes: { detect_negative, detect_positive },
    })),
  ),
  GreaterOrEqual: comparison(),
  LessOrEqual: comparison(),
  BitwiseAnd: bits(),
  BitwiseOr: bits(),
  BitwiseXor: bits(),
  Mean: fc
    .integer({ min: 1, max: 3 })
    .chain((count) => broadcasting(Array.from({ length: count }, () => "float32"))),
  Mod: fc.oneof(
    broadcasting(
      ["int64", "int64"],
      integers.map((n) => n || 3),
    ).chain((one) => bit.map((fmod) => ({ ...one, attributes: { fmod } }))),
    // Divisors far from 0, where one jump follows closely on another.
    broadcasting(
      ["float32", "float32"],
      positive.map((x) => x + 1),
    ).map((one) => ({ ...one, attributes: { fmod: 1 } })),
  ),
  CastLike: shape(0, 2)
    .chain((dims) =>
      fc.tuple(
        filled(dims),
        fc.constantFrom<Type>("float32", "int64", "int32").chain((type) => filled([1], integers, type)),
      ),
    )
    .map((inputs) => ({ inputs })),
  PRelu: shape(0, 3)
    .chain((dims) => broadcastable(dims).chain((own) => fc.tuple(filled(dims), filled(own))))
    .map((inputs) => ({ inputs })),
  Dropout: unary(),
} satisfies Record<string, Cases>;
