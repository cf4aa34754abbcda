import type { Cohorts } from "@tideline/spec";
import { identifier, literal } from "../lake/index.ts";
import { knownOrderSql } from "./label-sql.ts";
import type { Relation } from "./relation.ts";

/** What a person is to a model. */
export type PersonRole = "train" | "corrections" | "control";

/**
 * SQL of the people that a model knows: `subject`, `role`. A person's newest enrolment decides; one whose cohort is
 * named nowhere has no row and takes part in nothing.
 */
export function personSql(cohorts: Cohorts, relation: Relation): string {
  const cases = (["train", "corrections", "control"] as const)
    .filter((role) => cohorts[role].length > 0)
    .map((role) => `WHEN cohort IN (${cohorts[role].map(literal).join(", ")}) THEN '${role}'`);
  return `SELECT subject, role FROM (
  SELECT subject, CASE ${cases.join(" ")} END AS role FROM (
    SELECT subject, arg_max(${identifier(cohorts.field)}, ${knownOrderSql("e")}) AS cohort
    FROM ${relation(cohorts.event)} e GROUP BY subject
  )
) WHERE role IS NOT NULL`;
}
