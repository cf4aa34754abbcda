import { inferChecks, quarantineSource, type CheckReport, type CheckSet } from "@tideline/learn/check";
import type { FrameSource, RenamedColumn } from "@tideline/learn/frame";
import { openTable, type OpenTableOptions } from "@tideline/pipeline/frame";
import { qualityPage } from "@tideline/pipeline/report";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { chooseTable } from "./choose-table.ts";
import { loadChecks, type LoadedChecks } from "./load-checks.ts";
import { memoryFlag } from "./memory-flag.ts";
import { writePageFile } from "./page-file.ts";
import { plainText } from "./profile-text.ts";
import { writeTable } from "./quality-file.ts";
import { needOneTask, needOutFiles, type QualityFlags } from "./quality-flag.ts";
import { qualityInfer } from "./quality-infer.ts";
import { qualityText } from "./quality-text.ts";
import { rejectedFile, withRemedy } from "./rejected-file.ts";
import { rowProgress } from "./row-progress.ts";

const WHO = "tideline quality";

/**
 * `tideline quality <table>`: runs checks on a table, whatever its size, and says what does not hold. With `against` the table is
 * also held against the distributions of another one; without `checks`, against all that is inferred from it. With `infer` it
 * writes checks to begin with instead.
 *
 * @throws ARGUMENT_INVALID, DATA_NOT_FOUND, DATA_MALFORMED, CONFIG_MALFORMED, DEFINITION_ILLEGAL; a check that fails is the result's
 *   `fault`, CHECK_FAILED.
 */
export async function qualityCommand(
  path: string,
  flags: QualityFlags = {},
  tell: (line: string) => void = () => undefined,
): Promise<CommandResult> {
  needOneTask(flags);
  const { paths, what } = await chooseTable(WHO, path, flags);
  if (flags.infer !== undefined) return qualityInfer(paths, what, flags.infer, flags, tell);
  const { checks: file, against, rejected, missing } = flags;
  const memory = memoryFlag(WHO, flags.memory);
  const reading = { ...(missing && { missing }), ...(memory && { memory }) };
  const read = [path, ...(typeof paths === "string" ? [] : paths), file, against].filter(
    (one) => one !== undefined,
  );
  await needOutFiles(flags, read);
  const unread = rejected === undefined ? undefined : await rejectedFile(WHO, rejected);
  try {
    const source = await openTable(paths, { ...(unread && { onRejected: unread.take }), ...reading });
    const loaded = await checksOf(file, against, reading, tell);
    const report = await checked(source, loaded, flags, tell);
    await unread?.finish();
    return await told(report, path, what, flags, { rejected: unread?.rows(), renamed: source.renamed });
  } catch (error) {
    await unread?.drop();
    throw unread === undefined ? withRemedy(error) : error;
  }
}

/** Runs checks; rows that do not come through are written where that is said. */
async function checked(
  source: FrameSource,
  { set, custom }: LoadedChecks,
  { html, quarantine }: QualityFlags,
  tell: (line: string) => void,
): Promise<CheckReport> {
  let report: CheckReport | undefined;
  const rows = quarantineSource(set, source, {
    now: Date.now(),
    custom,
    // Values of rows are for the page that was asked for, and for nothing else.
    details: html !== undefined,
    onReport: (one) => void (report = one),
    onProgress: rowProgress(tell),
  });
  let written: number | undefined;
  if (quarantine === undefined) for await (const _ of rows.read());
  else written = await writeTable("--quarantine", quarantine, rows);
  if (report === undefined || (written ?? report.quarantined) !== report.quarantined)
    throw tidelineError("INTERNAL", {
      who: WHO,
      expected: `${report?.quarantined ?? "some"} rows in quarantine`,
      received: `${written} written`,
    });
  return report;
}

/** What the command answers. `rejected` is how many rows could not be read, `renamed` which columns have other names than in the file. */
async function told(
  report: CheckReport,
  path: string,
  what: string,
  { html, quarantine }: QualityFlags,
  {
    rejected,
    renamed,
  }: { readonly rejected: number | undefined; readonly renamed: readonly RenamedColumn[] | undefined },
): Promise<CommandResult> {
  const shown = renamed === undefined ? {} : { renamed };
  if (html !== undefined)
    await writePageFile(WHO, html, qualityPage(report, { what, at: Date.now(), ...shown }));
  const value = {
    path,
    ...report,
    ...shown,
    ...(rejected === undefined ? {} : { rejected }),
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(html === undefined ? {} : { html }),
  };
  const text = qualityText(report, what, { quarantine, rejected, renamed });
  return report.verdict === "fail" ? { value, text, fault: faultOf(report, what) } : { value, text };
}

/** The checks of a file, of another table, or of a file with the distributions of another table. */
async function checksOf(
  file: string | undefined,
  against: string | undefined,
  reading: OpenTableOptions,
  tell: (line: string) => void,
): Promise<LoadedChecks> {
  const loaded = file === undefined ? undefined : await loadChecks(file);
  if (against === undefined) return loaded!;
  const { paths } = await chooseTable(WHO, against, {});
  const { set } = await inferChecks(await openTable(paths, reading), { onProgress: rowProgress(tell) });
  // How many rows another table has is no rule for this one.
  return loaded === undefined
    ? { set: { ...set, rows: [] }, custom: {} }
    : { ...loaded, set: withDistributions(loaded.set, set) };
}

/** Checks with the distributions of others: in place of their own of a column, and beside what they have of it. */
function withDistributions(set: CheckSet, others: CheckSet): CheckSet {
  const names = [...new Set([...Object.keys(set.columns), ...Object.keys(others.columns)])];
  // Columns may have the names of what every object has.
  const of = ({ columns }: CheckSet, name: string) => (Object.hasOwn(columns, name) ? columns[name]! : []);
  const columns = names.flatMap((name) => {
    const own = of(set, name);
    const found = of(others, name).filter(({ check }) => check === "like");
    const list = found.length === 0 ? own : [...own.filter(({ check }) => check !== "like"), ...found];
    return list.length === 0 && !Object.hasOwn(set.columns, name) ? [] : [[name, list] as const];
  });
  return { columns: Object.fromEntries(columns), rows: set.rows };
}

function faultOf({ findings }: CheckReport, what: string) {
  const bad = findings.filter(({ passed, severity }) => !passed && severity !== "warn");
  const names = bad
    .slice(0, 3)
    .map(({ column, check }) => (column === null ? check : `${plainText(column)}: ${check}`));
  return tidelineError("CHECK_FAILED", {
    who: `${WHO} ${what}`,
    expected: `${findings.length} checks that hold`,
    received: `${bad.length} that do not: ${names.join(", ")}${bad.length > 3 ? " ..." : ""}`,
    remedy: "See above; mend the table, or the checks where they ask too much.",
  });
}
