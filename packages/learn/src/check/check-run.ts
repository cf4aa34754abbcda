import { tidelineError } from "@tideline/spec";
import type { Column, ColumnSchema, Frame } from "../frame/column.ts";
import { checkOptions, FORMS, isRecord, type OptionForm } from "../net/estimator/option-form.ts";
import type { RowVerdict } from "../transform/row-rule.ts";
import { CHECK_REPORT_VERSION, type CheckFinding, type CheckReport } from "./check-report.ts";
import type { Check, CheckSet, RowCheck, Severity } from "./check-def.ts";
import { checks } from "./check-set.ts";
import { expectedOf } from "./check-expected.ts";
import { columnTest, countTest, type Measured } from "./column-test.ts";
import { orderTest, type OrderTest } from "./order-test.ts";
import type { RowTest } from "./cell-test.ts";
import { rowExamples, type RowExamples } from "./row-example.ts";
import { rowTest, type CustomTest } from "./row-test.ts";
import { filterRows } from "../frame/filter-rows.ts";

/** What checks need besides rows. */
export interface CheckOptions {
  /** Milliseconds since 1970, for `fresh`. */
  readonly now?: number;
  /** The functions of `custom` checks, by name. */
  readonly custom?: Readonly<Record<string, CustomTest>>;
  /**
   * Whether the report says rows that break checks and the distributions that were compared. Default false: a chain keeps
   * the reports of its steps, and values of rows are no part of what is learned.
   */
  readonly details?: boolean;
}

const OPTIONS: Readonly<Record<keyof CheckOptions, OptionForm>> = {
  now: { expected: "milliseconds since 1970", fits: Number.isFinite },
  custom: { expected: "functions by their names", fits: isRecord },
  details: FORMS.truth,
};

/** A verdict with every reason of each row. */
export interface PieceVerdict extends RowVerdict {
  /** All reasons of a row that goes, as `age: range; city: oneOf`. */
  reasonsOf(row: number): string;
}

/** Checks in progress over a table that comes in pieces, in order. */
export interface CheckRun {
  /** Judges a piece; columns of the set that it lacks break their checks. */
  add(rows: Frame): PieceVerdict;
  finish(): CheckReport;
}

interface Judged {
  readonly column: string;
  readonly columns: readonly string[];
  readonly check: RowCheck;
  readonly test: RowTest | OrderTest;
  readonly examples: RowExamples | undefined;
  broken: number;
  quarantined: number;
}

/**
 * Checks that judge each row come first, then those of order over the rows that the former leave, then those of columns
 * and counts over the rows that come through.
 *
 * @param schema the columns that are to come, so that one that is absent is known of even where no rows come.
 * @throws DEFINITION_ILLEGAL as `checks`, and for options that there are not; ARGUMENT_INVALID for `fresh` without `now`, for a custom check whose function is not given, and for a schema without
 * a column that a check goes with.
 */
export function checkRun(
  given: CheckSet,
  options: CheckOptions = {},
  schema?: readonly ColumnSchema[],
): CheckRun {
  const set = checks(given);
  checkOptions("checkRun", OPTIONS, [], options);
  const { now, custom = {}, details = false } = options;
  const judged = rowChecks(set, custom, details);
  const measured = Object.entries(set.columns).flatMap(([column, own]) =>
    own.flatMap((check) => {
      if (check.check !== "fresh" && check.check !== "like") return [];
      if (check.check === "fresh" && now === undefined)
        throw needed("now", "the time, in milliseconds, for fresh");
      return [{ column, check, test: columnTest(check, now ?? 0) }];
    }),
  );
  const absent = new Set<string>();
  const known = schema === undefined ? undefined : new Set(schema.map(({ name }) => name));
  for (const name of Object.keys(set.columns)) if (known?.has(name) === false) absent.add(name);
  if (known !== undefined) for (const one of judged) wantOthers(one, (name) => known.has(name));
  const reasons = Object.freeze(judged.map(({ column, check }) => `${column}: ${nameOf(check)}`));
  const rows = { in: 0, out: 0 };
  return {
    add(piece) {
      const columns = new Map(piece.columns.map((column) => [column.name, column]));
      for (const name of Object.keys(set.columns)) if (!columns.has(name)) absent.add(name);
      const broken = judged.map(() => undefined as Uint8Array | undefined);
      const keep = new Uint8Array(piece.rows).fill(1);
      const reasonOf = new Int32Array(piece.rows).fill(-1);
      const gone = new Uint8Array(piece.rows);
      for (const [at, one] of judged.entries()) {
        const out = new Uint8Array(piece.rows);
        broken[at] = judge(one, columns, piece.rows, out, gone);
        const own = columns.get(one.column);
        if (own !== undefined) one.examples?.add(own, out, rows.in);
        take(one, out, keep, gone, reasonOf, at);
      }
      const kept = filterRows(piece, keep);
      for (const { column, test } of measured) {
        const own = kept.columns.find(({ name }) => name === column);
        if (own !== undefined && kept.rows > 0) test.add(own);
      }
      rows.in += piece.rows;
      rows.out += kept.rows;
      const reasonsOf = (row: number) =>
        reasons
          .filter((_, at) => judged[at]!.check.severity === "quarantine" && broken[at]![row] === 1)
          .join("; ");
      return { keep, reasonOf, reasons, reasonsOf };
    },
    finish() {
      const findings: CheckFinding[] = [
        ...judged.map((one) => rowFinding(one, rows.in, absent.has(one.column))),
        ...measured.map(({ column, check, test }) =>
          finding(column, check, absent.has(column) ? missingColumn(column) : test.finish(), details),
        ),
        ...set.rows.map((check) => finding(null, check, countTest(check, rows.out))),
      ];
      const bad = findings.filter(({ passed }) => !passed);
      return Object.freeze({
        format: "tideline.check" as const,
        version: CHECK_REPORT_VERSION,
        verdict: bad.some(({ severity }) => severity !== "warn") ? "fail" : bad.length > 0 ? "warn" : "pass",
        rowsIn: rows.in,
        rowsOut: rows.out,
        quarantined: rows.in - rows.out,
        findings: Object.freeze(findings.map((one) => Object.freeze(one))),
      });
    },
  };
}

