import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** A point of the drift monitor's curve. */
export type AssessmentRow = Row<"assessment">;

/** Records a point; one that stands already (same id) stays as it is. */
export async function recordAssessment(
  { database }: CatalogWriter,
  assessment: AssessmentRow,
): Promise<void> {
  await database
    .insertInto("assessment")
    .values(toSql("assessment", assessment))
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** Points of a reader's choice. */
export interface AssessmentChoice {
  readonly release?: string;
  /** At most so many, the newest ones. Default: all. */
  readonly newest?: number;
}

/** Points, oldest first. */
export async function listAssessments(
  { database }: CatalogReader,
  { release, newest }: AssessmentChoice = {},
): Promise<readonly AssessmentRow[]> {
  let query = database.selectFrom("assessment").selectAll().orderBy("at", "desc").orderBy("id", "desc");
  if (release !== undefined) query = query.where("release", "=", release);
  if (newest !== undefined) query = query.limit(newest);
  return (await query.execute()).toReversed().map((row) => fromSql<AssessmentRow>("assessment", row));
}
