/**
 * A process that writes to a storage until it is killed. Arguments: which storage, its folder, the first number.
 * Prints a number once everything that it wrote for it is durable.
 */
import { writeSync } from "node:fs";
import { openFileStorage, openSqliteStorage } from "../src/index.ts";
import { nodeFileSystem } from "./node-file-system.ts";
import { nodeSqlite } from "./node-sqlite.ts";

const [kind, folder, first] = process.argv.slice(2) as [string, string, string];
const storage =
  kind === "sqlite" ? await openSqliteStorage(nodeSqlite(folder)) : openFileStorage(nodeFileSystem(folder));

/** A record that a reader can tell from a torn one. */
const record = (number: number): Uint8Array => Buffer.from(`${number} ${"x".repeat(number % 97)}\n`);

for (let number = Number(first); ; number += 1) {
  await Promise.all([
    storage.append("journal.log", record(number)),
    storage.write("queue.json", Buffer.from(JSON.stringify({ number, pad: "y".repeat(number % 501) }))),
  ]);
  if (number % 50 === 0) await storage.remove(`old-${number}.json`);
  writeSync(1, `${number}\n`);
}
