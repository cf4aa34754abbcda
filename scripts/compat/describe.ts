import { createHash } from "node:crypto";
import { decodeJournal } from "@tideline/device";
import {
  openEngine,
  readLog,
  readLogs,
  readSnapshot,
  releasePorts,
  tableOf,
  tableSql,
  type Columns,
} from "@tideline/pipeline";
import { decodeBatch } from "@tideline/spec";
import type { LogEntry, LogProgress } from "../../packages/pipeline/src/log-record.ts";

/** What today's readers find in files, as JSON: recorded once beside them, and held against what later readers find. */

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Every record of a folder's log. */
export async function describeLog(folder: string): Promise<unknown[]> {
  return describeEntries(readLog(folder, null));
}

/** Every record of all logs of a folder up to some positions. */
export async function describeLogs(folder: string, to: LogProgress): Promise<unknown[]> {
  return describeEntries(readLogs(folder, { log: null }, to));
}

async function describeEntries(entries: AsyncIterable<LogEntry>): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const { attachment, ...entry } of entries)
    records.push({ ...entry, attachment: sha256(attachment) });
  return records;
}

/** A column's values; samples by their hash. */
function columnValues(column: Columns[string]): unknown {
  if ("offsets" in column) return { offsets: [...column.offsets], values: sha256(bytesOf(column.values)) };
  return Array.from(column as ArrayLike<number | string | null>, (value) =>
    typeof value === "number" && Number.isNaN(value) ? null : value,
  );
}

/** Manifest and every row of a snapshot, by table and column. */
export async function describeSnapshot(folder: string, id: string, temporary: string): Promise<unknown> {
  const snapshot = await readSnapshot(folder, id);
  const engine = await openEngine({ temporary, threads: 1 });
  try {
    const tables: Record<string, unknown> = {};
    for (const name of Object.keys(snapshot.manifest.tables)) {
      const columns = tableOf(snapshot, name).columns.map(({ name: column, type }) =>
        type === "VARCHAR[]" || type === "BIGINT[]" ? `"${column}"::VARCHAR AS "${column}"` : `"${column}"`,
      );
      const found = await engine.columns(
        `SELECT ${columns.join(", ")} FROM ${tableSql(snapshot, name)} ORDER BY ALL`,
      );
      tables[name] = Object.fromEntries(
        Object.entries(found).map(([column, values]) => [column, columnValues(values)]),
      );
    }
    const { counts, log, app, definition, parent } = snapshot.manifest;
    return { counts, log, app, definition, parent, tables };
  } finally {
    await engine.close();
  }
}

/** Every record of a phone's journal. */
export function describeJournal(bytes: Uint8Array): unknown {
  const { records, validBytes } = decodeJournal(bytes, releasePorts.text);
  return {
    records: records.map(({ header, attachment }) => ({ header, attachment: sha256(attachment) })),
    validBytes,
  };
}

/** A batch as it travels. */
export function describeBatch(bytes: Uint8Array): unknown {
  const { header, attachment } = decodeBatch(bytes, releasePorts.text);
  return { header, attachment: sha256(attachment) };
}
