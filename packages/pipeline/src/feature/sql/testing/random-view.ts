import {
  abs,
  add,
  and,
  asOf,
  coalesce,
  type Columns,
  count,
  countDistinct,
  dayOfWeek,
  diff,
  divide,
  type Duration,
  eq,
  event,
  type Expression,
  first,
  floor,
  ge,
  greatest,
  gt,
  hourOfDay,
  ifElse,
  isNan,
  isNull,
  lag,
  last,
  le,
  least,
  literal,
  log1p,
  lt,
  max,
  mean,
  min,
  multiply,
  ne,
  not,
  or,
  quantile,
  recency,
  rowTime,
  type ScalarType,
  stddev,
  subtract,
  sum,
  t,
  toFloat,
} from "@tideline/spec";
import * as fc from "fast-check";

/** The source of every random view: a field of each scalar type, two floats. */
export const sourceEvent = event(
  "sample",
  { f: t.float(), g: t.float(), i: t.int(), b: t.boolean(), s: t.string(), w: t.time() },
  { purpose: "test", retain: "1d" },
);

/** Values that break naive code: powers beyond 2^53, subnormals, signed zero, text above U+FFFF. */
export const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.2,
  0.3,
  -2.5,
  3,
  1e16,
  -1e16,
  1e140,
  1e308,
  5e-324,
  Number.NaN,
  Infinity,
  -Infinity,
];
export const STRINGS = ["", "a", "A", "ab", "é", "\u{1F600}", "\uFFFD", "z", "it's", '"; DROP', "e\u0301"];
export const INTEGERS = [
  0,
  1,
  -1,
  2,
  7,
  -13,
  3_600_000,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];
export const TIMES = [
  0, 1, 2, 3, 5, 8, 10, 11, 999, 1000, 3_600_000, 86_399_999, 86_400_000, -1, -86_400_001, 8.64e15, -8.64e15,
];

type Of<Type extends ScalarType> = fc.Arbitrary<Expression<Type>>;

/** An arbitrary expression of each type; the leaves decide whether it stands over rows or over a question. */
interface Typed {
  readonly float64: Of<"float64">;
  readonly int64: Of<"int64">;
  readonly boolean: Of<"boolean">;
  readonly string: Of<"string">;
  readonly time: Of<"time">;
}

const finite = FLOATS.filter((value) => Number.isFinite(value));
/** One of the values, seldom null. */
const mostly = <Value>(values: readonly Value[]): fc.Arbitrary<Value | null> =>
  fc.option(fc.constantFrom(...values), { freq: 12 });
const literals: Typed = {
  float64: mostly(finite).map((value) => literal("float64", value)),
  int64: mostly(INTEGERS).map((value) => literal("int64", value)),
  boolean: mostly([true, false]).map((value) => literal("boolean", value)),
  string: mostly(STRINGS).map((value) => literal("string", value)),
  time: mostly(TIMES).map((value) => literal("time", value)),
};

/** One operator more over the arguments. */
function deeper(args: Typed): Typed {
  const two = <Type extends ScalarType, Result extends ScalarType>(
    operand: Of<Type>,
    make: (left: Expression<Type>, right: Expression<Type>) => Expression<Result>,
  ): Of<Result> => fc.tuple(operand, operand).map(([left, right]) => make(left, right));
  const either = <Type extends ScalarType>(operand: Of<Type>): Of<Type> =>
    fc.oneof(
      fc.tuple(args.boolean, operand, operand).map(([condition, yes, no]) => ifElse(condition, yes, no)),
      fc.tuple(operand, operand).map(([left, right]) => coalesce(left, right)),
    );
  const compared = <Type extends "float64" | "int64" | "string" | "time">(operand: Of<Type>): Of<"boolean"> =>
    fc
      .tuple(fc.constantFrom(eq, ne, lt, le, gt, ge), operand, operand)
      .map(([compare, left, right]) =>
        (compare as typeof eq)(left as Expression<"time">, right as Expression<"time">),
      );
  return {
    float64: fc.oneof(
      { weight: 6, arbitrary: args.float64 },
      two(args.float64, (left, right) => add(left, right)),
      two(args.float64, (left, right) => subtract(left, right)),
      two(args.float64, (left, right) => multiply(left, right)),
      two(args.float64, (left, right) => divide(left, right)),
      two(args.int64, (left, right) => divide(left, right)),
      two(args.float64, (left, right) => least(left, right)),
      two(args.float64, (left, right) => greatest(left, right)),
      args.float64.map(abs),
      args.float64.map(floor),
      args.int64.map(toFloat),
      either(args.float64),
    ),
    int64: fc.oneof(
      { weight: 6, arbitrary: args.int64 },
      two(args.int64, (left, right) => add(left, right)),
      two(args.int64, (left, right) => subtract(left, right)),
      two(args.int64, (left, right) => multiply(left, right)),
      two(args.time, (left, right) => subtract(left, right)),
      two(args.int64, (left, right) => least(left, right)),
      args.int64.map(abs),
      args.time.map(hourOfDay),
      args.time.map(dayOfWeek),
      either(args.int64),
    ),
    boolean: fc.oneof(
      compared(args.float64),
      compared(args.int64),
      compared(args.string),
      compared(args.time),
      two(args.boolean, eq),
      two(args.boolean, and),
      two(args.boolean, or),
      args.boolean.map(not),
      args.float64.map(isNan),
      fc.oneof(args.float64, args.string, args.boolean).map(isNull),
      either(args.boolean),
    ),
    string: fc.oneof(
      { weight: 6, arbitrary: args.string },
      two(args.string, (left, right) => least(left, right)),
      two(args.string, (left, right) => greatest(left, right)),
      either(args.string),
    ),
    time: fc.oneof(
      { weight: 6, arbitrary: args.time },
      fc.tuple(args.time, args.int64).map(([left, right]) => add(left, right)),
      fc.tuple(args.time, args.int64).map(([left, right]) => subtract(left, right)),
      two(args.time, (left, right) => greatest(left, right)),
      either(args.time),
    ),
  };
}

