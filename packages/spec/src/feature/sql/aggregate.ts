import type { AggregateName } from "../aggregate/registry.ts";
import { STDDEV_LIMIT } from "../aggregate/stddev.ts";
import type { ScalarType } from "../scalar.ts";
import { inRange } from "./operator.ts";
import { sqlLiteral } from "./text.ts";

/** An aggregate's SQL function over the rows for which a condition holds. */
export interface SqlPart {
  readonly call: string;
  /** Narrows the rows further. */
  readonly and?: string;
}

/** How an aggregate is written in SQL: functions over rows, and one expression over their results. */
export interface SqlAggregate {
  /** The functions over `value`, a column of the row (or its time, where the aggregate takes no value). */
  readonly parts: (value: string, type: ScalarType, parameter: number) => readonly SqlPart[];
  /** The value from the parts' names and the name of the question's time. */
  readonly finish: (parts: readonly string[], type: ScalarType, asOf: string, parameter: number) => string;
}

/** The row's columns that `first`, `last` and `lag` order by. */
export const ROW_ORDER = { time: "e.e", knownTime: "e.n" } as const;

const MAX_FLOAT = "1.7976931348623157e308";
const finite = (value: string): string => `${value} BETWEEN -${MAX_FLOAT} AND ${MAX_FLOAT}`;
const same: SqlAggregate["finish"] = ([part]) => part!;
const plain = (name: string): SqlAggregate => ({
  parts: (value) => [{ call: `${name}(${value})` }],
  finish: same,
});

/**
 * `fsum` is DuckDB's Kahan sum: within 1e-12 of the sum of absolute values of the interpreter's exact sum. It
 * cannot hold NaN and infinities, which a plain sum adds as IEEE 754 does.
 */
const floatSum = (value: string): readonly SqlPart[] => [
  { call: `fsum(${value})`, and: finite(value) },
  { call: `sum(${value})`, and: `NOT (${finite(value)})` },
];
const finishFloatSum = ([sum, special]: readonly string[]): string =>
  `coalesce(${special}, CASE WHEN ${finite(sum!)} THEN ${sum} END)`;

/** The values of rows by the order of `last`, nulls left out: the least or the greatest of them, or so many. */
const byRow = (name: "arg_min" | "arg_max", value: string, rows = ""): readonly SqlPart[] => [
  {
    call: `${name}(${value}, ROW(${ROW_ORDER.time}, ${ROW_ORDER.knownTime}, ${value})${rows})`,
    and: `${value} IS NOT NULL`,
  },
];

/** Every aggregate in DuckDB's SQL. */
const SQL_AGGREGATES = {
  count: plain("count"),
  count_distinct: { parts: (value) => [{ call: `count(DISTINCT ${value})` }], finish: same },
  sum: {
    parts: (value, type) => (type === "int64" ? [{ call: `sum(${value})` }] : floatSum(value)),
    finish: (parts, type) => (type === "int64" ? inRange(parts[0]!, type)! : finishFloatSum(parts)),
  },
  mean: {
    parts: (value) => [...floatSum(value), { call: `count(${value})` }],
    finish: ([sum, special, rows]) =>
      `(${finishFloatSum([sum!, special!])} / CASE WHEN ${rows} > 0 THEN CAST(${rows} AS DOUBLE) END)`,
  },
  min: plain("min"),
  max: plain("max"),
  stddev: {
    parts: (value) => {
      const legal = `${value} BETWEEN -${STDDEV_LIMIT} AND ${STDDEV_LIMIT}`;
      return [
        { call: `stddev_samp(${value})`, and: legal },
        { call: `count(${value})` },
        { call: `count(${value})`, and: `NOT (${legal})` },
      ];
    },
    finish: ([deviation, rows, illegal]) =>
      `CASE WHEN ${rows} < 2 THEN NULL WHEN ${illegal} > 0 THEN CAST('NaN' AS DOUBLE) ELSE ${deviation} END`,
  },
  quantile: {
    parts: (value, _type, probability) => [
      { call: `quantile_cont(${value}, ${sqlLiteral("float64", probability)})` },
    ],
    finish: same,
  },
  first: { parts: (value) => byRow("arg_min", value), finish: same },
  last: { parts: (value) => byRow("arg_max", value), finish: same },
  lag: {
    parts: (value, _type, back) => byRow("arg_max", value, `, ${back + 1}`),
    finish: ([rows], _type, _asOf, back) => `${rows}[${back + 1}]`,
  },
  recency: {
    parts: () => [{ call: `max(${ROW_ORDER.time})` }],
    finish: ([latest], _type, asOf) => `(CAST(${asOf} - ${latest} AS DOUBLE) / 1000e0)`,
  },
} as const satisfies Record<AggregateName, SqlAggregate>;

/** An aggregate's SQL, without the precise types of the table. */
export function sqlAggregateOf(name: AggregateName): SqlAggregate {
  return SQL_AGGREGATES[name];
}
