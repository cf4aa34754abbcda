import { columnNamed, isMissing, type Column, type Frame } from "@tideline/learn/frame";
import type { Labels } from "@tideline/learn/transform";
import { tidelineError } from "@tideline/spec";
import { fingerprint } from "./fingerprint.ts";
import { partId, readPart, type Part } from "./part.ts";
import { runStep, type Preparing, type StepLeft } from "./preparing.ts";

/** What training rows say of the labels. */
export interface KnownLabels {
  readonly column: string;
  /** In ascending order of their texts; null for labels that are numbers. */
  readonly classes: readonly string[] | null;
}

/** Classes at most: more is a column of identifiers. */
const MOST_CLASSES = 10_000;

interface LabelLeft extends StepLeft {
  readonly classes: readonly string[] | null;
}

/**
 * The classes of the training rows: texts and truths are classes, numbers are values.
 *
 * @throws ARGUMENT_INVALID for a column that is absent or of a kind that no label has; NOT_ENOUGH_DATA for one class.
 */
export async function labelStep(preparing: Preparing, column: string, train: Part): Promise<KnownLabels> {
  const cause = { name: "label", parameters: fingerprint({ column }, "label"), input: partId(train) };
  const { classes } = await runStep<LabelLeft>(preparing, cause, async (_, count) => {
    const found = new Set<string>();
    let rows = 0;
    let values = false;
    for await (const piece of readPart(train)) {
      const own = columnNamed(piece, column, "prepare: label");
      if (own.kind === "float" || own.kind === "integer") values = true;
      else for (const text of classTexts(own)) if (text !== null) found.add(text);
      if (found.size > MOST_CLASSES)
        throw wrong(column, `at most ${MOST_CLASSES} classes`, "more: it looks like identifiers");
      rows += piece.rows;
      count(piece.rows);
    }
    if (!values && found.size < 2)
      throw tidelineError("NOT_ENOUGH_DATA", {
        who: "prepare",
        field: `label "${column}"`,
        expected: "at least 2 classes in the training rows",
        received: String(found.size),
      });
    return {
      files: {},
      parts: { train: { rowsIn: rows, rowsOut: rows } },
      why: {},
      classes: values ? null : [...found].sort(),
    };
  });
  return Object.freeze({ column, classes });
}

/** The labels of rows to train on. @throws CHECK_FAILED for a row without one. */
export function labelsOf({ column, classes }: KnownLabels, rows: Frame): Labels {
  const own = columnNamed(rows, column, "prepare: label");
  for (let row = 0; row < rows.rows; row++)
    if (isMissing(own, row))
      throw tidelineError("CHECK_FAILED", {
        who: "prepare",
        field: `label "${column}"`,
        expected: "a label in every training row, because a step learns from it",
        received: "a row without one",
        remedy: `Leave such rows out: clean: [dropMissing({ columns: ["${column}"] })].`,
      });
  if (classes === null) {
    if (own.kind !== "float" && own.kind !== "integer") throw wrong(column, "numbers", own.kind);
    return { kind: "values", y: Float64Array.from(own.values as ArrayLike<number | bigint>, Number) };
  }
  const places = new Map(classes.map((text, at) => [text, at]));
  const y = Int32Array.from(classTexts(own), (text) => places.get(text!)!);
  return { kind: "classes", y, classes };
}

function* classTexts(column: Column): Generator<string | null> {
  if (column.kind !== "string" && column.kind !== "boolean")
    throw wrong(column.name, "a column of texts, truths or numbers", `a ${column.kind} column`);
  const rows = column.kind === "string" ? column.codes.length : column.values.length;
  for (let row = 0; row < rows; row++)
    if (isMissing(column, row)) yield null;
    else
      yield column.kind === "string"
        ? column.dictionary[column.codes[row]!]!
        : String(column.values[row] === 1);
}

function wrong(column: string, expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", {
    who: "prepare",
    field: `label "${column}"`,
    expected,
    received,
  });
}
