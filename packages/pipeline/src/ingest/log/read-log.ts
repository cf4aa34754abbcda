import type { LogEntry, LogPosition } from "../../log-record.ts";
import { decodeLogRecord } from "./log-record.ts";
import { compareLogPositions } from "./log-position.ts";
import { readSegment } from "./read-segment.ts";
import { listSegments } from "./segment.ts";
import { writerLog, type WriterLog } from "./writer-log.ts";

/** How far {@link readLogOf} reads. */
export interface ReadLogOptions {
  /** Where it ends; what the files hold when left out. */
  readonly to?: LogPosition | undefined;
  /** Whether a commit that ends at `to` may be half written; without `to` it always may. */
  readonly mayBeTorn?: boolean;
}

/**
 * Records of the log of a folder's first writer after `from` (null: from its beginning) up to `to`. While the log is being written,
 * pass as `to` a position that its owner has reported as durable; without it reading goes to the end of what the
 * files hold, and a torn commit at the very end is left out.
 *
 * @throws `LOG_CORRUPT` naming file and offset
 * @example
 * for await (const { record, attachment, position } of readLog(folder, null)) { ... }
 */
export function readLog(
  folder: string,
  from: LogPosition | null,
  to?: LogPosition,
): AsyncGenerator<LogEntry> {
  return readLogOf(writerLog(folder, null), from, { to });
}

/**
 * Records of one log, as {@link readLog} gives them.
 *
 * @throws `LOG_CORRUPT` naming file and offset
 */
export async function* readLogOf(
  log: WriterLog,
  from: LogPosition | null,
  { to, mayBeTorn = false }: ReadLogOptions = {},
): AsyncGenerator<LogEntry> {
  const segments = await listSegments(log.path);
  for (const segment of segments) {
    const at = (offset: number): LogPosition => ({ epoch: segment.epoch, segment: segment.number, offset });
    const isFirst = from !== null && from.epoch === segment.epoch && from.segment === segment.number;
    if (!isFirst && from !== null && compareLogPositions(at(0), from) < 0) continue;
    if (to !== undefined && compareLogPositions(at(0), to) > 0) return;
    const isLast = to !== undefined && to.epoch === segment.epoch && to.segment === segment.number;
    const frames = readSegment(segment, {
      from: isFirst ? from.offset : 0,
      to: isLast ? to.offset : undefined,
      mayBeTorn: isLast ? mayBeTorn : segment === segments.at(-1),
    });
    for await (const { payload, end } of frames) {
      yield { ...decodeLogRecord(payload, `${segment.path}, record before byte ${end}`), position: at(end) };
    }
  }
}
