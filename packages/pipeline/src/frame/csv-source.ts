import type { ColumnSchema, Frame, FrameSchema, FrameSource } from "@tideline/learn/frame";
import { isTidelineError, tidelineError } from "@tideline/spec/error";
import { needKnown, type FieldsOf } from "../known-field.ts";
import type { Engine } from "../lake/index.ts";
import { identifier, literal } from "../lake/sql-text.ts";
import { csvFaults, REJECT_OPTIONS } from "./csv-faults.ts";
import { differInCase, distinctNames, readableName, STOOD, stoodFor } from "./column-name.ts";
import { sniffCsv, type CsvDialect } from "./csv-dialect.ts";
import { csvHead } from "./csv-head.ts";
import { withLineEnds } from "./csv-line-end.ts";
import { dialectLike } from "./csv-sibling.ts";
import { gzipCheck } from "./file-stream.ts";
import {
  borrowEngine,
  expandFiles,
  needTemporary,
  pathLiteral,
  withEngine,
  type FileEngineOptions,
} from "./own-engine.ts";
import { readQuery } from "./relation-source.ts";
import { sourceOfColumns } from "./source-of-columns.ts";
import { textHead } from "./text-head.ts";
import { relationColumn, type RelationColumn } from "./relation-column.ts";
import { TEXT_LENGTH, type OnRejected } from "./rejected-row.ts";

/** Options of {@link csvSource}. */
export interface CsvSourceOptions extends Omit<FileEngineOptions, "engine"> {
  /** The columns of the file, in its order. Default: inferred from a sample of the first file. */
  readonly schema?: FrameSchema;
  /**
   * Rows that kinds are inferred from, at least 2,048. Default 20,480. Where `onRejected` is given a column is of a kind if
   * 95 % of its values in the sample are.
   */
  readonly sample?: number;
  /** Default: found in the sample. */
  readonly delimiter?: string;
  /** Default: found in the sample. */
  readonly header?: boolean;
  /** Unquoted texts that stand for a missing value. Default: the empty one. */
  readonly missing?: readonly string[];
  /** Rows of a piece at most. Default 65,536. */
  readonly rows?: number;
  /**
   * Takes the rows that cannot be read (too few or too many fields, a value that is not of the column's kind, a broken
   * quote, bytes that are no UTF-8), each with line and reason, after the last row of a pass; the others come through.
   * Default: the first such row is an error.
   */
  readonly onRejected?: OnRejected;
}

const OPTIONS: FieldsOf<CsvSourceOptions> = {
  schema: true,
  sample: true,
  delimiter: true,
  header: true,
  missing: true,
  rows: true,
  onRejected: true,
  temporary: true,
  threads: true,
  memory: true,
};

/** Types in which fields are read; other kinds are read as texts and cast. */
const TYPES = { float: "DOUBLE", boolean: "BOOLEAN", string: "VARCHAR" } as const;

/**
 * CSV files (paths or patterns, plain or `.gz`) as a source of frames: UTF-8, fields in double quotes where they need
 * them, the first line names unless the sample says otherwise. A missing value is an empty field without quotes; `""` is
 * the empty text. Vectors and series are read from `[1.5, 2]`, bytes from base64, where a schema declares them. Times are
 * ISO 8601, those without a zone in UTC; columns of dates in another order of day and month are texts. Several files
 * have the columns of the first one, in any order where they have headers. Whatever columns are asked, a row is rejected
 * for any fault in it, so that passes agree. A `.gz` is unpacked once more before its first pass, to see that it is whole.
 * Memory is bounded: an engine of its own and one piece; rejected rows add the text of the field at fault until a file's
 * end, hence as much as the faults.
 *
 * @throws DATA_NOT_FOUND, ARGUMENT_INVALID; while reading DATA_MALFORMED naming file, line and column, unless
 *   `onRejected` takes such rows.
 * @example
 * const rejected: RejectedRow[] = [];
 * const source = await csvSource("taps.csv", { onRejected: (rows) => void rejected.push(...rows) });
 */
