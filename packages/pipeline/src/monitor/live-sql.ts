import type { ModelDefinition } from "@tideline/spec";
import { personSql, predictionLabelSql, predictionSql, type PeopleSource } from "../dataset/index.ts";

/**
 * SQL of every prediction of a model with its late label: `subject, person, role, session, start, release, source,
 * predicted, time, latency_ms, actual, delay_ms`. `person` is who the pseudonym means by now; `actual` and `delay_ms` (from prediction to label, as the server came to know
 * them) are NULL until a label is known.
 */
export function livePredictionSql(model: ModelDefinition, source: PeopleSource): string {
  return `SELECT p.subject, p.person, coalesce(person.role, 'unknown') AS role, p.session, p.start, p.release, p.source,
  p.label AS predicted, epoch_ms(p.time)::DOUBLE AS time, p.latency_ms, l.label AS actual,
  (epoch_ms(l.known_time) - epoch_ms(p.known_time))::DOUBLE AS delay_ms
FROM ${source.identity.now(`(${predictionSql(model, source.relation)})`)} p
LEFT JOIN (${predictionLabelSql(model, source)}) l
  ON l.subject = p.subject AND l.prediction_id = p.prediction_id
LEFT JOIN (${personSql(model.cohorts, source)}) person ON person.subject = p.subject
ORDER BY p.subject, p.session, p.start`;
}
