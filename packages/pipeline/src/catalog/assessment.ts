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

/** Points, oldest first, of one release when it is named. */
export async function listAssessments(
  { database }: CatalogReader,
  release?: string,
): Promise<readonly AssessmentRow[]> {
  let query = database.selectFrom("assessment").selectAll().orderBy("at").orderBy("id");
  if (release !== undefined) query = query.where("release", "=", release);
  return (await query.execute()).map((row) => fromSql<AssessmentRow>("assessment", row));
}
