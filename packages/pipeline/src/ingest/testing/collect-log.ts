import type { LogEntry, LogPosition } from "../../log-record.ts";
import { readLog } from "../log/read-log.ts";

/** All entries of a folder's log in a range, for tests. */
export async function collectLog(
  folder: string,
  from: LogPosition | null = null,
  to?: LogPosition,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLog(folder, from, to)) entries.push(entry);
  return entries;
}
