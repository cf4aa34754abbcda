import { literal } from "../lake/index.ts";
import type { Relation } from "./relation.ts";

/** What tells one event of a person from the next: when it happened, then its number, on whichever phone. */
const NEWEST = "(time, known_time, epoch, seq, install_id)";

/**
 * SQL of the people who consent to a purpose: `subject`. The newest event of a person decides, of whatever kind: whoever
 * withdrew a purpose and goes on with others leaves the training set whole, with what was given before.
 *
 * @param events names of every event table
 */
export function consentingSql(purpose: string, relation: Relation, events: readonly string[]): string {
  const every = events
    .map(
      (event) => `SELECT subject, consent, time, known_time, epoch, seq, install_id FROM ${relation(event)}`,
    )
    .join(" UNION ALL ");
  return `SELECT subject FROM (SELECT subject, arg_max(consent, ${NEWEST}) AS consent FROM (${every}) GROUP BY subject)
WHERE list_contains(consent, ${literal(purpose)})`;
}
