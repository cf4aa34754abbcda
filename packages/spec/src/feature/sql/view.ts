import { planView, type ViewPlan } from "../plan.ts";
import type { FeatureView } from "../view.ts";
import { ROW_ORDER, sqlAggregateOf, type SqlPart } from "./aggregate.ts";
import { type Hoist, hoist } from "./hoist.ts";
import { inRange } from "./operator.ts";
import { sqlOfExpression, type SqlScope } from "./scalar.ts";
import { identifier, SQL_TYPE } from "./text.ts";

/** Where the rows are, and how their columns are called. Names are quoted; an array is a qualified name. */
export interface SqlOfViewOptions {
  readonly dialect: "duckdb";
  /** The table or view of the source event: join key, time, known time (both BIGINT ms), and its fields. */
  readonly source: string | readonly string[];
  /** The table or view of questions: join key, time (BIGINT ms), and anything else, which is kept. */
  readonly spine: string | readonly string[];
  /** The source's time column; default `time`. */
  readonly time?: string;
  /** The source's known-time column; default `known_time`. */
  readonly knownTime?: string;
  /** The spine's time column; default `time`. */
  readonly spineTime?: string;
}

/** A prefix for the query's own names that neither relation begins with. */
function freePrefix(relations: readonly (string | readonly string[])[]): string {
  const taken = relations.flat().map((name) => name.toLowerCase());
  let prefix = "tl";
  while (taken.some((name) => name.startsWith(prefix))) prefix += "_";
  return prefix;
}

/** The chain of named subqueries that compute hoisted columns, and the name of the last. */
function chain(base: string, stages: Hoist): { readonly ctes: readonly string[]; readonly last: string } {
  const columns = stages.stages();
  const name = (stage: number): string => (stage === 0 ? base : `${base}_${stage}`);
  return {
    ctes: columns.map(
      (list, stage) =>
        `${name(stage + 1)} AS (\n  SELECT *, ${list.join(",\n    ")}\n  FROM ${name(stage)}\n)`,
    ),
    last: name(columns.length),
  };
}

/** The select list of the source, each field read into its type's range, as `prepareRow` does. */
function sourceColumns(view: FeatureView, names: ReadonlyMap<string, string>): readonly string[] {
  return Object.entries(view.source.columns).map(([column, type]) => {
    const quoted = identifier(column);
    return `${inRange(quoted, type) ?? `CAST(${quoted} AS ${SQL_TYPE[type]})`} AS ${names.get(column)}`;
  });
}

/** The aggregates' functions, each over the rows that the aggregate sees. */
function parts({ aggregates }: ViewPlan, rows: Hoist, scope: SqlScope): readonly (readonly string[])[] {
  return aggregates.map(({ name, of, where, within, parameter = 0 }) => {
    const value = of === null ? ROW_ORDER.time : `e.${rows.column(sqlOfExpression(of, scope, rows)).sql}`;
    const kept = where === null ? undefined : `e.${rows.column(sqlOfExpression(where, scope, rows)).sql}`;
    const recent = within === null ? undefined : `${ROW_ORDER.time} > q.t - ${within}`;
    const type = of?.type ?? "time";
    return sqlAggregateOf(name)
      .parts(value, type, parameter)
      .map(({ call, and }: SqlPart) => {
        const conditions = [recent, kept, and].filter((condition) => condition !== undefined);
        return conditions.length === 0 ? call : `${call} FILTER (WHERE ${conditions.join(" AND ")})`;
      });
  });
}

/**
 * A feature view as one SQL query: every column of the spine, then one for each feature, rows in no order. The
 * same view and options give the same text. The numbers are those of `interpretView`: equal, but for `sum`, `mean`
 * and `stddev` of float64 (within 1e-12 of the sum of absolute values, of the mean of them, and of the greatest
 * value) and `log1p` (the last digit).
 *
 * Cost: the join by key meets each distinct question with each row of its key, so time grows with the sum over
 * keys of questions times rows, memory with the questions. Where every aggregate has a window, the longest one cuts
 * the rows that reach the aggregates, though not the meeting. (10,200 questions over 30,000 rows of 30 keys, ten
 * million pairs: half a second on two cores.) Far longer histories need an equality on buckets of time as well.
 *
 * A null key or time in the spine is a question about no rows. Throws `FEATURE_ILLEGAL` for an unusable name.
 *
 * @example
 * sqlOfView(engagement, { dialect: "duckdb", source: "tap", spine: "windows" })
 */
