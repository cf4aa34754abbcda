import { emptyFrame } from "../frame/frame-source.ts";
import type { Frame, FrameSource } from "../frame/column.ts";
import { frameSchema, pickColumns } from "../frame/frame.ts";
import { quarantineOf } from "./check-frame.ts";
import type { CheckReport } from "./check-report.ts";
import type { CheckSet } from "./check-def.ts";
import { checkRun, type CheckOptions, type PieceVerdict } from "./check-run.ts";

/** What {@link quarantineSource} takes. */
export interface QuarantineSourceOptions extends CheckOptions {
  /** Takes the report after the last row of each pass. */
  readonly onReport: (report: CheckReport) => void | Promise<void>;
  /** Told of the rows that have come so far. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * The other side of `checkedSource`: a source of the rows that do not come through, with `QUARANTINE_COLUMNS`, to be written to
 * a file. Each pass checks anew; a check that fails throws nothing, its report says so.
 *
 * @throws ARGUMENT_INVALID as `checkRun`, and for a source with a column of `QUARANTINE_COLUMNS`.
 * @example
 * await writeCsv("bad.csv", quarantineSource(set, source, { onReport: needPassed }));
 */
export function quarantineSource(
  set: CheckSet,
  source: FrameSource,
  { onReport, onProgress, ...options }: QuarantineSourceOptions,
): FrameSource {
  const empty = emptyFrame(source.schema);
  checkRun(set, options, source.schema);
  return Object.freeze({
    schema: frameSchema(quarantineOf(empty, NONE, 0)),
    async *read(columns?: readonly string[]): AsyncGenerator<Frame> {
      const run = checkRun(set, options, source.schema);
      let rows = 0;
      for await (const piece of source.read()) {
        const bad = quarantineOf(piece, run.add(piece), rows);
        rows += piece.rows;
        onProgress?.(rows);
        if (bad.rows > 0) yield columns === undefined ? bad : pickColumns(bad, columns);
      }
      await onReport(run.finish());
    },
  });
}

/** The verdict on no rows. */
const NONE: PieceVerdict = {
  keep: new Uint8Array(0),
  reasonOf: new Int32Array(0),
  reasons: [],
  reasonsOf: () => "",
};
