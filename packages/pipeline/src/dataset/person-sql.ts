import type { Cohorts } from "@tideline/spec";
import { identifier, literal } from "../lake/index.ts";
import { knownOrderSql } from "./label-sql.ts";
import type { Relation } from "./relation.ts";

/** What a person is to a model. */
export type PersonRole = "train" | "corrections" | "control";

/**
 * SQL of the people that a model knows: `subject`, `role`. A person's newest enrolment decides, but whoever was ever in
 * the control group stays there: a later enrolment must not bring a watched person into training. One whose cohort is
 * named nowhere has no row and takes part in nothing.
 */
export function personSql(cohorts: Cohorts, relation: Relation): string {
  const field = identifier(cohorts.field);
  const among = (column: string, role: PersonRole): string =>
    cohorts[role].length === 0 ? "false" : `${column} IN (${cohorts[role].map(literal).join(", ")})`;
  const cases = (["train", "corrections"] as const).map(
    (role) => `WHEN ${among("cohort", role)} THEN '${role}'`,
  );
  return `SELECT subject, role FROM (
  SELECT subject, CASE WHEN watched THEN 'control' ${cases.join(" ")} END AS role FROM (
    SELECT subject, arg_max(${field}, ${knownOrderSql("e")}) AS cohort,
      bool_or(${among(field, "control")}) AS watched
    FROM ${relation(cohorts.event)} e GROUP BY subject
  )
) WHERE role IS NOT NULL`;
}
