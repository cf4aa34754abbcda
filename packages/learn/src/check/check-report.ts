import type { ColumnKind } from "../frame/column.ts";
import type { Severity } from "./check-def.ts";
import type { Reference } from "./reference.ts";

/** Version of a report's form; it changes with it. */
export const CHECK_REPORT_VERSION = 1;

/** A row that breaks a check. */
export interface RowExample {
  /** Its place in what came in, from 0. */
  readonly row: number;
  /** Its value as text, 200 characters of it at most, empty where it is missing; null where it may tell who a person is. */
  readonly value: string | null;
}

/** What a check found. */
export interface CheckFinding {
  /** Null for a check of the number of rows. */
  readonly column: string | null;
  readonly check: string;
  readonly severity: Severity;
  /** Whether it holds: within its bound, or share of rows. */
  readonly passed: boolean;
  /** What was wanted, for a person. */
  readonly expected: string;
  /** Rows that break it, for checks of rows; null for others. */
  readonly broken: number | null;
  /** Of these, rows that went to quarantine because of it (a row may go for several reasons). */
  readonly quarantined: number;
  /** What was measured, for checks of columns and counts: psi, an age in milliseconds, rows; null where there was nothing. */
  readonly value: number | null;
  /** Of checks of rows, where details were asked for: the first five rows that break it. */
  readonly examples?: readonly RowExample[];
  /** Of `like`, where details were asked for: what was compared; `counts` is of the bins or values of the reference. */
  readonly distribution?: {
    /** Of the column that came; absent where no row did. */
    readonly kind?: ColumnKind;
    readonly reference: Reference;
    readonly counts: readonly number[];
  };
}

/** What checks found in a table: JSON. `rowsIn` is `rowsOut + quarantined`. */
export interface CheckReport {
  readonly format: "tideline.check";
  readonly version: typeof CHECK_REPORT_VERSION;
  /** The worst: `"fail"` where a check of that severity does not hold, else `"warn"`, else `"pass"`. */
  readonly verdict: "pass" | "warn" | "fail";
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: number;
  readonly findings: readonly CheckFinding[];
}
