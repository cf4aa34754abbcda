import type { CheckFinding } from "@tideline/learn/check";
import { count, duration, number, percent, rowsText } from "./figure.ts";

/** How a check ended, for a person. */
export type Outcome = "failed" | "warned" | "quarantined" | "passed";

/** How outcomes are said, and in which tone of the style sheet; the sign says it without colour. */
export const OUTCOMES = {
  failed: { verb: "failed", sign: "\u2715", tone: "fail", rank: 0 },
  warned: { verb: "warned", sign: "!", tone: "warn", rank: 1 },
  quarantined: { verb: "that quarantined", sign: "\u2937", tone: "hold", rank: 2 },
  passed: { verb: "passed", sign: "\u2713", tone: "pass", rank: 3 },
} as const satisfies Record<Outcome, object>;

/** How a check ended. */
export function outcomeOf({ passed, severity, quarantined }: CheckFinding): Outcome {
  if (!passed) return severity === "warn" ? "warned" : "failed";
  return quarantined > 0 ? "quarantined" : "passed";
}

/** What a check found, as text. */
export function foundText({ check, broken, value }: CheckFinding, rows: number): string {
  if (broken !== null)
    return broken === 0
      ? "no row breaks it"
      : `${count(broken)} of ${rowsText(rows)} ${broken === 1 ? "breaks" : "break"} it (${percent(broken, rows)})`;
  if (value === null) return "nothing to measure";
  if (check === "fresh")
    return value < 0 ? `newest time ${duration(-value)} ahead` : `newest time ${duration(value)} old`;
  if (check === "count") return rowsText(value);
  return `measured ${number(value)}`;
}
