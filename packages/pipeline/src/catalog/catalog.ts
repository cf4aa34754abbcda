import { Kysely, SqliteDialect } from "kysely";
import type { Transaction } from "kysely";
import { tidelineError } from "@tideline/spec";
import { folderLayout } from "./folder.ts";
import { migrate } from "./migration.ts";
import { sqliteDatabase } from "./sqlite-database.ts";
import type { CatalogTables } from "./table.ts";

/** The metadata database of a folder. */
export interface Catalog {
  /** Queries outside a transaction: read with it, write through {@link commit}. */
  readonly database: Kysely<CatalogTables>;
  /** Epoch of the owner that writes; null where the catalog was opened to be read. */
  readonly epoch: number | null;
  close(): Promise<void>;
}

/** A transaction, or the catalog itself: what reading functions take. */
export type CatalogReader = Catalog | { readonly database: Transaction<CatalogTables> };

/** A transaction of the owner: what writing functions take. */
export interface CatalogWriter {
  readonly database: Transaction<CatalogTables>;
}

/**
 * Opens the catalog of a folder: with the owner's epoch to write, without one to read. Every older owner that still
 * has it open can commit nothing from then on.
 *
 * @throws `FENCED` where a newer owner has opened it already; `FOLDER_INVALID` where a newer Tideline wrote it.
 * @example
 * const catalog = await openCatalog(folder, { epoch: owner.epoch });
 * await commit(catalog, (writer) => recordRun(writer, run));
 */
export async function openCatalog(root: string, options: { readonly epoch?: number } = {}): Promise<Catalog> {
  const epoch = options.epoch ?? null;
  const database = new Kysely<CatalogTables>({
    dialect: new SqliteDialect({
      database: sqliteDatabase(folderLayout(root).catalog, { readOnly: epoch === null }),
    }),
  });
  const catalog: Catalog = Object.freeze({ database, epoch, close: () => database.destroy() });
  if (epoch === null) return catalog;
  try {
    await migrate(database);
    await database.transaction().execute(async (transaction) => {
      const newest = await newestEpoch(transaction);
      if (newest > epoch) throw fenced(epoch, newest);
      await transaction
        .insertInto("fence")
        .values({ id: 1, epoch })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ epoch }))
        .execute();
    });
  } catch (error) {
    await catalog.close();
    throw error;
  }
  return catalog;
}

/** The newest epoch that has opened the catalog to write. */
async function newestEpoch(database: Transaction<CatalogTables>): Promise<number> {
  const row = await database.selectFrom("fence").select("epoch").executeTakeFirst();
  return row?.epoch ?? 0;
}

/** The error of an owner that another one has replaced. */
function fenced(epoch: number | null, newest: number) {
  return tidelineError("FENCED", {
    who: "catalog",
    field: "epoch",
    expected: String(newest),
    received: String(epoch),
    remedy: "Stop this process; the folder has another owner.",
  });
}

/**
 * One transaction of the owner: all of it or nothing. The epoch is checked inside it, so that a process that lost
 * the folder cannot commit.
 *
 * @throws `FENCED`
 */
export async function commit<Result>(
  catalog: Catalog,
  work: (writer: CatalogWriter) => Promise<Result>,
): Promise<Result> {
  return catalog.database.transaction().execute(async (transaction) => {
    const newest = await newestEpoch(transaction);
    if (newest !== catalog.epoch) throw fenced(catalog.epoch, newest);
    return work({ database: transaction });
  });
}
