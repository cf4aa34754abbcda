import { join } from "node:path";
import { dropColumns } from "@tideline/learn/frame";
import {
  checkRun,
  needPassed,
  quarantineOf,
  type CheckReport,
  type CheckRun,
  type CheckSet,
} from "@tideline/learn/check";
import { canonicalJson, isTidelineError, tidelineError } from "@tideline/spec";
import { writeAtomically } from "../frame/atomic-file.ts";
import { asksAge, rowChecksOf, type OwnChecks } from "./check-plan.ts";
import { fingerprint } from "./fingerprint.ts";
import { keepMask, type KeepMask } from "./keep-mask.ts";
import { addReasons } from "./mask-step.ts";
import { changed, partId, partSchema, readParts, type Part } from "./part.ts";
import { joined, runStep, stepPath, type PartCount, type Preparing, type StepLeft } from "./preparing.ts";
import { lineWriter, quarantineLines } from "./quarantine-file.ts";
import { masked, placesIn, SOURCE_ROW } from "./row-change.ts";
import { describeFile, writeStepFile, type StepFile } from "./step-file.ts";

/** Parts of rows by name: `all`, or those of the split. */
export type NamedParts = Readonly<Record<string, Part>>;

/** A report of the checks behind a step on a part. */
export interface PartReport {
  readonly step: string;
  readonly part: string;
  readonly report: CheckReport;
}

interface CheckLeft extends StepLeft {
  readonly reports: readonly PartReport[];
}

/** What a step of checks is given. */
export interface CheckCause {
  readonly name: string;
  readonly set: CheckSet;
  readonly own?: OwnChecks & { readonly code: string };
}

/** What checks leave: rows, lines of those that went, and reports. */
export interface Checked {
  readonly parts: NamedParts;
  readonly quarantine: StepFile;
  readonly reports: readonly PartReport[];
}

/**
 * Checks the rows of each part: rows that a check quarantines leave it. Checks of each row hold in every part, those of counts
 * and distributions in the rows to train on (and in all rows before they are parted).
 *
 * @throws CHECK_FAILED where a check fails; its reports stand in `prepare/failed-checks.json`.
 */
export async function checkStep(
  preparing: Preparing,
  { name, set, own }: CheckCause,
  parts: NamedParts,
): Promise<Checked> {
  const { root, clock } = preparing;
  const now = asksAge(set) ? clock() : undefined;
  const options = {
    ...(now === undefined ? {} : { now }),
    ...(own === undefined ? {} : { custom: own.tests }),
  };
  const cause = {
    name,
    ...(own === undefined ? {} : { ownCode: own.code }),
    parameters: fingerprint({ set, now }, name),
    input: joined(...Object.entries(parts).flatMap(([part, rows]) => [part, partId(rows)])),
  };
  const left = await runStep<CheckLeft>(preparing, cause, async (key, count) => {
    const reports: PartReport[] = [];
    const files: Record<string, StepFile> = {};
    const counts: Record<string, PartCount> = {};
    const why: Record<string, number> = {};
    const bad = stepPath(key, "jsonl");
    await writeAtomically("prepare", join(root, bad), async (file) => {
      const lines = await lineWriter(file);
      try {
        const runs = new Map<string, { readonly run: CheckRun; readonly mask: KeepMask }>();
        for (const [part, rows] of Object.entries(parts)) {
          const schema = (await partSchema(rows)).filter((column) => column.name !== SOURCE_ROW);
          const own = part === "all" || part === "train" ? set : rowChecksOf(set);
          runs.set(part, { run: checkRun(own, options, schema), mask: keepMask() });
        }
        for await (const { name: part, rows } of readParts(parts)) {
          const { run, mask } = runs.get(part)!;
          const given = dropColumns(rows, [SOURCE_ROW]);
          const verdict = run.add(given);
          mask.add(verdict.keep);
          addReasons(why, verdict);
          for (const line of quarantineLines(name, part, quarantineOf(given, verdict, placesIn(rows))))
            await lines.add(line);
          count(rows.rows);
        }
        for (const [part, { run, mask }] of runs) {
          const report = run.finish();
          reports.push({ step: name, part, report });
          counts[part] = { rowsIn: report.rowsIn, rowsOut: report.rowsOut };
          files[part] = await writeStepFile(root, stepPath(key, `${part}.keep`), mask.bytes());
        }
      } finally {
        await lines.close();
      }
    });
    await needAllPassed(root, name, reports);
    files["quarantine"] = await describeFile(root, bad);
    return { files, parts: counts, why, reports };
  });
  const kept = Object.entries(parts).map(([part, rows]) => {
    const report = left.reports.find((one) => one.part === part)!.report;
    // A mask that keeps every row is none, so that a check that finds nothing changes no address behind it.
    return [part, report.quarantined === 0 ? rows : changed(rows, masked(root, left.files[part]!))] as const;
  });
  return {
    parts: Object.fromEntries(kept),
    quarantine: left.files["quarantine"]!,
    reports: left.reports,
  };
}

async function needAllPassed(root: string, name: string, reports: readonly PartReport[]): Promise<void> {
  try {
    for (const { report } of reports) needPassed(report);
  } catch (error) {
    if (!isTidelineError(error, "CHECK_FAILED")) throw error;
    const path = join("prepare", "failed-checks.json");
    await writeStepFile(root, path, `${canonicalJson({ step: name, reports })}\n`);
    throw tidelineError("CHECK_FAILED", {
      who: name,
      expected: "checks that hold",
      received: error.parts.received,
      remedy: `Every finding stands in ${join(root, path)}.`,
      cause: error,
    });
  }
}
