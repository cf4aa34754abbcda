import { DatabaseSync } from "node:sqlite";
import type { SqliteDatabase } from "kysely";
import { storageError } from "./storage-error.ts";

/**
 * `node:sqlite` behind the interface that kysely's SQLite dialect asks for. Write transactions begin `immediate`: a
 * deferred one that reads first and then writes fails at once, whatever the busy timeout, when another connection
 * wrote in between (https://www.sqlite.org/isolation.html).
 */
export function sqliteDatabase(path: string, { readOnly = false } = {}): SqliteDatabase {
  // Five seconds: longer than any transaction here takes on a slow disk, shorter than a person's patience.
  const database = new DatabaseSync(path, { readOnly, timeout: 5000 });
  database.exec("pragma foreign_keys = on");
  // FULL: a commit is on the disk before it returns, also in WAL mode. What is deleted is overwritten with zeros: it
  // may be a person's (https://www.sqlite.org/pragma.html#pragma_secure_delete).
  if (!readOnly)
    database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on");
  const told = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw storageError(cause, path);
    }
  };
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql === "begin" && !readOnly ? "begin immediate" : sql);
      const values = (parameters: readonly unknown[]) =>
        parameters as (null | number | string | Uint8Array)[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => told(() => statement.all(...values(parameters))),
        run: (parameters) => told(() => statement.run(...values(parameters))),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}
