import { stat } from "node:fs/promises";
import type { LogEntry, LogPosition, LogProgress, WriterPositions } from "../../log-record.ts";
import { readLogOf } from "./read-log.ts";
import { listSegments } from "./segment.ts";
import { listLogs, type WriterLog } from "./writer-log.ts";

/** Where the bytes of a log end by now, or null for one without segments. */
async function endOf({ path }: WriterLog): Promise<LogPosition | null> {
  const last = (await listSegments(path)).at(-1);
  if (last === undefined) return null;
  const { size } = await stat(last.path);
  return { epoch: last.epoch, segment: last.number, offset: size };
}

/**
 * Where the logs of further writers end by now. Their last bytes may not be durable yet, or half of a commit: reading
 * up to there stops before the half, and a whole record that its writer loses with its power was acknowledged to nobody
 * and comes again.
 */
export async function writerEnds(folder: string): Promise<WriterPositions> {
  const ends: Record<string, LogPosition> = {};
  for (const log of await listLogs(folder)) {
    const end = log.writer === null ? null : await endOf(log);
    if (end !== null) ends[log.writer!] = end;
  }
  return ends;
}

/**
 * Records of all logs of a folder after `from` up to `to`, one log after the other; each says whose it is. Logs of
 * writers that `to` does not name are left out, and the first one's where its `log` is null.
 *
 * @throws `LOG_CORRUPT` naming file and offset
 * @example
 * const to = { log: ingest.position(), logs: await writerEnds(folder) };
 * for await (const { record, writer, position } of readLogs(folder, snapshot.manifest, to)) { ... }
 */
export async function* readLogs(
  folder: string,
  from: LogProgress,
  to: LogProgress,
): AsyncGenerator<LogEntry> {
  for (const log of await listLogs(folder)) {
    const { writer } = log;
    const end = writer === null ? to.log : to.logs?.[writer];
    if (end == null) continue;
    const start = writer === null ? from.log : from.logs?.[writer];
    for await (const entry of readLogOf(log, start ?? null, { to: end, mayBeTorn: writer !== null })) {
      yield writer === null ? entry : { ...entry, writer };
    }
  }
}
