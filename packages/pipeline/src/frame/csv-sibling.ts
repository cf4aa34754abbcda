import { tidelineError } from "@tideline/spec/error";
import type { Engine } from "../lake/index.ts";
import { sniffCsv, type CsvDialect, type SniffOptions } from "./csv-dialect.ts";
import { distinctNames, readableName } from "./column-name.ts";
import { csvHead } from "./csv-head.ts";

/**
 * How a further file is written that has the columns of the first one: as that is, or in a dialect of its own. Columns
 * with names may stand in any order. Undefined for a file without rows and header.
 *
 * @throws DATA_MALFORMED for a file that has other columns, or no header where the first one has.
 */
export async function dialectLike(
  engine: Engine,
  who: string,
  file: string,
  first: CsvDialect,
  options: SniffOptions,
): Promise<CsvDialect | undefined> {
  const head = await csvHead(who, file, first.delimiter, first.skip);
  if (head === undefined) return undefined;
  const same = inOrderOf(first, head);
  if (same !== undefined) return same;
  const { delimiter, skip, header, columns } = await sniffCsv(engine, who, file, {
    ...options,
    onRejected: undefined,
  });
  if (header === first.header) {
    const own = inOrderOf(first, header ? columns.map(({ name }) => name) : columns.map(String));
    if (own !== undefined) return { ...own, delimiter, skip };
  }
  throw tidelineError("DATA_MALFORMED", {
    who,
    field: "columns",
    expected: first.header
      ? `a header of ${first.columns.map(({ name }) => JSON.stringify(name)).join(", ")}, as the first file has`
      : `${first.columns.length} columns, as the first file has`,
    received: head
      .slice(0, 20)
      .map((name) => JSON.stringify(name.slice(0, 100)))
      .join(", "),
    remedy: "Read it as a source of its own.",
  });
}

/** The first file's dialect with its columns in the order of a file's fields, where they are the same ones. */
function inOrderOf(first: CsvDialect, head: readonly string[]): CsvDialect | undefined {
  const { columns, header } = first;
  if (head.length !== columns.length) return undefined;
  if (!header) return first;
  const known = distinctNames(columns.map(({ name, written }) => readableName(written ?? name)));
  const own = distinctNames(head.map(readableName)).flatMap((name) => columns[known.indexOf(name)] ?? []);
  return new Set(own).size === columns.length ? { ...first, columns: own } : undefined;
}
