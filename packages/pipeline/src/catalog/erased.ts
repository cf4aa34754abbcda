import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import { followErased, writeErasedFile, type ErasedKind } from "./erased-file.ts";
import type { Row } from "./row.ts";

/** An entry of the ledger of erasures: who has left, as a hash. */
export type ErasedRow = Omit<Row<"erased">, "kind"> & { readonly kind: ErasedKind };

/** Enters who leaves; an entry that stands already moves to the later moment. */
export async function recordErased(
  { database }: CatalogWriter,
  entries: readonly ErasedRow[],
): Promise<void> {
  for (const entry of entries) {
    await database
      .insertInto("erased")
      .values(entry)
      .onConflict((conflict) =>
        conflict
          .columns(["kind", "hash"])
          .doUpdateSet({ at: entry.at, request: entry.request })
          .where("erased.at", "<=", entry.at),
      )
      .execute();
  }
}

/** The ledger, oldest first; of one request when it is named. */
export async function listErased(
  { database }: CatalogReader,
  request?: string,
): Promise<readonly ErasedRow[]> {
  let query = database.selectFrom("erased").selectAll().orderBy("at").orderBy("hash");
  if (request !== undefined) query = query.where("request", "=", request);
  return (await query.execute()).map((row) => Object.freeze(row) as ErasedRow);
}

/**
 * Writes the ledger to `erased.json`, under a new generation, for those who take batches. Answers the generation.
 */
export async function publishErased(catalog: CatalogReader, folder: string): Promise<number> {
  const entries = await listErased(catalog);
  // By the clock: were the file deleted, counting from 1 would repeat what writers of logs have followed already.
  const generation = Math.max(followErased(folder)().generation + 1, Date.now());
  await writeErasedFile(folder, {
    generation,
    installs: entries.filter(({ kind }) => kind === "install").map(({ hash }) => hash),
    subjects: entries.filter(({ kind }) => kind === "subject").map(({ hash, at }) => [hash, at] as const),
  });
  return generation;
}
