import type { Cohorts } from "@tideline/spec";
import { identifier, literal, STANDING } from "../lake/index.ts";
import { knownOrderSql } from "./label-sql.ts";
import type { PeopleSource } from "./relation.ts";

/** What a person is to a model. */
export type PersonRole = "train" | "corrections" | "control";

/**
 * How a control group is told in what stands of events that are gone (`watched`).
 *
 * @example
 * watchedName({ event: "enrolment", field: "cohort" }, "control"); // "enrolment.cohort=control"
 */
export const watchedName = ({ event, field }: Pick<Cohorts, "event" | "field">, cohort: string): string =>
  `${event}.${field}=${cohort}`;

/**
 * SQL of the people that a model knows, by each of their pseudonyms: `subject`, `role`. A person's newest enrolment
 * decides, under whichever pseudonym, but whoever was ever in the control group stays there: neither a later enrolment
 * nor a new id nor the enrolment's retention brings a watched person into training. Of an install without a user
 * everybody who used it is meant. One whose cohort is named nowhere has no row and takes part in nothing.
 */
export function personSql(cohorts: Cohorts, { relation, identity }: PeopleSource): string {
  const field = identifier(cohorts.field);
  const among = (column: string, role: PersonRole): string =>
    cohorts[role].length === 0 ? "false" : `${column} IN (${cohorts[role].map(literal).join(", ")})`;
  const cases = (["train", "corrections"] as const).map(
    (role) => `WHEN ${among("cohort", role)} THEN '${role}'`,
  );
  const order = "known_time, epoch, seq, install_id";
  const groups = cohorts.control.map((cohort) => literal(watchedName(cohorts, cohort)));
  const enrolled = `(SELECT subject, ${field} AS cohort, ${among(field, "control")} AS watched, ${order}
        FROM ${relation(cohorts.event)}
        UNION ALL SELECT subject, NULL, true, ${order} FROM ${relation(STANDING)}
        WHERE list_has_any(watched, [${groups.join(", ")}]::VARCHAR[]))`;
  return `SELECT subject, role FROM (
  WITH person_role AS MATERIALIZED (
    SELECT person, CASE WHEN watched THEN 'control' ${cases.join(" ")} END AS role FROM (
      SELECT person, arg_max(cohort, ${knownOrderSql("e")}) AS cohort, bool_or(watched) AS watched
      FROM ${identity.now(enrolled)} e GROUP BY person
    )
  )
  SELECT o.subject,
    CASE WHEN bool_or(r.role = 'control') THEN 'control' ELSE max(r.role) FILTER (WHERE o.sure) END AS role
  FROM ${identity.owners("person_role")} o JOIN person_role r USING (person) GROUP BY o.subject
) WHERE role IS NOT NULL`;
}