/** Checks of rows: those that need no row before first, each in the order of the set. */
function rowChecks(
  set: CheckSet,
  custom: Readonly<Record<string, CustomTest>>,
  details: boolean,
): readonly Judged[] {
  const all = Object.entries(set.columns).flatMap(([column, own]) =>
    own.flatMap((check): Judged[] => {
      if (check.check === "fresh" || check.check === "like") return [];
      if (check.check === "custom" && !Object.hasOwn(custom, check.name))
        throw needed(`custom.${check.name}`, `the function of the check "${check.name}" of "${column}"`);
      const counts = { broken: 0, quarantined: 0, examples: details ? rowExamples(column) : undefined };
      if (check.check !== "unique" && check.check !== "rising")
        return [{ column, columns: [column], check, test: rowTest(check, custom), ...counts }];
      const others = check.check === "unique" ? (check.with ?? []) : check.by === undefined ? [] : [check.by];
      const test = orderTest(check, `check "${column}": ${check.check}`);
      return [{ column, columns: [column, ...others], check, test, ...counts }];
    }),
  );
  return [...all.filter(({ check }) => !isOrdered(check)), ...all.filter(({ check }) => isOrdered(check))];
}

function judge(
  { columns, test, check }: Judged,
  given: ReadonlyMap<string, Column>,
  rows: number,
  out: Uint8Array,
  gone: Uint8Array,
): Uint8Array {
  const own = columns.map((name) => given.get(name));
  if (own[0] === undefined) return out;
  wantOthers({ columns, check }, (name) => given.has(name));
  // A row that is gone already counts for nothing: a duplicate of a bad row is not one.
  if (isOrdered(check)) (test as OrderTest)(own as Column[], rows, out, gone);
  else (test as RowTest)(own[0], rows, out);
  return out;
}

/** Wants the columns that a check goes with to be there where its own is. */
function wantOthers(
  { columns, check }: Pick<Judged, "columns" | "check">,
  has: (name: string) => boolean,
): void {
  const other = has(columns[0]!) ? columns.find((name) => !has(name)) : undefined;
  if (other !== undefined) throw needed(`column "${other}"`, `a column that ${nameOf(check)} goes with`);
}

/** Counts the rows that break a check, and takes them out where it says so. */
function take(
  one: Judged,
  out: Uint8Array,
  keep: Uint8Array,
  gone: Uint8Array,
  reasonOf: Int32Array,
  at: number,
) {
  const quarantine = one.check.severity === "quarantine";
  for (let row = 0; row < out.length; row++) {
    if (out[row] !== 1) continue;
    one.broken++;
    if (!quarantine) continue;
    one.quarantined++;
    keep[row] = 0;
    gone[row] = 1;
    if (reasonOf[row] === -1) reasonOf[row] = at;
  }
}

function rowFinding(
  { column, check, broken, quarantined, examples }: Judged,
  rows: number,
  absent: boolean,
): CheckFinding {
  const severity = check.severity ?? "fail";
  const share = check.share ?? (severity === "quarantine" ? 1 : 0);
  const expected = absent ? `a column "${column}"` : expectedOf(check, share);
  const passed = !absent && broken <= share * rows;
  const found = { column, check: check.check, severity, passed, expected, broken, quarantined, value: null };
  return examples === undefined ? found : { ...found, examples: Object.freeze([...examples.list]) };
}

function finding(
  column: string | null,
  check: Check,
  { value, passed, expected, counts, kind }: Measured,
  details = false,
): CheckFinding {
  const severity: Severity = check.severity ?? "fail";
  const found = {
    column,
    check: check.check,
    severity,
    passed,
    expected,
    broken: null,
    quarantined: 0,
    value,
  };
  if (!details || check.check !== "like" || counts === undefined) return found;
  const distribution = {
    ...(kind === undefined ? {} : { kind }),
    reference: check.reference,
    counts: Object.freeze(counts),
  };
  return { ...found, distribution: Object.freeze(distribution) };
}

function missingColumn(column: string): Measured {
  return { value: null, passed: false, expected: `a column "${column}"` };
}

function isOrdered({ check }: RowCheck): boolean {
  return check === "unique" || check === "rising";
}

/** A check in reasons: its name, and what of it there may be several. */
function nameOf(check: RowCheck): string {
  return check.check === "custom" ? check.name : check.check === "type" ? `type ${check.kind}` : check.check;
}

function needed(field: string, expected: string) {
  return tidelineError("ARGUMENT_INVALID", { who: "checks", field, expected, received: "none" });
}
