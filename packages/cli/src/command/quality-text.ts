import type { CheckFinding, CheckReport } from "@tideline/learn/check";
import { renamedText, type RenamedColumn } from "@tideline/learn/frame";
import { count, plural } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { plainText } from "./profile-text.ts";

const VERDICTS = { pass: "passed", warn: "passed with warnings", fail: "FAILED" } as const;

/** What a check found, in a word. */
function outcome({ passed, severity, quarantined }: CheckFinding): string {
  if (!passed) return severity === "warn" ? "warned" : "failed";
  return quarantined > 0 ? "quarantined" : "passed";
}

/** What was measured: rows that break it, or a value. */
function measured({ broken, value, check }: CheckFinding): string {
  if (broken !== null) return `${count(broken)} ${broken === 1 ? "row" : "rows"}`;
  if (value === null) return "nothing to measure";
  if (check === "fresh") return `${(value / 3_600_000).toFixed(1)} h old`;
  return check === "count" ? `${count(value)} rows` : String(Number(value.toPrecision(4)));
}

/** A report for a person: what does not hold, and how many checks do. */
export function qualityText(
  report: CheckReport,
  what: string,
  {
    quarantine,
    rejected = 0,
    renamed = [],
  }: {
    readonly quarantine?: string | undefined;
    readonly rejected?: number | undefined;
    readonly renamed?: readonly RenamedColumn[] | undefined;
  } = {},
): string {
  const { findings, rowsIn, rowsOut, quarantined, verdict } = report;
  const told = findings.filter((one) => outcome(one) !== "passed");
  const heading = `${plainText(what, 200)}: ${VERDICTS[verdict]}`;
  const where =
    quarantined === 0
      ? ""
      : quarantine === undefined
        ? " (written nowhere: --quarantine FILE)"
        : ` to ${plainText(quarantine, 200)}`;
  const rows = `${count(rowsIn)} rows in, ${count(rowsOut)} through, ${count(quarantined)} to quarantine${where}${
    rejected === 0 ? "" : `; ${count(rejected)} more could not be read`
  }`;
  const broken = table(
    told,
    [
      { name: "column", text: ({ column }) => (column === null ? "(table)" : plainText(column)) },
      { name: "check", text: ({ check }) => plainText(check) },
      { name: "verdict", text: outcome },
      { name: "measured", text: measured, align: "right" },
      { name: "expected", text: ({ expected }) => plainText(expected, 80) },
    ],
    "every check holds",
  );
  const good = plural(findings.length - told.length, "check");
  const names = renamedLines(renamed);
  return [
    heading,
    rows,
    ...(names === "" ? [] : [names]),
    broken,
    `${good} of ${count(findings.length)} passed`,
  ].join("\n\n");
}

/** A line for each column that a file gives no name of its own. */
export function renamedLines(renamed: readonly RenamedColumn[]): string {
  return renamed.map((one) => `${plainText(one.name)}: ${plainText(renamedText(one), 200)}`).join("\n");
}
