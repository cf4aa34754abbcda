import type { OperatorName } from "../operator.ts";
import { MAX_TIME, type ScalarType } from "../scalar.ts";

/** How an operator is written in SQL. */
export interface SqlOperator {
  /** The text over its arguments' texts. */
  readonly emit: (args: readonly string[], types: readonly ScalarType[]) => string;
  /** The arguments that the text repeats, which are named first. */
  readonly repeats?: readonly number[];
  /** Wraps the result, once it has a name, to bring it into its type's range. */
  readonly guard?: (name: string, type: ScalarType) => string | undefined;
}

const infix = (symbol: string): SqlOperator => ({ emit: (args) => `(${args.join(` ${symbol} `)})` });
const named = (name: string): SqlOperator => ({ emit: (args) => `${name}(${args.join(", ")})` });

/** The range of a type that has one: safe integers, ECMAScript's dates. */
const LIMIT: Partial<Record<ScalarType, number>> = { int64: Number.MAX_SAFE_INTEGER, time: MAX_TIME };

/** A named number brought into its type: null out of range. */
export function inRange(name: string, type: ScalarType): string | undefined {
  const limit = LIMIT[type];
  return limit === undefined
    ? undefined
    : `CASE WHEN ${name} BETWEEN -${limit} AND ${limit} THEN CAST(${name} AS BIGINT) END`;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** The remainder with the divisor's sign: SQL's has the dividend's. */
const modulo = (value: string, divisor: number): string =>
  `((${value} % ${divisor} + ${divisor}) % ${divisor})`;

/** The whole part of a non-negative integer over another, by float64: exact below 2^53 over 3600000. */
const whole = (value: string, divisor: number): string =>
  `CAST(floor(CAST(${value} AS DOUBLE) / ${divisor}e0) AS BIGINT)`;

/** Positive infinity, which SQL has no literal for. */
const INFINITY = "CAST('Infinity' AS DOUBLE)";

/** Every operator in DuckDB's SQL, whose order of NaN, nulls in `least`, and strings are the language's own. */
const SQL_OPERATORS = {
  add: { ...infix("+"), guard: inRange },
  subtract: { ...infix("-"), guard: inRange },
  multiply: {
    // Two safe integers multiply into up to 106 bits: more than BIGINT, less than HUGEINT.
    emit: ([left, right], [type]) =>
      type === "int64" ? `(CAST(${left} AS HUGEINT) * ${right})` : `(${left} * ${right})`,
    guard: inRange,
  },
  divide: {
    repeats: [1],
    emit: ([left, right]) => `(${left} / CASE WHEN ${right} <> 0 THEN ${right} END)`,
  },
  abs: named("abs"),
  floor: named("floor"),
  log1p: {
    repeats: [0],
    // W. Kahan's log1p: the rounding of 1 + x cancels in x / ((1 + x) - 1).
    emit: ([x]) =>
      `CASE WHEN ${x} <= -1 THEN NULL WHEN ${x} >= ${INFINITY} OR (1 + ${x}) = 1 THEN ${x} ` +
      `ELSE ln(1 + ${x}) * (${x} / ((1 + ${x}) - 1)) END`,
  },
  to_float: { emit: ([value]) => `CAST(${value} AS DOUBLE)` },
  is_nan: { emit: ([value]) => `(${value} = CAST('NaN' AS DOUBLE))` },
  eq: infix("="),
  ne: infix("<>"),
  lt: infix("<"),
  le: infix("<="),
  gt: infix(">"),
  ge: infix(">="),
  least: named("least"),
  greatest: named("greatest"),
  and: infix("AND"),
  or: infix("OR"),
  not: { emit: ([value]) => `(NOT ${value})` },
  is_null: { emit: ([value]) => `(${value} IS NULL)` },
  coalesce: named("coalesce"),
  if: { emit: ([condition, yes, no]) => `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END` },
  hour_of_day: { emit: ([time]) => whole(modulo(time!, DAY), 3_600_000) },
  day_of_week: {
    // 1 January 1970 was a Thursday, three days after a Monday.
    emit: ([time]) => `(${whole(modulo(`(${modulo(time!, WEEK)} + ${3 * DAY})`, WEEK), DAY)} + 1)`,
  },
} as const satisfies Record<OperatorName, SqlOperator>;

/** An operator's SQL, without the precise types of the table. */
export function sqlOperatorOf(name: OperatorName): SqlOperator {
  return SQL_OPERATORS[name];
}
