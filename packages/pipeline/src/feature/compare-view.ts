import {
  interpretView,
  sqlOfView,
  tidelineError,
  type FeatureView,
  type Scalar,
  type ScalarType,
  type SourceRow,
} from "@tideline/spec";
import type { Identity } from "../dataset/index.ts";
import { identifier, numbers, texts, type Columns, type Engine } from "../lake/index.ts";

/** A feature view asked at every window, once in SQL and once by the interpreter. */
export interface ViewAgreement {
  readonly view: string;
  readonly rows: number;
  readonly sourceRows: number;
  /** Rows in which any feature differs: none, or the view may not be used. */
  readonly differing: number;
}

/** Values of a column of a type, NULL (and NaN, which a result cannot tell from it) as null. */
function valuesOf(columns: Columns, name: string, type: ScalarType): Scalar[] {
  if (type === "string") return [...texts(columns, name)];
  return Array.from(numbers(columns, name), (value) => {
    if (Number.isNaN(value)) return null;
    return type === "boolean" ? value === 1 : value;
  });
}

/** A field of the lake as the language has it: times are TIMESTAMP there and milliseconds here. */
function fieldSql(name: string, type: ScalarType): string {
  const column = identifier(name);
  return type === "time" ? `epoch_ms(${column}) AS ${column}` : column;
}

/** Float sums may differ in their last digits; everything else is equal. */
function same(meant: Scalar, computed: Scalar): boolean {
  const value = Number.isNaN(meant) ? null : meant;
  if (value === computed) return true;
  if (typeof value !== "number" || typeof computed !== "number") return false;
  return Math.abs(value - computed) <= 1e-9 * Math.max(1, Math.abs(value), Math.abs(computed));
}

/**
 * Asks a view as of the end of each window, as the phone knew it then (an event counts from when it happened, under
 * whichever pseudonym that meant the person then), and compares the two ways of computing it: the skew between the lake and the device, measured.
 *
 * @throws `CHECK_FAILED` where they disagree.
 */
export async function compareView(
  engine: Engine,
  view: FeatureView,
  source: { readonly events: string; readonly windows: string; readonly identity: Identity },
): Promise<ViewAgreement> {
  const fields = Object.entries(view.source.columns);
  const list = fields.map(([name]) => `, ${identifier(name)}`).join("");
  const [events, spine] = ["view_source", "view_spine"].map(identifier);
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${events} AS
SELECT subject, epoch_ms(time) AS time, epoch_ms(time) AS known_time${fields
    .map(([name, type]) => `, ${fieldSql(name, type)}`)
    .join("")} FROM ${source.identity.source(source.events)}`);
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${spine} AS
SELECT DISTINCT subject, epoch_ms(time) AS time FROM ${source.identity.questions(source.windows, "time")}`);
  const features = Object.entries(view.features);
  const sql = sqlOfView(view, { dialect: "duckdb", source: "view_source", spine: "view_spine" });
  const answers =
    await engine.columns(`SELECT subject, time::DOUBLE AS time, ${features.map(([name]) => identifier(name)).join(", ")}
FROM (${sql}) ORDER BY subject, time`);
  const rows = await engine.columns(`SELECT subject, time::DOUBLE AS time${list} FROM ${events}`);
  const byKey = new Map<string, SourceRow[]>();
  const fieldValues = fields.map(([name, type]) => [name, valuesOf(rows, name, type)] as const);
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
  const computed = features.map(
    ([name, { type }]) => [meant[name] as readonly Scalar[], valuesOf(answers, name, type)] as const,
  );
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
