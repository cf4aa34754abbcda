import { literal } from "../lake/index.ts";
import type { PeopleSource } from "./relation.ts";

/** What tells one event of a person from the next: when it happened, then its number, on whichever phone. */
const NEWEST = "(time, known_time, epoch, seq, install_id)";

/**
 * SQL of the pseudonyms whose rows may serve a purpose: `subject`. The newest event of a person decides, of whatever
 * kind and under whichever pseudonym: whoever withdrew a purpose and goes on with others leaves the training set whole,
 * with what was given before. What a phone sends without a user may withdraw, but grants nothing that was withdrawn
 * under a name, since anybody may hold the phone; and what it sent before it had a user needs everybody who used it.
 *
 * @param events names of every event table, and of that of what stands of events past their retention, which decides
 * as the events did
 */
export function consentingSql(
  purpose: string,
  { relation, identity }: PeopleSource,
  events: readonly string[],
): string {
  const every = events
    .map(
      (event) => `SELECT subject, consent, time, known_time, epoch, seq, install_id FROM ${relation(event)}`,
    )
    .join(" UNION ALL ");
  const grants = (column: string): string => `list_contains(${column}, ${literal(purpose)})`;
  const [named, isNamedToo] = identity.isLinked
    ? [
        `, arg_max(consent, ${NEWEST}) FILTER (WHERE NOT ${identity.isNameless("subject")}) AS named`,
        ` AND (named IS NULL OR ${grants("named")})`,
      ]
    : ["", ""];
  return `SELECT subject FROM (
  WITH newest AS MATERIALIZED (
    SELECT person, arg_max(consent, ${NEWEST}) AS consent${named} FROM ${identity.now(`(${every})`)} GROUP BY person
  )
  SELECT o.subject, bool_and(${grants("consent")}${isNamedToo}) AS grants
  FROM ${identity.owners("newest")} o JOIN newest USING (person) GROUP BY o.subject
) WHERE grants`;
}
