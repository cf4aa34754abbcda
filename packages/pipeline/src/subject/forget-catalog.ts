import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tidelineError } from "@tideline/spec";
import { sql } from "kysely";
import { commit, JSON_COLUMNS, type Catalog, type CatalogTables, type TableName } from "../catalog/index.ts";
import { namesOfQuestion, readUserQuestion } from "./user-question.ts";
import { withoutPeople } from "./without-people.ts";

/** Keys of the tables in whose JSON people can stand. */
const KEYS = {
  run: ["id"],
  release: ["channel", "version"],
  alert: ["id"],
  evaluation: ["id"],
  assessment: ["id"],
  flow: ["id"],
  flow_step: ["flow", "name"],
  step_cache: ["key"],
} as const satisfies { readonly [Table in TableName]?: readonly (keyof CatalogTables[Table])[] };

/** What the catalog is to forget. */
export interface CatalogForgetting {
  /** The request that asks for it, which is still under way. */
  readonly request: string;
  /** Whether a pseudonym is one of the person's. */
  readonly isGone: (subject: string) => boolean;
  /** Files that were written anew: from their old address or path to the new one. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Runs that had learned from the person: the cached fits of the same key go. */
  readonly runs: ReadonlySet<string>;
  /** The folder: cached steps whose file is gone from it go too. */
  readonly root: string;
  /** Installs whose proofs go, and whose other requests end. */
  readonly isInstall: (install: string) => boolean;
}

/** What it forgot. */
export interface CatalogForgotten {
  readonly rows: number;
  readonly steps: number;
  readonly proofs: number;
}

/** Whether the output of a step names a file that is not there. */
function isFileGone(root: string, output: string): boolean {
  const { path } = (JSON.parse(output) ?? {}) as { readonly path?: unknown };
  return typeof path === "string" && !existsSync(join(root, path));
}

/** Rows as SQL holds them, whatever their table. */
type AnyRow = Readonly<Record<string, string | number | null>>;

/** Takes people out of the catalog, in one transaction. A signed envelope names nobody and stays as it is. */
export async function forgetInCatalog(
  catalog: Catalog,
  { request, isGone, renamed, runs, root, isInstall }: CatalogForgetting,
): Promise<CatalogForgotten> {
  const rename = (text: string): string => renamed.get(text) ?? text;
  return commit(catalog, async ({ database }) => {
    let rows = 0;
    const steps = await database.selectFrom("step_cache").select(["key", "output"]).execute();
    const derived = steps.filter(({ key, output }) => runs.has(key) || isFileGone(root, output));
    for (const { key } of derived) await database.deleteFrom("step_cache").where("key", "=", key).execute();
    for (const [table, keys] of Object.entries(KEYS)) {
      const columns = (JSON_COLUMNS[table as TableName] as readonly string[]).filter(
        (name) => name !== "envelope",
      );
      const all = await sql<AnyRow>`select * from ${sql.table(table)}`.execute(database);
      for (const row of all.rows) {
        const changes: [string, string][] = [];
        for (const column of columns) {
          const text = row[column];
          if (typeof text !== "string") continue;
          const left = withoutPeople(JSON.parse(text), isGone, rename);
          if (left.changed) changes.push([column, JSON.stringify(left.value)]);
        }
        if (changes.length === 0) continue;
        rows += 1;
        const set = sql.join(changes.map(([column, text]) => sql`${sql.ref(column)} = ${text}`));
        const where = sql.join(
          keys.map((key) => sql`${sql.ref(key)} = ${row[key]}`),
          sql` and `,
        );
        await sql`update ${sql.table(table)} set ${set} where ${where}`.execute(database);
      }
    }
    const proofs = (await database.selectFrom("install_proof").select("install").execute()).filter(
      ({ install }) => isInstall(install),
    );
    for (const { install } of proofs)
      await database.deleteFrom("install_proof").where("install", "=", install).execute();
    const requests = await database.selectFrom("subject_request").selectAll().execute();
    for (const { id, install, subject, state } of requests) {
      const isPersons =
        (install !== null && isInstall(install)) ||
        (subject !== null && namesOfQuestion(readUserQuestion(subject)).some(isGone));
      if (!isPersons || id === request) continue;
      const change = { install: null, subject: null, state: state === "done" ? "done" : "failed" };
      await database.updateTable("subject_request").set(change).where("id", "=", id).execute();
    }
    return { rows, steps: derived.length, proofs: proofs.length };
  });
}

/** How often the write-ahead log is tried to be emptied: a reader holds it for the moments of its query. */
const ATTEMPTS = 100;

/**
 * Writes the catalog's file anew and empties its write-ahead log, so that no page of what was deleted is left in
 * either (https://www.sqlite.org/lang_vacuum.html, https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
 *
 * @throws `UNAVAILABLE` where a reader never lets go
 */
export async function vacuumCatalog({ database }: Catalog): Promise<void> {
  await sql`vacuum`.execute(database);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(database);
    if (rows[0]?.busy === 0) return;
    await pause(50);
  }
  throw tidelineError("UNAVAILABLE", {
    who: "catalog",
    expected: "a moment without readers",
    received: "none in five seconds",
    remedy: "It is tried again; close what keeps the catalog open.",
  });
}
