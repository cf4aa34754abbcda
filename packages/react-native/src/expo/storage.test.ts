import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { STORAGE_CHECKS, type StorageFactory } from "@tideline/device/testing";
import { afterAll, describe, expect, test } from "vitest";
import { nodeFileSystem } from "../../testing/node-file-system.ts";
import { nodeSqlite, nodeSqliteDatabase } from "../../testing/node-sqlite.ts";
import { openFileStorage } from "./file-storage.ts";
import { openSqliteStorage, sqliteStorage } from "./sqlite-storage.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const fresh = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "tideline-expo-"));
  folders.push(folder);
  return folder;
};

const openers = {
  sqlite: (folder: string) => openSqliteStorage(nodeSqlite(folder)),
  file: async (folder: string) => openFileStorage(nodeFileSystem(folder)),
} as const;

const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();
const bytes = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

describe.each(Object.entries(openers))("the storage by %s", (kind, open) => {
  const factory: StorageFactory = {
    create: async () => {
      const folder = await fresh();
      return { storage: await open(folder), reopen: () => open(folder) };
    },
  };

  test.each(STORAGE_CHECKS)("$name", ({ run }) => run(factory));

  test("calls of one name that are not waited for keep their order", async () => {
    const { storage } = await factory.create();
    const letters = [..."abcdefgh"];
    await Promise.all(letters.map((letter) => storage.append("a.log", bytes(letter))));
    expect(text(await storage.read("a.log"))).toBe("abcdefgh");
  });

  test("killed at any moment: what was told durable is there, in order, and a replacement is whole", async () => {
    const folder = await fresh();
    const script = join(import.meta.dirname, "../../testing/write-until-killed.ts");
    let told = -1;
    for (let kill = 0; kill < 6; kill += 1) {
      const child = spawn(process.execPath, [script, kind, folder, String(told + 1)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface({ input: child.stdout });
      const until = told + 4 + kill * 5;
      lines.on("line", (line) => {
        told = Number(line);
        if (told >= until) child.kill("SIGKILL");
      });
      await Promise.all([once(child, "exit"), once(lines, "close")]);

      const storage = await open(folder);
      const journal = text(await storage.read("journal.log"));
      const whole = journal.slice(0, journal.lastIndexOf("\n") + 1);
      const numbers = whole
        .split("\n")
        .slice(0, -1)
        .map((line) => Number(line.split(" ")[0]));
      expect(numbers.slice(0, told + 1)).toEqual(Array.from({ length: told + 1 }, (_, index) => index));
      expect(numbers.length).toBeLessThanOrEqual(told + 2);
      const { number } = JSON.parse(text(await storage.read("queue.json"))) as { number: number };
      expect([told, told + 1]).toContain(number);
      expect((await storage.list("")).toSorted()).toEqual(["journal.log", "queue.json"]);
      // A torn tail is the journal's business; here it goes, so that the next process appends to whole records.
      await storage.write("journal.log", bytes(whole));
      told = numbers.length - 1;
      await storage.close();
    }
    expect(told).toBeGreaterThan(60);
  }, 30_000);
});

describe("SQLite", () => {
  test("what was removed or replaced stands in no file of the database", async () => {
    const folder = await fresh();
    const storage = await openers.sqlite(folder);
    const canary = "canary-9d1c";
    await storage.append("journal.log", bytes(`before ${canary} after`));
    await storage.write("queue.json", bytes(`{"${canary}":1}`));
    await storage.write("queue.json", bytes("{}"));
    const holding = async (): Promise<string[]> => {
      const names = await readdir(join(folder, "tideline"));
      const held = await Promise.all(
        names.map(async (name) => (await readFile(join(folder, "tideline", name))).includes(canary)),
      );
      return names.filter((_, index) => held[index]);
    };
    expect((await holding()).length).toBeGreaterThan(0);
    await storage.remove("journal.log");
    expect(await holding()).toEqual([]);
    await storage.close();
  });

  test("a replacement that fails half way leaves the old content and the next call its turn", async () => {
    const database = nodeSqliteDatabase(join(await fresh(), "a.db"));
    const storage = await sqliteStorage({
      ...database,
      runAsync: (source, params) =>
        text(params[1] as Uint8Array) === "bad"
          ? Promise.reject(new Error("full"))
          : database.runAsync(source, params),
    });
    await storage.write("a.json", bytes("old"));
    await expect(storage.write("a.json", bytes("bad"))).rejects.toThrow("full");
    expect(text(await storage.read("a.json"))).toBe("old");
    await storage.write("a.json", bytes("new"));
    expect(text(await storage.read("a.json"))).toBe("new");
  });

  test("a SQLite that does not take the durable settings is refused", async () => {
    const database = nodeSqliteDatabase(":memory:");
    await expect(sqliteStorage(database)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  });
});

describe("files", () => {
  test("what interrupted replacements left is removed: drafts, and generations before the last", async () => {
    const folder = await fresh();
    const storage = await openers.file(folder);
    await storage.write("queue.json", bytes("new"));
    const names = () => readdir(join(folder, "tideline"));
    expect(await names()).toEqual(["queue.json~1"]);
    await writeFile(join(folder, "tideline/queue.json~10"), "newest");
    await writeFile(join(folder, "tideline/queue.json~9"), "newer");
    await writeFile(join(folder, "tideline/~draft"), "half");
    const again = await openers.file(folder);
    expect(await names()).toEqual(["queue.json~10"]);
    expect(text(await again.read("queue.json"))).toBe("newest");
  });

  test("an append does not read or write what stands before it", async () => {
    const folder = await fresh();
    const fileSystem = nodeFileSystem(folder);
    const storage = openFileStorage(fileSystem);
    await storage.append("a.log", new Uint8Array(1 << 20));
    let moved = 0;
    const { File } = fileSystem;
    const seen = openFileStorage({
      ...fileSystem,
      File: class extends File {
        override write(content: Uint8Array): void {
          moved += content.length;
          super.write(content);
        }
        override bytes(): Promise<Uint8Array> {
          moved += 1 << 20;
          return super.bytes();
        }
      },
    });
    await seen.append("a.log", bytes("end"));
    expect(moved).toBe(0);
    expect((await storage.read("a.log"))!.length).toBe((1 << 20) + 3);
  });

  test("names that lead elsewhere are refused", async () => {
    const storage = await openers.file(await fresh());
    await expect(storage.read("../secret")).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    await expect(storage.append("a~1", bytes("x"))).rejects.toMatchObject({ code: "STORAGE_FAILED" });
  });
});
