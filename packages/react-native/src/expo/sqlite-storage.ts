import type { Storage } from "@tideline/device";
import { concatBytes, tidelineError } from "@tideline/spec";
import { createTurn } from "../turn.ts";

/** The part of `expo-sqlite`'s `SQLiteDatabase` that the adapter uses. */
export interface SqliteDatabase {
  execAsync(source: string): Promise<void>;
  runAsync(source: string, params: (string | Uint8Array)[]): Promise<unknown>;
  getAllAsync<Row>(source: string, params: (string | Uint8Array)[]): Promise<Row[]>;
  closeAsync(): Promise<void>;
}

/** The part of the module `expo-sqlite` that the adapter uses. */
export interface ExpoSqlite {
  openDatabaseAsync(name: string, options?: undefined, directory?: string): Promise<SqliteDatabase>;
  readonly defaultDatabaseDirectory?: unknown;
}

/** A {@link Storage} in one SQLite database. */
export interface SqliteStorage extends Storage {
  /** Closes the database; call nothing afterwards. */
  close(): Promise<void>;
}

/** Folder of the database, beside Expo's own; the config plugin keeps it out of backups by this name. */
export const STORAGE_FOLDER = "tideline";

/**
 * A commit is synced to the disk before it answers: `synchronous = FULL`, and on Apple's systems, where fsync leaves
 * the bytes in the drive's cache, `F_FULLFSYNC`. What is removed is overwritten, for the sake of who asks for erasure.
 */
const PREPARE = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS part (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bytes BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS part_by_name ON part (name, id);
`;

/** Moves the log of commits into the database and cuts it, so that no removed content stands in it. */
const CLEAR = "PRAGMA wal_checkpoint(TRUNCATE)";

/** Throws where the platform's SQLite does not take the settings that durability rests on. */
async function expectDurable(database: SqliteDatabase): Promise<void> {
  const expected = { journal_mode: "wal", synchronous: "2" };
  for (const [name, value] of Object.entries(expected)) {
    const [row] = await database.getAllAsync<Record<string, unknown>>(`PRAGMA ${name}`, []);
    const received = String(row?.[name]);
    if (received === value) continue;
    throw tidelineError("STORAGE_FAILED", { who: "SQLite", field: name, expected: value, received });
  }
}

/**
 * A storage in SQLite that keeps what {@link Storage} promises as far as the platform's SQLite and disk keep theirs:
 * a resolved call survives the end of the process and, since each commit is synced, the loss of power. An append is
 * one row, so it never tears. Run here on Node's SQLite with the process killed at any time; never run on a phone.
 *
 * @example const storage = await sqliteStorage(await SQLite.openDatabaseAsync("tideline.db"));
 */
export async function sqliteStorage(database: SqliteDatabase): Promise<SqliteStorage> {
  await database.execAsync(PREPARE);
  await expectDurable(database);
  // One connection: the statements of two calls must not mix within a transaction.
  const turn = createTurn();

  const atomically = async (work: () => Promise<unknown>): Promise<void> => {
    await database.execAsync("BEGIN IMMEDIATE");
    try {
      await work();
      await database.execAsync("COMMIT");
    } catch (error) {
      await database.execAsync("ROLLBACK").catch(() => undefined);
      throw error;
    }
    await database.execAsync(CLEAR);
  };
  const insert = (name: string, bytes: Uint8Array) =>
    database.runAsync("INSERT INTO part (name, bytes) VALUES (?, ?)", [name, bytes.slice()]);
  const drop = (name: string) => database.runAsync("DELETE FROM part WHERE name = ?", [name]);

  return Object.freeze({
    append: (name: string, bytes: Uint8Array) => turn(async () => void (await insert(name, bytes))),
    read: (name: string) =>
      turn(async () => {
        const rows = await database.getAllAsync<{ bytes: Uint8Array }>(
          "SELECT bytes FROM part WHERE name = ? ORDER BY id",
          [name],
        );
        return rows.length === 0 ? null : concatBytes(rows.map(({ bytes }) => new Uint8Array(bytes)));
      }),
    write: (name: string, bytes: Uint8Array) =>
      turn(() =>
        atomically(async () => {
          await drop(name);
          await insert(name, bytes);
        }),
      ),
    remove: (name: string) => turn(() => atomically(() => drop(name))),
    list: (prefix: string) =>
      turn(async () => {
        const rows = await database.getAllAsync<{ name: string }>(
          "SELECT DISTINCT name FROM part WHERE substr(name, 1, length(?)) = ? ORDER BY name COLLATE BINARY",
          [prefix, prefix],
        );
        return rows.map(({ name }) => name);
      }),
    close: () => turn(() => database.closeAsync()),
  });
}

/**
 * Opens the storage of an app: the database `tideline.db` in the folder `tideline` beside Expo's `SQLite`, or in
 * Expo's where the module does not say where that is.
 */
export async function openSqliteStorage(sqlite: ExpoSqlite): Promise<SqliteStorage> {
  const known = sqlite.defaultDatabaseDirectory;
  const folder = typeof known === "string" ? known.replace(/[^/]+\/?$/, STORAGE_FOLDER) : undefined;
  return sqliteStorage(await sqlite.openDatabaseAsync("tideline.db", undefined, folder));
}
