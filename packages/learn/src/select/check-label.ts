import { tidelineError } from "@tideline/spec";
import type { Indices } from "../matrix.ts";
import type { Labels } from "../transform/transform-def.ts";

/**
 * Labels that go with rows.
 *
 * @throws ARGUMENT_INVALID where there are none, as many others, or one is illegal; NOT_ENOUGH_DATA with fewer than two rows
 *   or, of classes, fewer than two that occur.
 */
export function checkLabels(who: string, rows: number, labels: Labels | undefined): Labels {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (labels === undefined) throw wrong("labels", "the labels of the rows", "none");
  const { y } = labels;
  if (y.length !== rows) throw wrong("labels", `${rows}, one for each row`, String(y.length));
  if (rows < 2)
    throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least two rows", received: String(rows) });
  if (labels.kind === "values") {
    const at = labels.y.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw wrong(`labels.y[${at}]`, "a finite number", String(y[at]));
    return labels;
  }
  const { classes } = labels;
  const seen = new Set<number>();
  for (let row = 0; row < rows; row++) {
    const label = y[row]!;
    if (!(label >= 0 && label < classes.length))
      throw wrong(`labels.y[${row}]`, `a place in ${classes.length} classes`, String(label));
    seen.add(label);
  }
  if (seen.size >= 2) return labels;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: "labels",
    expected: "rows of at least two classes",
    received: `${seen.size}`,
  });
}

/** Labels that must be classes. @throws ARGUMENT_INVALID for numbers, and as {@link checkLabels}. */
export function classLabels(
  who: string,
  rows: number,
  labels: Labels | undefined,
): Extract<Labels, { readonly kind: "classes" }> {
  const checked = checkLabels(who, rows, labels);
  if (checked.kind === "classes") return checked;
  throw tidelineError("ARGUMENT_INVALID", { who, field: "labels", expected: "classes", received: "numbers" });
}

/** Labels that must be numbers. @throws ARGUMENT_INVALID for classes, and as {@link checkLabels}. */
export function numberLabels(
  who: string,
  rows: number,
  labels: Labels | undefined,
): Extract<Labels, { readonly kind: "values" }> {
  const checked = checkLabels(who, rows, labels);
  if (checked.kind === "values") return checked;
  throw tidelineError("ARGUMENT_INVALID", { who, field: "labels", expected: "numbers", received: "classes" });
}

/** The labels of some rows. */
export function labelsAt(labels: Labels, rows: Indices): Labels {
  if (labels.kind === "values")
    return { kind: "values", y: Float64Array.from(rows, (row) => labels.y[row]!) };
  return { ...labels, y: Int32Array.from(rows, (row) => labels.y[row]!) };
}
