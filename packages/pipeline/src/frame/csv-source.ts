import type { ColumnSchema, Frame, FrameSchema, FrameSource } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec";
import { identifier, literal } from "../lake/index.ts";
import { csvRejects, REJECT_OPTIONS } from "./csv-rejects.ts";
import { sniffCsv, type CsvDialect } from "./csv-dialect.ts";
import { borrowEngine, pathList, withEngine, type FileEngineOptions } from "./own-engine.ts";
import { readQuery, sourceOfColumns } from "./relation-source.ts";
import { relationColumn, type RelationColumn } from "./relation-column.ts";
import type { OnRejected } from "./rejected-row.ts";

/** Options of {@link csvSource}. */
export interface CsvSourceOptions extends Omit<FileEngineOptions, "engine"> {
  /** The columns of the file, in its order. Default: inferred from a sample of the first file. */
  readonly schema?: FrameSchema;
  /** Rows that kinds are inferred from. Default 20,480. */
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

/** Types in which fields are read; kinds without a field of their own are read as texts and cast. */
const TYPES: Readonly<Record<ColumnSchema["kind"], string>> = {
  float: "DOUBLE",
  integer: "BIGINT",
  boolean: "BOOLEAN",
  string: "VARCHAR",
  time: "TIMESTAMP",
  vector: "VARCHAR",
  series: "VARCHAR",
  bytes: "VARCHAR",
};

/**
 * CSV files (paths or patterns, plain or `.gz`) as a source of frames: UTF-8, fields in double quotes where they need
 * them, the first line names unless the sample says otherwise. A missing value is an empty field without quotes; `""` is
 * the empty text. Vectors and series are read from `[1.5, 2]`, bytes from base64, where a schema declares them. Whatever
 * columns are asked, a row is rejected for any fault in it, so that passes agree. Memory is bounded: an engine of its own
 * and one piece.
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
  const who = `csvSource: ${String(paths)}`;
  const list = await pathList("csvSource", paths);
  const dialect = await withEngine(options, (engine) => sniffCsv(engine, who, list, options));
  const fields = fieldsOf(who, dialect, options.schema);
  const columns = fields.map(({ column }) => column);
  const relation = `read_csv(${list}, auto_detect = false, delim = ${literal(dialect.delimiter)}, quote = '"',
    escape = '"', skip = ${dialect.skip}, header = ${dialect.header}, allow_quoted_nulls = false, max_line_size = ${MOST_LINE},
    nullstr = [${(options.missing ?? [""]).map(literal).join(", ")}],
    columns = {${fields.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(", ")}}`;
  const strict = options.onRejected === undefined;
  // Every column is asked of the engine, which would else not look at the others; those that are not wanted stay there.
  const query = `select ${columns.map(({ sql }) => sql).join(", ")} from ${relation}${strict ? "" : REJECT_OPTIONS}) as t`;
  return sourceOfColumns(columns, async function* read(picked): AsyncGenerator<Frame> {
    const { engine, release } = await borrowEngine(options);
    try {
      const places = picked.map((one) => columns.indexOf(one));
      const closing = strict ? {} : { closing: csvRejects(options.onRejected!) };
      yield* readQuery(engine, query, picked, who, {
        rows: options.rows,
        places,
        width: columns.length,
        ...closing,
      });
    } finally {
      await release();
    }
  });
}

/** Bytes of a line at most: 2 MiB. The engine sets aside several buffers of 16 lines for each of its threads. */
const MOST_LINE = 2 * 2 ** 20;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly column: RelationColumn;
}

function fieldsOf(who: string, dialect: CsvDialect, schema: FrameSchema | undefined): readonly Field[] {
  if (schema === undefined)
    return dialect.columns.map(({ name, type }) => {
      // A time of day has no kind: it stays what it is written as.
      const own = type === "TIME" ? "VARCHAR" : type;
      return { name, type: own, column: relationColumn(who, name, own) };
    });
  if (schema.length !== dialect.columns.length)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "schema",
      expected: `${dialect.columns.length} columns, as the file has`,
      received: String(schema.length),
    });
  return schema.map((declared) => {
    const { name, kind, width } = declared;
    const cast =
      kind === "vector"
        ? `${identifier(name)}::DOUBLE[${width}]`
        : kind === "series"
          ? `${identifier(name)}::DOUBLE[]`
          : kind === "bytes"
            ? `from_base64(${identifier(name)})`
            : undefined;
    const sql = cast === undefined ? identifier(name) : `${cast} as ${identifier(name)}`;
    return { name, type: TYPES[kind], column: { schema: declared, sql } };
  });
}
