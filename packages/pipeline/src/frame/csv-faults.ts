import type { DuckDBConnection } from "@duckdb/node-api";
import { tidelineError } from "@tideline/spec/error";
import type { CsvDialect } from "./csv-dialect.ts";
import type { CsvField } from "./csv-source.ts";
import { TEXT_LENGTH, type OnRejected, type RejectedRow } from "./rejected-row.ts";
import { quoteSpans } from "./quote-span.ts";

/** Options of `read_csv` that keep what it cannot read, however much it is; the tables are the connection's own. */
export const REJECT_OPTIONS =
  ", store_rejects = true, rejects_limit = 0, rejects_table = 'rejected_row', rejects_scan = 'rejected_scan'";

/** The faults of a file: those that the engine keeps, and fields that it took for what they are not. */
export interface CsvFaults {
  /** Tells of a row that the engine read: its number among these, and `place:text` of a field. */
  readonly tell: (row: number, fault: string) => void;
  /** Hands over all of them in the order of lines, each row once, with its first fault. */
  readonly closing: (connection: DuckDBConnection) => Promise<void>;
}

/** Rejected rows that are handed over at once. */
const AT_ONCE = 4096;

/** Starts without faults. Without `onRejected` the first one is an error. */
export function csvFaults(
  who: string,
  file: string,
  fields: readonly CsvField[],
  { header, skip }: CsvDialect,
  onRejected: OnRejected | undefined,
): CsvFaults {
  const rows: number[] = [];
  const faults: string[] = [];
  const first = 1 + skip + Number(header);
  const told = (at: number, line: number): RejectedRow => {
    const split = faults[at]!.indexOf(":");
    const text = faults[at]!.slice(split + 1, split + 1 + TEXT_LENGTH);
    const column = fields[Number(faults[at]!.slice(0, split))]!.column.schema.name;
    return Object.freeze({
      file,
      line,
      column,
      reason: `Could not read ${JSON.stringify(text)} as a value of column "${column}"`,
      text,
    });
  };
  return {
    tell(row, fault) {
      rows.push(row);
      faults.push(fault);
      if (onRejected !== undefined) return;
      const { column, text } = told(0, 0);
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `column ${JSON.stringify(column)}, line ${row + first}`,
        received: JSON.stringify(text),
        remedy: "Pass onRejected to set such rows aside, or a schema with another kind.",
      });
    },
    async closing(connection) {
      let [next, passed] = [0, 0];
      let held: RejectedRow[] = [];
      const give = async (row: RejectedRow): Promise<void> => {
        if (held.push(row) < AT_ONCE) return;
        await onRejected!(held);
        held = [];
      };
      // A row that the engine read stands below all that it rejected before it.
      const giveUpTo = async (line: number): Promise<void> => {
        for (; next < rows.length && rows[next]! + first + passed < line; next++)
          await give(told(next, rows[next]! + first + passed));
      };
      const quotes = await brokenQuotes(connection);
      const { breaks, unclosed } =
        quotes.length === 0
          ? { breaks: new Map<number, number>(), unclosed: undefined }
          : await quoteSpans(file, quotes);
      for await (const { byte, ...found } of engineFaults(connection)) {
        const one = withName(found, fields);
        await giveUpTo(one.line);
        passed++;
        const taken = breaks.get(byte ?? -1);
        const reason =
          taken === undefined ? one.reason : `${one.reason} It takes ${taken} further lines with it.`;
        await give(Object.freeze({ ...one, reason }));
      }
      await giveUpTo(Infinity);
      if (held.length > 0) await onRejected!(held);
      // The end of its own line is no loss.
      if (unclosed !== undefined && unclosed > 1)
        throw tidelineError("DATA_MALFORMED", {
          who,
          expected: "quotes that end",
          received: `a quote that none closes, with ${unclosed} line breaks behind it`,
          remedy:
            "Mend its line, the last that onRejected was told of as unterminated: what stands behind it is one field of it.",
        });
    },
  };
}

/** A rejected row whose column has the name that the reader knows. */
function withName(row: RejectedRow, fields: readonly CsvField[]): RejectedRow {
  const field = fields.find(({ name }) => name === row.column);
  if (field === undefined || field.name === field.column.schema.name) return row;
  const { name, column } = field;
  return {
    ...row,
    column: column.schema.name,
    reason: row.reason.replaceAll(name, () => column.schema.name),
  };
}

/** The bytes at which quotes stand that the engine took for the fault of a row, ascending. */
async function brokenQuotes(connection: DuckDBConnection): Promise<readonly number[]> {
  const query = `select distinct (byte_position - 1)::double from rejected_row where error_type = 'UNQUOTED VALUE' order by all`;
  try {
    return ((await connection.runAndReadAll(query)).getRows() as unknown as readonly [number][]).map(
      ([byte]) => byte,
    );
  } catch (error) {
    if (String(error).includes("rejected_row")) return [];
    throw error;
  }
}

/** A rejected row, and the byte at which its quote stands where that is at fault. */
type EngineFault = RejectedRow & { readonly byte?: number };

/** What the engine rejected, in the order of lines, from its own memory, which spills. */
async function* engineFaults(connection: DuckDBConnection): AsyncGenerator<EngineFault> {
  const query = `select file_path, line::double as line, column_name, error_type, error_message, left(csv_line, ${TEXT_LENGTH}), byte_position::double,
      row_number() over (order by line) as place
    from (select *, row_number() over (partition by scan_id, file_id, line order by column_idx) as fault from rejected_row)
    join rejected_scan using (scan_id, file_id) where fault = 1`;
  try {
    await connection.run(`create or replace temp table rejected_once as ${query}`);
  } catch (error) {
    // No such table: nothing was read.
    if (String(error).includes("rejected_row")) return;
    throw error;
  }
  for (let from = 0; ; from += AT_ONCE) {
    const page = `select * exclude (place) from rejected_once where place > ${from} and place <= ${from + AT_ONCE} order by place`;
    const rows = (await connection.runAndReadAll(page)).getRows() as unknown as readonly Reject[];
    for (const row of rows) yield rejected(row);
    if (rows.length < AT_ONCE) return;
  }
}

type Reject = readonly [string, number, string | null, string, string, string, number | null];

function rejected([file, line, column, type, message, text, byte]: Reject): EngineFault {
  const whole = column === null || type === "MISSING COLUMNS" || type === "TOO MANY COLUMNS";
  return {
    file,
    line,
    ...(whole ? {} : { column }),
    reason: message.trim(),
    text: text.trimEnd(),
    ...(type === "UNQUOTED VALUE" && byte !== null ? { byte: byte - 1 } : {}),
  };
}
