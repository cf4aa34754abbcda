import type { ModelDefinition } from "@tideline/spec";
import { identifier, literal } from "../lake/index.ts";
import type { PeopleSource, Relation } from "./relation.ts";

/**
 * SQL of the order in which the server came to know events; the install makes it total, so that the newest one of a
 * person with two phones is always the same.
 */
export const knownOrderSql = (table: string): string =>
  `(${["known_time", "epoch", "seq", "install_id"].map((column) => `${table}.${column}`).join(", ")})`;

/**
 * SQL of labels given for a whole session: `subject, session, label, known_time`; the newest one counts. A label is
 * that of each pseudonym that meant the person when it was known.
 */
export function sessionLabelSql(
  { sessionLabel }: ModelDefinition,
  { relation, identity }: PeopleSource,
): string {
  return `SELECT member AS subject, ${identifier(sessionLabel.session)} AS session,
  arg_max(${identifier(sessionLabel.label)}, ${knownOrderSql("l")}) AS label, max(known_time) AS known_time
FROM ${identity.spread(relation(sessionLabel.event), "known_time")} l GROUP BY ALL`;
}

/** SQL of a model's predictions, once each: the columns of the prediction event and its times. */
export function predictionSql(model: ModelDefinition, relation: Relation): string {
  return `SELECT DISTINCT ON (subject, prediction_id) * FROM ${relation("prediction")}
WHERE model = ${literal(model.name)} ORDER BY subject, prediction_id, epoch, seq, install_id`;
}

/**
 * SQL of labels that came back for predictions: `subject, prediction_id, session, start, predicted_known, label,
 * known_time, known_order`. A label counts when the same person gave it, as was known when the label came, and it was
 * known within the declared time of the prediction (`predicted_known`); the newest one counts.
 */
export function predictionLabelSql(model: ModelDefinition, { relation, identity }: PeopleSource): string {
  const { event, predictionId, label, within } = model.predictionLabel;
  return `SELECT p.subject, p.prediction_id, p.session, p.start, p.known_time AS predicted_known,
  arg_max(c.${identifier(label)}, ${knownOrderSql("c")}) AS label, max(c.known_time) AS known_time,
  max(${knownOrderSql("c")}) AS known_order
FROM (${predictionSql(model, relation)}) p
JOIN ${identity.spread(relation(event), "known_time")} c
  ON c.member = p.subject AND c.${identifier(predictionId)} = p.prediction_id
WHERE epoch_ms(c.known_time) - epoch_ms(p.known_time) <= ${within}
GROUP BY ALL`;
}
