import type { ModelDefinition } from "@tideline/spec";
import { consentingSql } from "./consent-sql.ts";
import { predictionLabelSql, sessionLabelSql } from "./label-sql.ts";
import { personSql } from "./person-sql.ts";
import type { PeopleSource } from "./relation.ts";

/**
 * SQL of a model's spine: `subject, role, session, start, time, label, known_time`, one row for every labelled window
 * of a person who may teach. `windows` is a relation of windows (`subject, session, start, time`). A label of the
 * prediction is nearer to the window than one of the session and goes before it. People of the control group never
 * have a row, nor do those whose newest event lacks consent to the model's purpose; `events` names every event table.
 * Labels ask who was who when they were known, so that a late alias changes no row; who may teach is asked as of now.
 */
export function spineSql(
  model: ModelDefinition,
  windows: string,
  source: PeopleSource,
  events: readonly string[],
): string {
  const labelled = source.identity.spread(`(${predictionLabelSql(model, source)})`, "predicted_known");
  return `WITH person AS (${personSql(model.cohorts, source)}),
consenting AS (${consentingSql(model.purpose, source, events)}),
by_session AS (${sessionLabelSql(model, source)}),
by_prediction AS (
  SELECT member AS subject, session, start, arg_max(label, known_order) AS label, max(known_time) AS known_time
  FROM ${labelled} GROUP BY ALL
)
SELECT w.subject, person.role, w.session, w.start, w.time,
  coalesce(p.label, s.label) AS label,
  CASE WHEN p.label IS NULL THEN s.known_time ELSE p.known_time END AS known_time
FROM ${windows} w
JOIN person ON person.subject = w.subject AND person.role <> 'control'
LEFT JOIN by_session s ON s.subject = w.subject AND s.session = w.session
LEFT JOIN by_prediction p ON p.subject = w.subject AND p.session = w.session AND p.start = w.start
WHERE coalesce(p.label, s.label) IS NOT NULL AND w.subject IN (SELECT subject FROM consenting)`;
}
