import type { RenamedColumn } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import type { Engine } from "../lake/index.ts";
import { identifier, literal } from "../lake/sql-text.ts";
import { distinctNames, readableName, renamedOf, stoodFor } from "./column-name.ts";
import { csvHead } from "./csv-head.ts";
import { withLineEnds } from "./csv-line-end.ts";
import { pathLiteral } from "./own-engine.ts";
import { malformed } from "./relation-source.ts";

/** How a CSV file is written. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly header: boolean;
  /** Lines before the header. */
  readonly skip: number;
  /** Names, types of the engine, and the names as a header writes them. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly written?: string }[];
  /** Columns whose names the header gives to several, not at all, or with signs that nobody sees. */
  readonly renamed: readonly RenamedColumn[];
}

/** What is said of a dialect, and how it is found. */
export interface SniffOptions {
  readonly sample?: number;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly missing?: readonly string[];
  readonly onRejected?: unknown;
}

/** Bytes of a line of the sample at most: 16 MiB, so that a first row which is too long for a pass does not hide the others. */
const MOST_SAMPLE_LINE = 2 ** 24;

/** What a sample of a file says of its dialect, unless options say it. */
export async function sniffCsv(
  engine: Engine,
  who: string,
  file: string,
  { sample = 20_480, delimiter, header, missing = [""], onRejected }: SniffOptions,
): Promise<CsvDialect> {
  if (!Number.isSafeInteger(sample) || sample < 1)
    throw wrong(who, "sample", "an integer of at least 1", String(sample));
  if (!Array.isArray(missing) || !missing.every((text) => typeof text === "string"))
    throw wrong(who, "missing", "a list of texts", JSON.stringify(missing) ?? typeof missing);
  if (header !== undefined && typeof header !== "boolean")
    throw wrong(who, "header", "true or false", JSON.stringify(header) ?? typeof header);
  if (delimiter !== undefined && !(typeof delimiter === "string" && /^[^"\r\n]{1,4}$/u.test(delimiter)))
    throw wrong(
      who,
      "delimiter",
      "1 to 4 characters other than quotes and line breaks",
      JSON.stringify(delimiter),
    );
  const given = [
    delimiter === undefined ? "" : `, delim = ${literal(delimiter)}`,
    header === undefined ? "" : `, header = ${header}`,
    `, nullstr = [${missing.map(literal).join(", ")}]`,
  ].join("");
  const ask = (more: string) =>
    engine.connection
      .runAndReadAll(`select Delimiter, SkipRows::double, HasHeader, Columns, DateFormat, TimestampFormat
      from sniff_csv(${pathLiteral(file)}, sample_size = ${sample}, ignore_errors = true${given}${more})`);
  const result = await ask("")
    .catch(() => ask(`, max_line_size = ${MOST_SAMPLE_LINE}`))
    .catch(async (error: unknown) => {
      throw await withLineEnds(who, file, malformed(who, error));
    });
  const [found, skip, named, columns, date, time] = result.getRowsJS()[0]! as [
    string,
    number,
    boolean,
    { name: string; type: string }[],
    string | null,
    string | null,
  ];
  const dialect: CsvDialect = {
    renamed: [],
    delimiter: found === "" || found === "(empty)" ? "," : found,
    skip,
    header: named,
    columns: columns.map((column) =>
      isOddTime(column.type, date, time) ? { ...column, type: "VARCHAR" } : column,
    ),
  };
  const typed =
    onRejected === undefined
      ? dialect
      : { ...dialect, columns: await mostlyOf(engine, file, dialect, sample, missing) };
  return withOwnNames(who, file, typed);
}

/**
 * A dialect with the names that the header writes, made readable and each given once: those of the engine, which it makes of
 * them by rules of its own, where it reads the header otherwise.
 */
async function withOwnNames(who: string, file: string, dialect: CsvDialect): Promise<CsvDialect> {
  const { columns, header, delimiter, skip } = dialect;
  if (!header) return dialect;
  const head = await csvHead(who, file, delimiter, skip);
  const written = head?.length === columns.length ? head : columns.map(({ name }) => name);
  const names = distinctNames(written.map(readableName));
  return {
    ...dialect,
    columns: columns.map(({ type }, at) => ({ name: names[at]!, type, written: written[at]! })),
    renamed: renamedOf(names, written),
  };
}

/** Whether a column is of dates or times that are not ISO 8601: whether 01/02 is in January or February is a guess. */
function isOddTime(type: string, date: string | null, time: string | null): boolean {
  const format = type === "DATE" ? date : type.startsWith("TIMESTAMP") ? time : null;
  return format !== null && format !== "" && !/^(%Y[-/]%m[-/]%d|%xT|\(empty\))/iu.test(format);
}

/** Kinds that a column of texts may mostly be of, and the texts that are. */
const KINDS = [
  { type: "BIGINT", is: (column: string) => `try_cast(${column} as BIGINT) = try_cast(${column} as DOUBLE)` },
  { type: "DOUBLE", is: (column: string) => `try_cast(${column} as DOUBLE) is not null` },
  { type: "BOOLEAN", is: (column: string) => `try_cast(${column} as BOOLEAN) is not null` },
  { type: "TIMESTAMP", is: (column: string) => `try_cast(${column} as TIMESTAMP) is not null` },
];

/** What part of a column's values must be of a kind. */
const MOSTLY = 0.95;

/**
 * The columns of a sample whose broken values count little: the sniffer takes a column for texts where a single value is
 * no number.
 */
async function mostlyOf(
  engine: Engine,
  file: string,
  { delimiter, skip, header, columns }: CsvDialect,
  sample: number,
  missing: readonly string[],
): Promise<CsvDialect["columns"]> {
  // By their places: names may be such as the engine cannot be asked for.
  const texts = columns.flatMap(({ type }, at) => (type === "VARCHAR" ? [stoodFor(at)] : []));
  if (texts.length === 0) return columns;
  const types = columns.map((_, at) => `${literal(stoodFor(at))}: 'VARCHAR'`).join(", ");
  const counts = texts.flatMap((name) => [
    `count(${identifier(name)})::double`,
    ...KINDS.map(({ is }) => `(count(*) filter (where ${is(identifier(name))}))::double`),
  ]);
  const query = `select ${counts.join(", ")} from (select * from read_csv(${pathLiteral(file)}, auto_detect = false,
    delim = ${literal(delimiter)}, quote = '"', escape = '"', skip = ${skip}, header = ${header}, ignore_errors = true,
    allow_quoted_nulls = false, nullstr = [${missing.map(literal).join(", ")}], columns = {${types}}) limit ${sample})`;
  const [row] = (await engine.connection.runAndReadAll(query)).getRows() as unknown as readonly number[][];
  const found = new Map<string, string>();
  for (const [at, name] of texts.entries()) {
    const [all, ...own] = row!.slice(at * (KINDS.length + 1), (at + 1) * (KINDS.length + 1)) as [
      number,
      ...number[],
    ];
    const kind = KINDS.find((_, place) => all > 0 && own[place]! >= MOSTLY * all);
    if (kind !== undefined) found.set(name, kind.type);
  }
  return columns.map(({ name, type }, at) => ({ name, type: found.get(stoodFor(at)) ?? type }));
}

function wrong(who: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}