export function sqlOfView(view: FeatureView, options: SqlOfViewOptions): string {
  const plan = planView(view);
  const prefix = freePrefix([options.source, options.spine]);
  const [questions, events, folded] = [`${prefix}_q`, `${prefix}_e`, `${prefix}_a`];
  const key = identifier(view.entity.joinKey);
  const time = identifier(options.time ?? "time");
  const knownTime = identifier(options.knownTime ?? "known_time");
  const spineTime = identifier(options.spineTime ?? "time");

  const names = new Map(Object.keys(view.source.columns).map((column, index) => [column, `c${index + 1}`]));
  const rows = hoist("x");
  const nothing = { sql: "NULL", stage: 0, form: "literal" } as const;
  const rowScope: SqlScope = {
    column: (column) => ({ sql: names.get(column)!, stage: 0, form: "column" }),
    aggregate: () => nothing,
    time: "e",
  };
  const aggregateParts = parts(plan, rows, rowScope);
  const rowChain = chain(events, rows);

  let used = 0;
  const partNames = aggregateParts.map((list) => list.map(() => `a${(used += 1)}`));
  const answers = hoist("y");
  const answerScope: SqlScope = {
    column: () => nothing,
    aggregate: (node) => {
      const index = plan.indexOf.get(node)!;
      const sql = sqlAggregateOf(node.name).finish(partNames[index]!, node.type, "t", node.parameter ?? 0);
      return { sql, stage: 0, form: sql === partNames[index]![0] ? "column" : "text" };
    },
    time: "t",
  };
  const features = Object.entries(view.features).map(([name, expression]) => {
    const { sql } = answers.column(sqlOfExpression(expression, answerScope, answers));
    return `f.${sql} AS ${identifier(name)}`;
  });
  const answerChain = chain(folded, answers);

  // One side of each comparison belongs to one table: otherwise DuckDB leaves the hash join for nested loops.
  const windows = plan.aggregates.map(({ within }) => within);
  const longest = windows.includes(null) ? undefined : Math.max(0, ...windows.map(Number));
  const ctes = [
    `${questions} AS (\n  SELECT DISTINCT ${key} AS k, CAST(${spineTime} AS BIGINT) AS t\n  FROM ${identifier(options.spine)}\n)`,
    `${events} AS (\n  SELECT ${[`${key} AS k`, `CAST(${time} AS BIGINT) AS e`, `CAST(${knownTime} AS BIGINT) AS n`, ...sourceColumns(view, names)].join(",\n    ")}\n  FROM ${identifier(options.source)}\n)`,
    ...rowChain.ctes,
    `${folded} AS (\n  SELECT ${["q.k", "q.t", ...aggregateParts.flatMap((list, index) => list.map((part, at) => `${part} AS ${partNames[index]![at]}`))].join(",\n    ")}\n` +
      `  FROM ${questions} AS q\n  LEFT JOIN ${rowChain.last} AS e\n` +
      `    ON e.k = q.k AND e.e <= q.t AND e.n <= q.t${longest === undefined ? "" : ` AND e.e > q.t - ${longest}`}\n` +
      `  GROUP BY q.k, q.t\n)`,
    ...answerChain.ctes,
  ];
  return (
    `WITH ${ctes.join(",\n")}\n` +
    `SELECT s.*,\n  ${features.join(",\n  ")}\n` +
    `FROM ${identifier(options.spine)} AS s\n` +
    `LEFT JOIN ${answerChain.last} AS f\n` +
    `  ON f.k IS NOT DISTINCT FROM s.${key} AND f.t IS NOT DISTINCT FROM CAST(s.${spineTime} AS BIGINT)\n`
  );
}
