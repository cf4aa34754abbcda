import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STORAGE_CHECKS, type StorageFactory } from "@tideline/device/testing";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { fileStorage, type FileStorage } from "./file-storage.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const fresh = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "tideline-storage-"));
  folders.push(folder);
  return folder;
};

const opened: FileStorage[] = [];
afterEach(() => Promise.all(opened.splice(0).map((storage) => storage.close())));

const open = async (folder: string): Promise<FileStorage> => {
  const storage = await fileStorage(folder);
  opened.push(storage);
  return storage;
};

const files: StorageFactory = {
  create: async () => {
    const folder = await fresh();
    return { storage: await open(folder), reopen: () => open(folder) };
  },
};

describe("the storage on files keeps what Storage promises", () => {
  it.each(STORAGE_CHECKS)("$name", ({ run }) => run(files));

  it("does not list what an interrupted replacement left, and refuses names that lead elsewhere", async () => {
    const folder = await fresh();
    const storage = await open(folder);
    await writeFile(join(folder, "queue.json~"), "half");
    expect(await storage.list("")).toEqual([]);
    await expect(storage.read("../secret")).rejects.toThrow(/flat name/);
  });
});
