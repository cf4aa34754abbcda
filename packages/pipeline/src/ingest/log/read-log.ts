import { folderLayout } from "../../catalog/folder.ts";
import type { LogEntry, LogPosition } from "../../log-record.ts";
import { decodeLogRecord } from "./log-record.ts";
import { compareLogPositions } from "./log-position.ts";
import { readSegment } from "./read-segment.ts";
import { listSegments } from "./segment.ts";

/**
 * Records of a folder's log after `from` (null: from its beginning) up to `to`. While the log is being written,
 * pass as `to` a position that its owner has reported as durable; without it reading goes to the end of what the
 * files hold, and a torn commit at the very end is left out.
 *
 * @throws `LOG_CORRUPT` naming file and offset
 * @example
 * for await (const { record, attachment, position } of readLog(folder, null)) { ... }
 */
export async function* readLog(
  folder: string,
  from: LogPosition | null,
  to?: LogPosition,
): AsyncGenerator<LogEntry> {
  const segments = await listSegments(folderLayout(folder).log);
  for (const segment of segments) {
    const at = (offset: number): LogPosition => ({ epoch: segment.epoch, segment: segment.number, offset });
    const isFirst = from !== null && from.epoch === segment.epoch && from.segment === segment.number;
    if (!isFirst && from !== null && compareLogPositions(at(0), from) < 0) continue;
    if (to !== undefined && compareLogPositions(at(0), to) > 0) return;
    const isLast = to !== undefined && to.epoch === segment.epoch && to.segment === segment.number;
    const frames = readSegment(segment, {
      from: isFirst ? from.offset : 0,
      to: isLast ? to.offset : undefined,
      mayBeTorn: !isLast && segment === segments.at(-1),
    });
    for await (const { payload, end } of frames) {
      yield { ...decodeLogRecord(payload, `${segment.path}, record before byte ${end}`), position: at(end) };
    }
  }
}