export async function csvSource(
  paths: string | readonly string[],
  options: CsvSourceOptions = {},
): Promise<FrameSource> {
  needKnown("csvSource", undefined, options, OPTIONS);
  await needTemporary("csvSource", options.temporary);
  const files = await expandFiles("csvSource", paths, options);
  const checkPacked = gzipCheck();
  const dialect = await withEngine(options, (engine) =>
    firstDialect(engine, `csvSource: ${files[0]}`, files[0]!, options, checkPacked),
  );
  const fields = fieldsOf(`csvSource: ${files[0]}`, dialect, options.schema);
  const columns = fields.map(({ column }) => column);
  async function* readFile(
    engine: Engine,
    file: string,
    picked: readonly RelationColumn[],
  ): AsyncGenerator<Frame> {
    const who = `csvSource: ${file}`;
    await checkPacked(who, file);
    if (file !== files[0]) await textHead(who, file);
    const own = file === files[0] ? dialect : await dialectLike(engine, who, file, dialect, options);
    // A file without a byte.
    if (own === undefined) return;
    const places = own.columns.map(({ name }) => name);
    const faults = csvFaults(who, file, fields, own, options.onRejected);
    const inOrder = dialect.header
      ? fields.toSorted((one, other) => places.indexOf(nameOf(one)) - places.indexOf(nameOf(other)))
      : fields;
    // Every column is asked of the engine, which would else not look at the others; those that are not wanted stay there.
    try {
      yield* readQuery(engine, csvQuery(file, fields, inOrder, own, options), picked, who, {
        rows: options.rows,
        places: picked.map((one) => columns.indexOf(one)),
        width: columns.length + 1,
        fault: { place: columns.length, tell: faults.tell },
        ...(options.onRejected === undefined ? {} : { closing: faults.closing }),
      });
    } catch (error) {
      throw await withLineEnds(who, file, withNames(error, fields));
    }
  }
  async function* read(picked: readonly RelationColumn[]): AsyncGenerator<Frame> {
    const { engine, release } = await borrowEngine(options);
    try {
      for (const file of files) yield* readFile(engine, file, picked);
    } finally {
      await release();
    }
  }
  return sourceOfColumns(columns, read, { renamed: dialect.renamed });
}

/** An error with the names of columns in place of those that the engine knows. */
function withNames(error: unknown, fields: readonly CsvField[]): unknown {
  if (!isTidelineError(error, "DATA_MALFORMED") || error.parts.received?.includes(STOOD) !== true)
    return error;
  let { received } = error.parts;
  // The last first: the first ones' names begin others.
  for (const field of fields.toReversed()) received = received.replaceAll(field.name, () => nameOf(field));
  return tidelineError("DATA_MALFORMED", { ...error.parts, received });
}

const nameOf = ({ column }: CsvField): string => column.schema.name;

/** Bytes of a line at most: 2 MiB. The engine sets aside several buffers of 16 lines for each of its threads. */
const MOST_LINE = 2 * 2 ** 20;

/** The dialect of the first file; a first line of the schema's names is a header, even one of numbers. */
async function firstDialect(
  engine: Engine,
  who: string,
  file: string,
  options: CsvSourceOptions,
  checkPacked: (who: string, path: string) => Promise<void>,
): Promise<CsvDialect> {
  await checkPacked(who, file);
  const { schema, header } = options;
  // Rows of a schema may have nothing but tabs between missing values.
  if ((await textHead(who, file)) === "blank" && !(schema !== undefined && options.delimiter !== undefined))
    throw tidelineError("DATA_MALFORMED", {
      who,
      expected: "a header or a row",
      received: "a file of no bytes, or of white space",
      remedy: "Was it written to its end? Leave it out, or write it again.",
    });
  const dialect = await sniffCsv(engine, who, file, options);
  if (schema === undefined) return dialect;
  const headed =
    header === undefined && !dialect.header ? await ifHeaded(who, file, dialect, schema) : dialect;
  checkSchema(who, headed, schema);
  return headed.header ? asSchema(headed, schema) : headed;
}

/** A dialect with a header where the first line is of a schema's names, whatever else it looks like; else as it was. */
async function ifHeaded(
  who: string,
  file: string,
  dialect: CsvDialect,
  schema: FrameSchema,
): Promise<CsvDialect> {
  const head = (await csvHead(who, file, dialect.delimiter, dialect.skip)) ?? [];
  if (head.length !== schema.length || head.length !== dialect.columns.length) return dialect;
  const names = distinctNames(head.map(readableName));
  const columns = names.map((name, at) => ({ ...dialect.columns[at]!, name, written: head[at]! }));
  const named = schema.every(({ name }, at) => isCalled(columns[at]!, name));
  return named ? { ...dialect, header: true, columns } : dialect;
}

/** A dialect whose columns are called as a schema calls them. */
const asSchema = (dialect: CsvDialect, schema: FrameSchema): CsvDialect => ({
  ...dialect,
  columns: dialect.columns.map((column, at) => ({ ...column, name: schema[at]!.name })),
});

/** The columns of a file, and behind them what is wrong with a row: `place:text` of its first field that has no value. */
function csvQuery(
  file: string,
  fields: readonly CsvField[],
  inOrder: readonly CsvField[],
  { delimiter, skip, header }: CsvDialect,
  { missing = [""], onRejected }: CsvSourceOptions,
): string {
  const types = inOrder.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(", ");
  const faults = fields.flatMap(({ name, fault }, at) =>
    fault === undefined
      ? []
      : [
          `when ${identifier(name)} is not null and ${fault} then '${at}:' || left(${identifier(name)}, ${TEXT_LENGTH})`,
        ],
  );
  return `select ${fields.map(({ column }) => column.sql).join(", ")},
      ${faults.length === 0 ? "null" : `case ${faults.join(" ")} end`}::varchar
    from read_csv(${pathLiteral(file)}, auto_detect = false, delim = ${literal(delimiter)}, quote = '"', escape = '"',
      skip = ${skip}, header = ${header}, allow_quoted_nulls = false, max_line_size = ${MOST_LINE},
      nullstr = [${missing.map(literal).join(", ")}], columns = {${types}}${onRejected === undefined ? "" : REJECT_OPTIONS}) as t`;
}

