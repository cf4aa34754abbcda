import { tidelineError } from "@tideline/spec";
import type { Column, Frame, FrameSource } from "../frame/column.ts";
import { columnOfPlain } from "../frame/frame-of.ts";
import { filterRows } from "../frame/filter-rows.ts";
import { frame, pickColumns } from "../frame/frame.ts";
import type { CheckReport } from "./check-report.ts";
import type { CheckSet } from "./check-def.ts";
import { checkRun, type CheckOptions, type PieceVerdict } from "./check-run.ts";

/** The columns that quarantined rows have besides their own: every reason, and the place in what came in. */
export const QUARANTINE_COLUMNS = ["quarantine_reason", "quarantine_row"] as const;

/** What checks make of a frame. */
export interface CheckedFrame {
  /** The rows that come through. */
  readonly rows: Frame;
  /** The others, with {@link QUARANTINE_COLUMNS}. */
  readonly quarantined: Frame;
  readonly report: CheckReport;
}

/**
 * Checks a frame. Nothing is thrown for rows that break a check: see `report.verdict`, or {@link needPassed}.
 *
 * @throws ARGUMENT_INVALID as {@link checkRun}, and for a frame with a column of {@link QUARANTINE_COLUMNS}.
 * @example
 * const { rows, quarantined, report } = checkFrame(set, table);
 */
export function checkFrame(set: CheckSet, rows: Frame, options: CheckOptions = {}): CheckedFrame {
  const run = checkRun(set, options);
  const verdict = run.add(rows);
  return Object.freeze({
    rows: filterRows(rows, verdict.keep),
    quarantined: quarantineOf(rows, verdict, 0),
    report: run.finish(),
  });
}

/** Where the parts of a checked source go. */
export interface CheckSourceOptions extends CheckOptions {
  /** Takes quarantined rows, piece by piece, with {@link QUARANTINE_COLUMNS}. */
  readonly onQuarantined: (rows: Frame) => void | Promise<void>;
  /** Takes the report after the last row of each pass. Default: {@link needPassed}. */
  readonly onReport?: (report: CheckReport) => void | Promise<void>;
}

/**
 * A source of the rows that come through; memory is bounded, but for uniqueness (12 to 24 bytes a row) and groups. Each
 * pass checks anew, all columns whatever is asked, so that passes agree.
 *
 * @throws (while reading) CHECK_FAILED after the last row where a check fails and no `onReport` is given.
 * @example
 * const good = checkedSource(set, await csvSource("taps.csv"), { onQuarantined: (rows) => bad.push(rows) });
 */
export function checkedSource(
  set: CheckSet,
  source: FrameSource,
  { onQuarantined, onReport = needPassed, ...options }: CheckSourceOptions,
): FrameSource {
  checkRun(set, options, source.schema);
  return Object.freeze({
    schema: source.schema,
    async *read(columns?: readonly string[]) {
      const run = checkRun(set, options, source.schema);
      let start = 0;
      for await (const piece of source.read()) {
        const verdict = run.add(piece);
        const bad = quarantineOf(piece, verdict, start);
        start += piece.rows;
        if (bad.rows > 0) await onQuarantined(bad);
        const good = filterRows(piece, verdict.keep);
        if (good.rows > 0) yield columns === undefined ? good : pickColumns(good, columns);
      }
      await onReport(run.finish());
    },
  });
}

/** @throws CHECK_FAILED naming what does not hold, where a check fails. */
export function needPassed(report: CheckReport): void {
  if (report.verdict !== "fail") return;
  const bad = report.findings.filter(({ passed, severity }) => !passed && severity !== "warn");
  const said = bad.slice(0, 5).map(({ column, check, expected, value, broken }) => {
    const found = broken === null ? `measured ${value ?? "nothing"}` : `${broken} rows break it`;
    return `${column === null ? "" : `"${column}" `}${check} (${expected}; ${found})`;
  });
  throw tidelineError("CHECK_FAILED", {
    who: "checks",
    expected: `${report.findings.length} checks that hold`,
    received: `${bad.length} that do not: ${said.join(", ")}${bad.length > 5 ? " ..." : ""}`,
  });
}

/** The rows of a piece that go, with why and where they stood: places from a number on, or [rows] each. */
export function quarantineOf(rows: Frame, verdict: PieceVerdict, start: number | Float64Array): Frame {
  const taken = rows.columns.find(({ name }) => (QUARANTINE_COLUMNS as readonly string[]).includes(name));
  if (taken !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "checks",
      field: `column "${taken.name}"`,
      expected: `no column ${QUARANTINE_COLUMNS.join(" or ")}: quarantined rows get them`,
      received: "one",
    });
  const gone = verdict.keep.map((one) => 1 - one);
  const bad = filterRows(rows, gone);
  const places = new Float64Array(bad.rows);
  const texts: string[] = [];
  for (let row = 0; row < rows.rows; row++) {
    if (gone[row] === 0) continue;
    places[texts.length] = typeof start === "number" ? start + row : start[row]!;
    texts.push(verdict.reasonsOf(row));
  }
  const reason = texts.length === 0 ? NO_TEXT : columnOfPlain(QUARANTINE_COLUMNS[0], texts);
  return frame([...bad.columns, reason, columnOfPlain(QUARANTINE_COLUMNS[1], places)]);
}

const NO_TEXT: Column = {
  kind: "string",
  name: QUARANTINE_COLUMNS[0],
  codes: new Int32Array(0),
  dictionary: [],
};
