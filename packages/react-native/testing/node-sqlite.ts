import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ExpoSqlite, SqliteDatabase } from "../src/index.ts";

/** A database of Node's SQLite behind the methods of `expo-sqlite`. */
export function nodeSqliteDatabase(path: string): SqliteDatabase {
  const database = new DatabaseSync(path);
  return {
    execAsync: async (source) => database.exec(source),
    runAsync: async (source, params) => database.prepare(source).run(...params),
    getAllAsync: async <Row>(source: string, params: (string | Uint8Array)[]) =>
      database.prepare(source).all(...params) as Row[],
    closeAsync: async () => database.close(),
  };
}

/** `expo-sqlite` on a folder of Node's file system: a real SQLite of another version. */
export function nodeSqlite(document: string): ExpoSqlite {
  const defaultDatabaseDirectory = join(document, "SQLite");
  return {
    defaultDatabaseDirectory,
    openDatabaseAsync: async (name, _options, directory = defaultDatabaseDirectory) => {
      mkdirSync(directory, { recursive: true });
      return nodeSqliteDatabase(join(directory, name));
    },
  };
}
