import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { BOOLEAN, DOUBLE, DuckDBDataChunk, DuckDBListValue, FLOAT, LIST, VARCHAR } from "@duckdb/node-api";
import { identifier } from "./sql-text.ts";
import type { ColumnType, LakeColumn } from "./table-schema.ts";

/**
 * A value on its way into the lake: times in milliseconds since 1970, integers as numbers, lists of floats as
 * Float32Array.
 */
export type StageValue =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | readonly number[]
  | Float32Array;

/** A table in memory that collects rows before they are written, with the bucket of each. */
export interface Stage {
  readonly table: string;
  readonly columns: readonly LakeColumn[];
  /** Adds a row, in the order of `columns`. */
  append(bucket: number, row: readonly StageValue[]): void;
  /** Hands everything over to the engine; nothing can be appended after it. */
  finish(): void;
}

/** Rows of a chunk: DuckDB's vector size. */
const CHUNK_ROWS = 2048;

/**
 * Types while staged. Integers and times travel as DOUBLE, which holds every safe integer exactly: the binding would
 * ask for a BigInt each.
 */
const STAGED = {
  VARCHAR: { sql: "VARCHAR", type: VARCHAR },
  BIGINT: { sql: "DOUBLE", type: DOUBLE },
  DOUBLE: { sql: "DOUBLE", type: DOUBLE },
  BOOLEAN: { sql: "BOOLEAN", type: BOOLEAN },
  TIMESTAMP: { sql: "DOUBLE", type: DOUBLE },
  "FLOAT[]": { sql: "FLOAT[]", type: LIST(FLOAT) },
  "BIGINT[]": { sql: "DOUBLE[]", type: LIST(DOUBLE) },
  "VARCHAR[]": { sql: "VARCHAR[]", type: LIST(VARCHAR) },
} as const satisfies Record<ColumnType, { sql: string; type: DuckDBType }>;

/** The column that only the stage has; no event's field can be named so. */
export const STAGE_BUCKET = "_bucket";

/** The name of a table's stage. */
export function stageName(table: string): string {
  return identifier(`stage_${table}`);
}

/** What a stage's columns become in the lake, as the list of a select. */
export function stageSelection(columns: readonly LakeColumn[]): string {
  return columns
    .map(({ name, type }) => {
      const column = identifier(name);
      if (type === "BIGINT" || type === "BIGINT[]") return `cast(${column} as ${type}) as ${column}`;
      if (type === "TIMESTAMP") return `epoch_ms(cast(${column} as bigint)) as ${column}`;
      return column;
    })
    .join(", ");
}

/** The value as the binding takes it. A list reads its items by index, so a typed array goes in without a copy. */
function toBinding(value: StageValue): DuckDBValue {
  if (typeof value !== "object" || value === null) return value;
  return new DuckDBListValue(value as readonly DuckDBValue[]);
}

/** Makes the stage of a table. */
export async function createStage(
  connection: DuckDBConnection,
  table: string,
  columns: readonly LakeColumn[],
): Promise<Stage> {
  const definitions = columns.map(({ name, type }) => `${identifier(name)} ${STAGED[type].sql}`);
  await connection.run(
    `create table ${stageName(table)} (${definitions.join(", ")}, ${STAGE_BUCKET} double)`,
  );
  const appender = await connection.createAppender(`stage_${table}`);
  const types = [...columns.map(({ type }) => STAGED[type].type), DOUBLE];
  let buffered: DuckDBValue[][] = types.map(() => []);
  const flush = () => {
    const rows = buffered[0]!.length;
    if (rows === 0) return;
    const chunk = DuckDBDataChunk.create(types, rows);
    for (const [index, values] of buffered.entries()) chunk.setColumnValues(index, values);
    appender.appendDataChunk(chunk);
    buffered = types.map(() => []);
  };
  return Object.freeze({
    table,
    columns,
    append: (bucket: number, row: readonly StageValue[]) => {
      for (let index = 0; index < columns.length; index += 1) buffered[index]!.push(toBinding(row[index]!));
      buffered[columns.length]!.push(bucket);
      if (buffered[0]!.length === CHUNK_ROWS) flush();
    },
    finish: () => {
      flush();
      appender.closeSync();
    },
  });
}