/** Expressions over the columns of a row. */
function rowExpressions(row: Columns<typeof sourceEvent>): Typed {
  const leaves: Typed = {
    float64: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(row.f, row.g) }, literals.float64),
    int64: fc.oneof({ weight: 3, arbitrary: fc.constant(row.i) }, literals.int64),
    boolean: fc.oneof({ weight: 3, arbitrary: fc.constant(row.b) }, literals.boolean),
    string: fc.oneof({ weight: 3, arbitrary: fc.constant(row.s) }, literals.string),
    time: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(row.w, rowTime()) }, literals.time),
  };
  return deeper(deeper(leaves));
}

const WITHIN = ["1ms", "3ms", "10ms", "12ms", "1s", "1h", "1d"] as const satisfies readonly Duration[];

interface Kept {
  readonly where?: Expression<"boolean">;
  readonly within?: Duration;
}

function kept(rows: Typed): fc.Arbitrary<Kept> {
  const rarely = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
    fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
  return fc
    .tuple(rarely(rows.boolean), fc.option(fc.constantFrom(...WITHIN), { nil: undefined }))
    .map(([where, within]) => ({
      ...(where === undefined ? {} : { where }),
      ...(within === undefined ? {} : { within }),
    }));
}

/** Aggregates whose value is the same to the last bit in every engine, as leaves of a question. */
function exactAggregates(rows: Typed): Typed {
  const options = kept(rows);
  const over = <Type extends ScalarType, Result extends ScalarType>(
    make: (of: Expression<Type>, options: Kept) => Expression<Result>,
    of: Of<Type>,
  ): Of<Result> => fc.tuple(of, options).map(([value, only]) => make(value, only));
  const any: Of<ScalarType> = fc.oneof<Of<ScalarType>[]>(
    rows.float64,
    rows.int64,
    rows.boolean,
    rows.string,
    rows.time,
  );
  return {
    float64: fc.oneof(
      over(min<"float64">, rows.float64),
      over(max<"float64">, rows.float64),
      over(last<"float64">, rows.float64),
      over(first<"float64">, rows.float64),
      over((of, only) => lag(of, 1, only), rows.float64),
      over((of, only) => quantile(of, 0.3, only), rows.float64),
      over((of, only) => quantile(of, 0.5, only), rows.int64),
      over((of, only) => quantile(of, 1, only), rows.float64),
      options.map(recency),
    ),
    int64: fc.oneof(
      options.map(count),
      over(countDistinct, any),
      over(sum<"int64">, rows.int64),
      over(max<"int64">, rows.int64),
      over(last<"int64">, rows.int64),
      over((of, only) => diff(of, 1, only), rows.int64),
      over((of, only) => diff(of, 2, only), rows.time),
    ),
    boolean: fc.oneof(over(last<"boolean">, rows.boolean), over(first<"boolean">, rows.boolean)),
    string: fc.oneof(
      over(min<"string">, rows.string),
      over(max<"string">, rows.string),
      over(last<"string">, rows.string),
      over(first<"string">, rows.string),
      over((of, only) => lag(of, 2, only), rows.string),
    ),
    time: fc.oneof(over(min<"time">, rows.time), over(last<"time">, rows.time), fc.constant(asOf())),
  };
}

/** Random features whose value every engine must give exactly. */
export function exactFeature(row: Columns<typeof sourceEvent>): fc.Arbitrary<Expression> {
  const rows = rowExpressions(row);
  const leaves = exactAggregates(rows);
  const typed = deeper(leaves);
  return fc.oneof<fc.Arbitrary<Expression>[]>(
    typed.float64,
    typed.int64,
    typed.boolean,
    typed.string,
    typed.time,
    leaves.float64,
    leaves.int64,
    leaves.string,
  );
}

/** A random feature with rounding of its own, and the feature that its allowed difference is relative to. */
export interface RoundedFeature {
  readonly feature: Expression;
  readonly scale: Expression;
}

/** Random float sums, means, deviations and logarithms. */
export function roundedFeature(row: Columns<typeof sourceEvent>): fc.Arbitrary<RoundedFeature> {
  const rows = rowExpressions(row);
  // A sum that overflows half way depends on its order; NaN and infinities pass.
  const of = rows.float64.map((value) =>
    ifElse(and(gt(abs(value), 1e300), le(abs(value), Number.MAX_VALUE)), literal("float64", null), value),
  );
  const questions = deeper(exactAggregates(rows)).float64;
  return fc.oneof(
    fc
      .tuple(of, kept(rows))
      .map(([value, only]) => ({ feature: sum(value, only), scale: sum(abs(value), only) })),
    fc
      .tuple(of, kept(rows))
      .map(([value, only]) => ({ feature: mean(value, only), scale: mean(abs(value), only) })),
    fc
      .tuple(of, kept(rows))
      .map(([value, only]) => ({ feature: stddev(value, only), scale: max(abs(value), only) })),
    questions.map((value) => ({ feature: log1p(value), scale: abs(log1p(value)) })),
  );
}
