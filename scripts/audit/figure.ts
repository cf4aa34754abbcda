/** A figure of the report or a count of faults. */
export type Value = number | string | null;

/** One line of the audit: what was said, what the evidence gives, and whether they agree. */
export interface Finding {
  readonly figure: string;
  /** What the report says; for a check of the evidence itself the number of faults allowed, 0. */
  readonly reported: Value;
  readonly recomputed: Value;
  /** Largest difference that counts as agreement; 0 is exact. */
  readonly tolerance: number;
  readonly agrees: boolean;
  /** Where a disagreement shows, or what was looked at. */
  readonly note: string;
}

function isValue(value: unknown): value is Value {
  return value === null || typeof value === "number" || typeof value === "string";
}

/** Holds a reported figure against the recomputed one. A figure that the report lacks never agrees. */
export function compareFigure(
  figure: string,
  reported: unknown,
  recomputed: Value,
  { tolerance = 0, note = "" }: { readonly tolerance?: number; readonly note?: string } = {},
): Finding {
  const value = isValue(reported) ? reported : "missing";
  const agrees =
    typeof value === "number" && typeof recomputed === "number"
      ? Math.abs(value - recomputed) <= tolerance
      : value === recomputed;
  return { figure, reported: value, recomputed, tolerance, agrees, note };
}

/**
 * A figure that nobody can compute any more, for a reason that is no fault; one that the report lacks, or says as
 * anything but a number, does not agree all the same.
 */
export function passedOver(figure: string, reported: unknown, reason: string): Finding {
  const value = isValue(reported) ? reported : "missing";
  const agrees = typeof value === "number" && Number.isFinite(value);
  const note = `not compared: ${reason}`;
  return { figure, reported: value, recomputed: "not compared", tolerance: 0, agrees, note };
}

/** A check of the evidence: `faults` says what contradicts it, nothing when all is well. */
export function checkEvidence(figure: string, faults: readonly string[], looked = ""): Finding {
  return {
    figure: `check: ${figure}`,
    reported: 0,
    recomputed: faults.length,
    tolerance: 0,
    agrees: faults.length === 0,
    note: faults.length === 0 ? looked : faults.slice(0, 3).join("; "),
  };
}

/** What a person reads of a value. */
function show(value: Value): string {
  if (typeof value !== "number") return value === null ? "none" : value;
  if (Number.isSafeInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toFixed(5);
}

function shorten(text: string): string {
  return text.length > 28 ? `${text.slice(0, 25)}...` : text;
}

/** The findings as a table: figure, reported, recomputed, verdict. */
export function findingTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ figure, reported, recomputed, agrees, note }) => [
    figure,
    shorten(show(reported)),
    shorten(show(recomputed)),
    agrees ? "agrees" : "DIFFERS",
    note,
  ]);
  const table = [["figure", "reported", "recomputed", "verdict", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