/** A time without seconds that a zone or white space follows, which the engine reads with seconds alone. */
const WITHOUT_SECONDS = String.raw`'^(\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(\s*(?:[Zz]|[+-][\d:]+)?\s*)$'`;

/** A text as TIMESTAMP in UTC, or NULL. */
function timeSql(text: string): string {
  // As TIMESTAMP the engine drops an offset. As TIMESTAMPTZ it reads a time without one in the zone of the last name.
  const zoned = `contains(${text}, '+') or contains(substr(${text}, 14), '-')`;
  return `case when ${zoned} then try_cast(${text} as TIMESTAMPTZ)::TIMESTAMP else try_cast(${text} as TIMESTAMP) end`;
}

/** A column of a CSV file as the engine is asked for it. */
export interface CsvField {
  /** What the engine calls it. */
  readonly name: string;
  /** The engine's type that the field is read in. */
  readonly type: string;
  readonly column: RelationColumn;
  /** The SQL of whether a field that is not NULL has no value of its kind, where the engine would round or fail. */
  readonly fault?: string;
}

/** The columns of a file, under names that the engine can tell apart. */
function fieldsOf(who: string, dialect: CsvDialect, schema: FrameSchema | undefined): readonly CsvField[] {
  const names = (schema ?? dialect.columns).map(({ name }) => name);
  if (!differInCase(names)) return plainFieldsOf(who, dialect, schema);
  const stood = <Column extends object>(columns: readonly Column[]) =>
    columns.map((column, at) => ({ ...column, name: stoodFor(at) }));
  return plainFieldsOf(who, { ...dialect, columns: stood(dialect.columns) }, schema && stood(schema)).map(
    ({ column, ...field }, at) => ({
      ...field,
      column: { ...column, schema: { ...column.schema, name: names[at]! } },
    }),
  );
}

function plainFieldsOf(
  who: string,
  dialect: CsvDialect,
  schema: FrameSchema | undefined,
): readonly CsvField[] {
  if (schema === undefined)
    return dialect.columns.map(({ name, type }) => {
      if (type === "BIGINT") return fieldOf({ name, kind: "integer" });
      if (type === "DATE" || type.startsWith("TIMESTAMP")) return fieldOf({ name, kind: "time" });
      // A time of day has no kind: it stays what it is written as.
      const own = type === "TIME" ? "VARCHAR" : type;
      return { name, type: own, column: relationColumn(who, name, own) };
    });
  return schema.map(fieldOf);
}

/** Whether a column is called so, as it reads or as it is written. */
const isCalled = ({ name, written }: CsvDialect["columns"][number], wanted: string): boolean =>
  wanted === name || wanted === written;

/** Wants a schema to be that of a file. @throws ARGUMENT_INVALID */
function checkSchema(who: string, dialect: CsvDialect, schema: FrameSchema): void {
  const wrong = (expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field: "schema", expected, received });
  if (schema.length !== dialect.columns.length)
    throw wrong(`${dialect.columns.length} columns, as the file has`, String(schema.length));
  for (const [at, { name }] of schema.entries())
    if (dialect.header && !isCalled(dialect.columns[at]!, name))
      throw wrong(`column ${JSON.stringify(dialect.columns[at]!.name)} in place ${at}`, JSON.stringify(name));
}

function fieldOf(schema: ColumnSchema): CsvField {
  const { name, kind, width } = schema;
  const field = identifier(name);
  const cast = (sql: string, fault = `${sql} is null`): CsvField => ({
    name,
    type: "VARCHAR",
    column: { schema, sql: `${sql} as ${field}` },
    fault,
  });
  switch (kind) {
    case "integer": {
      // The engine's own integers round 1.5, and read 0x10.
      const value = `try_cast(${field} as BIGINT)`;
      return cast(value, `coalesce(${value} <> try_cast(${field} as DOUBLE), true)`);
    }
    case "time": {
      const value = `coalesce(${timeSql(field)}, ${timeSql(`regexp_replace(${field}, ${WITHOUT_SECONDS}, '\\1:00\\2')`)})`;
      return cast(`(${value})`, `not coalesce(isfinite(${value}), false)`);
    }
    case "vector":
      return cast(`try_cast(${field} as DOUBLE[${width}])`);
    case "series":
      return cast(`try_cast(${field} as DOUBLE[])`);
    case "bytes":
      return cast(`try(from_base64(${field}))`);
    default:
      return { name, type: TYPES[kind], column: { schema, sql: field } };
  }
}
