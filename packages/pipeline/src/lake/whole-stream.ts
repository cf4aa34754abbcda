import type { DuckDBConnection } from "@duckdb/node-api";
import type { Columns } from "./column-reader.ts";

/** The name of the column that {@link withEnd} adds; it comes last. */
export const END = "tideline end of rows";

/**
 * A query with one row more, that says that it is the last: the binding ends a stream whose query fails later, as if it were
 * whole (it tells no error once rows have come). Where this row is missing, others are, too. Rows keep their order, so it is
 * the last; what it has no value for is NULL.
 *
 * @param width how many columns the query has; absent, they must all have names of their own.
 */
export function withEnd(query: string, width?: number): string {
  const whole = `select *, false as "${END}" from (${query})`;
  if (width === undefined) return `${whole} union all by name select true as "${END}"`;
  return `${whole} union all select ${Array.from({ length: width }, () => "null, ").join("")}true`;
}

/** The error of a stream that ended before its time, which the engine only tells when it is asked again. */
export async function lostError(connection: DuckDBConnection, query: string): Promise<Error> {
  try {
    await connection.run(`select count(columns(*)) from (${query})`);
  } catch (error) {
    return error as Error;
  }
  return new Error("the engine ended the rows before their end, for want of memory perhaps");
}

/** The columns without their last row. */
export function withoutLast(columns: Columns): Columns {
  const cut = Object.entries(columns).map(([name, column]) => {
    if ("offsets" in column) return [name, { ...column, offsets: column.offsets.subarray(0, -1) }] as const;
    return [
      name,
      Array.isArray(column) ? column.slice(0, -1) : (column as Float64Array).subarray(0, -1),
    ] as const;
  });
  return Object.fromEntries(cut);
}
