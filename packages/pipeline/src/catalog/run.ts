import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** One training execution. */
export type RunRow = Omit<Row<"run">, "status"> & {
  readonly status: "running" | "finished" | "failed" | "rejected";
};

/** Records a run, or replaces it whole: a step that runs again writes the same row. */
export async function recordRun({ database }: CatalogWriter, run: RunRow): Promise<void> {
  const { id, ...rest } = toSql("run", run);
  await database
    .insertInto("run")
    .values({ id, ...rest })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(rest))
    .execute();
}

/** Changes what is known of a run. */
export async function updateRun(
  { database }: CatalogWriter,
  id: string,
  change: Partial<Omit<RunRow, "id">>,
): Promise<void> {
  await database.updateTable("run").set(toSql("run", change)).where("id", "=", id).execute();
}

/** A run by its id. */
export async function findRun({ database }: CatalogReader, id: string): Promise<RunRow | undefined> {
  const row = await database.selectFrom("run").selectAll().where("id", "=", id).executeTakeFirst();
  return row && fromSql<RunRow>("run", row);
}

/** Runs, oldest first, of one model when it is named. */
export async function listRuns({ database }: CatalogReader, model?: string): Promise<readonly RunRow[]> {
  let query = database.selectFrom("run").selectAll().orderBy("created_at").orderBy("id");
  if (model !== undefined) query = query.where("model", "=", model);
  return (await query.execute()).map((row) => fromSql<RunRow>("run", row));
}
