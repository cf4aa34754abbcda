import { type Duration, milliseconds } from "../duration.ts";
import type { AggregateName } from "../aggregate/registry.ts";
import type { Expression } from "../expression.ts";
import type { NumericType, ScalarType } from "../scalar.ts";
import { toFloat } from "./arithmetic.ts";
import { aggregateNode } from "./node.ts";

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
): Expression<Type> {
  return aggregateNode(name, of, where ?? null, within === undefined ? null : milliseconds(within));
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

/** Seconds from the latest row to the time of the question; null of none. */
export function recency(options: AggregateOptions = {}): Expression<"float64"> {
  return aggregate("recency", null, options);
}
