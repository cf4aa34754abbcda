import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** One look at people who were held out: the ledger that shows how often it was taken. */
export type EvaluationRow = Row<"evaluation">;

/** Enters a look into the ledger; the same look (same id) counts once. */
export async function recordEvaluation(
  { database }: CatalogWriter,
  evaluation: EvaluationRow,
): Promise<void> {
  await database
    .insertInto("evaluation")
    .values(toSql("evaluation", evaluation))
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** The ledger, oldest first, of one set of people when it is named. */
export async function listEvaluations(
  { database }: CatalogReader,
  subjectSet?: string,
): Promise<readonly EvaluationRow[]> {
  let query = database.selectFrom("evaluation").selectAll().orderBy("at").orderBy("id");
  if (subjectSet !== undefined) query = query.where("subject_set", "=", subjectSet);
  return (await query.execute()).map((row) => fromSql<EvaluationRow>("evaluation", row));
}
