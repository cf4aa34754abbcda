import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** The output of a step by the content of all that made it. */
export type CachedStepRow = Row<"step_cache">;

/** Keeps the output of a step; the first one stays, for the same key means the same output. */
export async function recordCachedStep({ database }: CatalogWriter, step: CachedStepRow): Promise<void> {
  await database
    .insertInto("step_cache")
    .values(toSql("step_cache", step))
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

/** The output of a step that ran before. */
export async function findCachedStep(
  { database }: CatalogReader,
  key: string,
): Promise<CachedStepRow | undefined> {
  const row = await database.selectFrom("step_cache").selectAll().where("key", "=", key).executeTakeFirst();
  return row && fromSql<CachedStepRow>("step_cache", row);
}
