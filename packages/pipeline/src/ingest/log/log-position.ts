import type { LogPosition } from "../../log-record.ts";

/** Negative where `left` comes before `right` in the log, 0 where they are the same place, else positive. */
export function compareLogPositions(left: LogPosition, right: LogPosition): number {
  return left.epoch - right.epoch || left.segment - right.segment || left.offset - right.offset;
}
