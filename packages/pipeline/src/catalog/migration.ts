import type { Kysely } from "kysely";
import { tidelineError } from "@tideline/spec";
import type { CatalogTables } from "./table.ts";

/** One change of the schema. */
interface Migration {
  readonly name: string;
  /** Statements that SQLite and PostgreSQL both accept, made with kysely's schema builder. */
  up(database: Kysely<CatalogTables>): Promise<void>;
}

/** Every change of the schema, oldest first. Append-only: a catalog counts how many it has seen. */
const MIGRATIONS: readonly Migration[] = [
  {
    name: "first tables",
    up: async ({ schema }) => {
      await schema
        .createTable("snapshot")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("parent", "text")
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("log_position", "text", (column) => column.notNull())
        .addColumn("rows", "bigint", (column) => column.notNull())
        .addColumn("files", "bigint", (column) => column.notNull())
        .addColumn("bytes", "bigint", (column) => column.notNull())
        .addColumn("superseded_by", "text")
        // The history is a line: no snapshot has two children.
        .addUniqueConstraint("snapshot_parent", ["parent"])
        .execute();
      await schema
        .createTable("run")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("snapshot", "text", (column) => column.notNull())
        .addColumn("definition", "text", (column) => column.notNull())
        .addColumn("seed", "bigint", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("finished_at", "bigint")
        .addColumn("parameters", "text", (column) => column.notNull())
        .addColumn("metrics", "text", (column) => column.notNull())
        .addColumn("lineage", "text", (column) => column.notNull())
        .addColumn("artifact", "text")
        .execute();
      await schema
        .createTable("release")
        .addColumn("channel", "text", (column) => column.notNull())
        .addColumn("version", "bigint", (column) => column.notNull())
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("run", "text", (column) => column.notNull())
        .addColumn("issued_at", "bigint", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("envelope", "text", (column) => column.notNull())
        .addColumn("metrics", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("release_primary", ["channel", "version"])
        .execute();
      await schema
        .createTable("alert")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("release", "text")
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("detail", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .execute();
      await schema
        .createTable("evaluation")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("subject_set", "text", (column) => column.notNull())
        .addColumn("people", "bigint", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("release", "text")
        .addColumn("run", "text")
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("metrics", "text", (column) => column.notNull())
        .execute();
      await schema
        .createTable("assessment")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("release", "text", (column) => column.notNull())
        .addColumn("verdict", "text", (column) => column.notNull())
        .addColumn("detail", "text", (column) => column.notNull())
        .execute();
      await schema
        .createTable("flow")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("input", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("finished_at", "bigint")
        .execute();
      await schema
        .createTable("flow_step")
        .addColumn("flow", "text", (column) => column.notNull().references("flow.id"))
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("attempts", "bigint", (column) => column.notNull())
        .addColumn("input_hash", "text", (column) => column.notNull())
        .addColumn("output", "text")
        .addColumn("started_at", "bigint", (column) => column.notNull())
        .addColumn("finished_at", "bigint")
        .addColumn("error", "text")
        .addPrimaryKeyConstraint("flow_step_primary", ["flow", "name"])
        .execute();
      await schema
        .createTable("step_cache")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("output", "text", (column) => column.notNull())
        .addColumn("log", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  {
    name: "rights of a person",
    up: async ({ schema }) => {
      await schema
        .createTable("install_proof")
        .addColumn("install", "text", (column) => column.primaryKey())
        .addColumn("proof", "text", (column) => column.notNull())
        .addColumn("first_at", "bigint", (column) => column.notNull())
        .addColumn("conflicts", "bigint", (column) => column.notNull())
        .execute();
      await schema
        .createTable("subject_request")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("install", "text")
        .addColumn("subject", "text")
        .addColumn("proof", "text")
        .addColumn("models", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("finished_at", "bigint")
        .addColumn("error", "text")
        .addColumn("receipt", "text")
        .execute();
      await schema
        .createTable("erased")
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("request", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("erased_primary", ["kind", "hash"])
        .execute();
    },
  },
];

/** Brings a catalog to the newest schema, each change and its record in one transaction. */
export async function migrate(database: Kysely<CatalogTables>): Promise<void> {
  // Typed apart: a table that is only ever seen here.
  const ledger = database as unknown as Kysely<{ migration: { version: number; name: string } }>;
  await ledger.schema
    .createTable("migration")
    .ifNotExists()
    .addColumn("version", "bigint", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .execute();
  await database.schema
    .createTable("fence")
    .ifNotExists()
    .addColumn("id", "bigint", (column) => column.primaryKey())
    .addColumn("epoch", "bigint", (column) => column.notNull())
    .execute();
  await ledger.transaction().execute(async (transaction) => {
    const seen = (await transaction.selectFrom("migration").select("version").execute()).length;
    if (seen > MIGRATIONS.length) {
      throw tidelineError("FOLDER_INVALID", {
        who: "catalog",
        expected: `schema ${MIGRATIONS.length} or older`,
        received: `schema ${seen}`,
        remedy: "A newer Tideline wrote it: use that one.",
      });
    }
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < seen) continue;
      await migration.up(transaction as unknown as Kysely<CatalogTables>);
      await transaction
        .insertInto("migration")
        .values({ version: index + 1, name: migration.name })
        .execute();
    }
  });
}
