import type { ColumnSchema } from "@tideline/learn/frame";
import { isTidelineError, tidelineError } from "@tideline/spec/error";
import { identifier } from "../lake/sql-text.ts";

/** A column of a relation: what a frame holds of it, and the SQL that gives it in a type that is read without a cast. */
export interface RelationColumn {
  readonly schema: ColumnSchema;
  readonly sql: string;
}

const INTEGERS = new Set([
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
]);
const SMALL = new Set(["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"]);
const DOUBLES = new Set(["DOUBLE", "DECIMAL", "HUGEINT", "UHUGEINT"]);
const TEXTS = new Set(["VARCHAR", "ENUM", "UUID", "JSON"]);
const TIMES = new Set([
  "DATE",
  "TIMESTAMP",
  "TIMESTAMP_S",
  "TIMESTAMP_MS",
  "TIMESTAMP_NS",
  "TIMESTAMP WITH TIME ZONE",
]);

/**
 * How a column of a type, as DuckDB's `describe` names it, becomes one of a frame: integers keep their width, DECIMAL and
 * HUGEINT become float64, dates and times with a zone instants in UTC, nanoseconds are cut off, lists series, arrays
 * vectors.
 *
 * @param declared What the file's writer said of the column, for kinds that the format has no type for.
 * @throws ARGUMENT_INVALID for types that no column holds: structs, maps, intervals, times of day.
 */
export function relationColumn(
  who: string,
  name: string,
  type: string,
  declared?: ColumnSchema,
): RelationColumn {
  const column = identifier(name);
  const unit = declared?.unit === undefined ? {} : { unit: declared.unit };
  const made = (schema: Omit<ColumnSchema, "name" | "unit">, sql = column): RelationColumn => ({
    schema: Object.freeze({ name, ...schema, ...unit }),
    sql: sql === column ? column : `${sql} as ${column}`,
  });
  const sequence = /^(.*)\[(\d*)\]$/su.exec(type);
  if (sequence !== null) {
    const item = sequence[1]!.replace(/\(.*\)$/su, "");
    const width = sequence[2] === "" ? undefined : Number(sequence[2]);
    const own = item === "FLOAT" ? "FLOAT" : INTEGERS.has(item) || DOUBLES.has(item) ? "DOUBLE" : undefined;
    if (own === undefined) throw unsupported(who, name, type);
    if (width !== undefined) return made({ kind: "vector", width }, `${column}::${own}[${width}]`);
    if (declared?.kind === "vector" && declared.width !== undefined)
      return made({ kind: "vector", width: declared.width }, `${column}::${own}[${declared.width}]`);
    return made({ kind: "series" }, `${column}::${SMALL.has(item) ? "INTEGER" : own}[]`);
  }
  const base = type.replace(/\(.*/su, "");
  if (INTEGERS.has(base)) return made({ kind: "integer" });
  if (base === "FLOAT" || base === "DOUBLE") return made({ kind: "float" });
  if (DOUBLES.has(base)) return made({ kind: "float" }, `${column}::DOUBLE`);
  if (base === "BOOLEAN") return made({ kind: "boolean" });
  if (TEXTS.has(base)) return made({ kind: "string" }, base === "VARCHAR" ? column : `${column}::VARCHAR`);
  if (TIMES.has(base)) return made({ kind: "time" }, base === "TIMESTAMP" ? column : `${column}::TIMESTAMP`);
  if (base === "BLOB") return made({ kind: "bytes" });
  throw unsupported(who, name, type);
}

/** The same, and a column of a type that no frame holds as the text that the engine writes of it. */
export function columnOrText(
  who: string,
  name: string,
  type: string,
  declared?: ColumnSchema,
): RelationColumn {
  try {
    return relationColumn(who, name, type, declared);
  } catch (error) {
    if (!isTidelineError(error, "ARGUMENT_INVALID")) throw error;
    const column = identifier(name);
    return { schema: Object.freeze({ name, kind: "string" }), sql: `${column}::VARCHAR as ${column}` };
  }
}

function unsupported(who: string, name: string, type: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column ${JSON.stringify(name)}`,
    expected: "numbers, texts, truths, times, blobs, or lists of numbers",
    received: type,
    remedy: "Leave it out, or cast it in a query: field.inner, epoch_ms(time), day::varchar.",
  });
}
