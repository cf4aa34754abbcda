import { type Duration, milliseconds } from "../duration.ts";
import type { AggregateName } from "../aggregate/registry.ts";
import type { Expression } from "../expression.ts";
import type { NumericType, ScalarType } from "../scalar.ts";
import { toFloat } from "./arithmetic.ts";
import { aggregateNode, call } from "./node.ts";

/** Which source rows an aggregate takes. */
export interface AggregateOptions {
  /** Only rows with `asOf - within < time <= asOf`; left out, every row up to then. */
  readonly within?: Duration;
  /** Only rows for which this is true. */
  readonly where?: Expression<"boolean">;
}

function aggregate<Type extends ScalarType>(
  name: AggregateName,
  of: Expression | null,
  { within, where }: AggregateOptions,
  parameter?: number,
): Expression<Type> {
  return aggregateNode(
    name,
    of,
    where ?? null,
    within === undefined ? null : milliseconds(within),
    parameter,
  );
}

/** How many rows; 0 of none. */
export function count(options: AggregateOptions = {}): Expression<"int64"> {
  return aggregate("count", null, options);
}

/** How many different non-null values; 0 of none. */
export function countDistinct(of: Expression, options: AggregateOptions = {}): Expression<"int64"> {
  return aggregate("count_distinct", of, options);
}

/** The sum of the non-null values; null of none, and where an int64 sum is no safe integer. */
export function sum<Type extends NumericType>(
  of: Expression<Type>,
  options: AggregateOptions = {},
): Expression<Type> {
  return aggregate("sum", of, options);
}

/** The arithmetic mean of the non-null values; null of none. */
export function mean(of: Expression<NumericType>, options: AggregateOptions = {}): Expression<"float64"> {
  return aggregate("mean", toFloat(of), options);
}

/** The sample standard deviation of the non-null values; null of fewer than two. */
export function stddev(of: Expression<NumericType>, options: AggregateOptions = {}): Expression<"float64"> {
  return aggregate("stddev", toFloat(of), options);
}

/**
 * The quantile of the non-null values, in proportion between the two nearest; null of none. It keeps every value of its
 * window.
 *
 * @param probability from 0, the least, to 1, the greatest
 * @example quantile(row.seconds, 0.9, { within: "1d" })
 */
export function quantile(
  of: Expression<NumericType>,
  probability: number,
  options: AggregateOptions = {},
): Expression<"float64"> {
  return aggregate("quantile", toFloat(of), options, probability);
}

/** The middle one of the non-null values, or the mean of the middle two; null of none. */
export function median(of: Expression<NumericType>, options: AggregateOptions = {}): Expression<"float64"> {
  return quantile(of, 0.5, options);
}

/** The least non-null value; null of none. */
export function min<Type extends Exclude<ScalarType, "boolean">>(
  of: Expression<Type>,
  options: AggregateOptions = {},
): Expression<Type> {
  return aggregate("min", of, options);
}

/** The greatest non-null value (NaN is the greatest); null of none. */
export function max<Type extends Exclude<ScalarType, "boolean">>(
  of: Expression<Type>,
  options: AggregateOptions = {},
): Expression<Type> {
  return aggregate("max", of, options);
}

/** The earliest non-null value (ties: earliest known, then least); null of none. */
export function first<Type extends ScalarType>(
  of: Expression<Type>,
  options: AggregateOptions = {},
): Expression<Type> {
  return aggregate("first", of, options);
}

/** The latest non-null value (ties: latest known, then greatest); null of none. */
export function last<Type extends ScalarType>(
  of: Expression<Type>,
  options: AggregateOptions = {},
): Expression<Type> {
  return aggregate("last", of, options);
}

/**
 * The non-null value `back` rows before the latest one; null where there are not as many. Rows without a value do not
 * count.
 *
 * @param back 1, the value before the latest, to 1000
 * @example lag(row.screen, 1) // the screen before this one
 */
export function lag<Type extends ScalarType>(
  of: Expression<Type>,
  back: number,
  options: AggregateOptions = {},
): Expression<Type> {
  return aggregate("lag", of, options, back);
}

/**
 * By how much the latest value differs from the one `back` rows before it; null where there are not as many. Of times it is
 * milliseconds.
 *
 * @param back 1 to 1000
 * @example diff(row.weight, 1, { within: "7d" })
 */
export function diff<Type extends NumericType | "time">(
  of: Expression<Type>,
  back: number,
  options: AggregateOptions = {},
): Expression<Type extends "time" ? "int64" : Type> {
  return call("subtract", [last(of, options), lag(of, back, options)]);
}

/** Seconds from the latest row to the time of the question; null of none. */
export function recency(options: AggregateOptions = {}): Expression<"float64"> {
  return aggregate("recency", null, options);
}
