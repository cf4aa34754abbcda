import type { DuckDBConnection } from "@duckdb/node-api";
import { TEXT_LENGTH, type OnRejected, type RejectedRow } from "./rejected-row.ts";

/** Options of `read_csv` that keep what it cannot read, however much it is; the tables are the connection's own. */
export const REJECT_OPTIONS =
  ", store_rejects = true, rejects_limit = 0, rejects_table = 'rejected_row', rejects_scan = 'rejected_scan'";

/** Rejected rows that are handed over at once. */
const AT_ONCE = 4096;

/** Hands the rows that a pass rejected over, each once, with its first fault. */
export function csvRejects(onRejected: OnRejected): (connection: DuckDBConnection) => Promise<void> {
  return async (connection) => {
    const query = `select file_path, line::double as line, column_name, error_type, error_message, left(csv_line, ${TEXT_LENGTH}),
        row_number() over (order by file_id, line) as place
      from (select *, row_number() over (partition by scan_id, file_id, line order by column_idx) as fault from rejected_row)
      join rejected_scan using (scan_id, file_id) where fault = 1`;
    const counted = await connection
      .runAndReadAll("select count(*)::double from rejected_row")
      .catch((error: unknown) => {
        // No such table: nothing was read.
        if (String(error).includes("rejected_row")) return undefined;
        throw error;
      });
    if (counted === undefined || counted.getRows()[0]![0] === 0) return;
    // In memory of the engine, which spills; here some at a time.
    await connection.run(`create temp table rejected_once as ${query}`);
    for (let from = 0; ; from += AT_ONCE) {
      const page = `select * exclude (place) from rejected_once where place > ${from} and place <= ${from + AT_ONCE} order by place`;
      const rows = (await connection.runAndReadAll(page)).getRows();
      if (rows.length > 0) await onRejected(rows.map((row) => rejected(row as unknown as Reject)));
      if (rows.length < AT_ONCE) return;
    }
  };
}

type Reject = readonly [string, number, string | null, string, string, string];

function rejected([file, line, column, type, message, text]: Reject): RejectedRow {
  const whole = column === null || type === "MISSING COLUMNS" || type === "TOO MANY COLUMNS";
  return Object.freeze({
    file,
    line,
    ...(whole ? {} : { column }),
    reason: message.trim(),
    text: text.trimEnd(),
  });
}
