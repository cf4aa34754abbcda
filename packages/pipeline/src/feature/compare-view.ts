import { interpretView, sqlOfView, tidelineError, type FeatureView, type SourceRow } from "@tideline/spec";
import { identifier, numbers, texts, type Columns, type Engine } from "../lake/index.ts";

/** A feature view asked at every window, once in SQL and once by the interpreter. */
export interface ViewAgreement {
  readonly view: string;
  readonly rows: number;
  readonly sourceRows: number;
  /** Rows in which any feature differs: none, or the view may not be used. */
  readonly differing: number;
}

/** Values of a column, NULL as null. */
function valuesOf(columns: Columns, name: string): (string | number | null)[] {
  const column = columns[name];
  if (Array.isArray(column)) return [...(column as readonly (string | null)[])];
  return Array.from(numbers(columns, name), (value) => (Number.isNaN(value) ? null : value));
}

/** Float sums may differ in their last digits; everything else is equal. */
function same(left: unknown, right: unknown): boolean {
  if (typeof left !== "number" || typeof right !== "number") return left === right;
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right));
}

/**
 * Asks a view as of the end of each window, as the phone knew it then (an event counts from when it happened), and
 * compares the two ways of computing it: the skew between the lake and the device, measured.
 *
 * @throws `CHECK_FAILED` where they disagree.
 */
export async function compareView(
  engine: Engine,
  view: FeatureView,
  source: { readonly events: string; readonly windows: string },
): Promise<ViewAgreement> {
  const fields = Object.keys(view.source.columns).map(identifier);
  const list = fields.length === 0 ? "" : `, ${fields.join(", ")}`;
  const [events, spine] = ["view_source", "view_spine"].map(identifier);
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${events} AS
SELECT subject, epoch_ms(time) AS time, epoch_ms(time) AS known_time${list} FROM ${source.events}`);
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${spine} AS
SELECT DISTINCT subject, epoch_ms(time) AS time FROM ${source.windows}`);
  const names = Object.keys(view.features);
  const sql = sqlOfView(view, { dialect: "duckdb", source: "view_source", spine: "view_spine" });
  const answers =
    await engine.columns(`SELECT subject, time::DOUBLE AS time, ${names.map(identifier).join(", ")}
FROM (${sql}) ORDER BY subject, time`);
  const rows = await engine.columns(`SELECT subject, time::DOUBLE AS time${list} FROM ${events}`);
  const byKey = new Map<string, SourceRow[]>();
  const fieldValues = Object.keys(view.source.columns).map((name) => [name, valuesOf(rows, name)] as const);
  const times = numbers(rows, "time");
  for (const [index, subject] of texts(rows, "subject").entries()) {
    const list = byKey.get(subject!) ?? [];
    const values = Object.fromEntries(fieldValues.map(([name, column]) => [name, column[index] ?? null]));
    list.push({ time: times[index]!, knownTime: times[index]!, fields: values });
    byKey.set(subject!, list);
  }
  const asked = numbers(answers, "time");
  const questions = texts(answers, "subject").map((key, row) => ({ key: key!, time: asked[row]! }));
  const meant = interpretView(view, byKey, questions);
  const computed = names.map((name) => [meant[name]!, valuesOf(answers, name)] as const);
  const differing = questions.filter((_, row) =>
    computed.some(([left, right]) => !same(left[row], right[row])),
  ).length;
  if (differing > 0) {
    throw tidelineError("CHECK_FAILED", {
      who: `feature view "${view.name}"`,
      expected: "SQL and interpreter to agree on every row",
      received: `${differing} of ${questions.length} rows that differ`,
    });
  }
  return { view: view.name, rows: questions.length, sourceRows: times.length, differing };
}
