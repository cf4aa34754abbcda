import { describe, expect, test } from "vitest";
import { createMemoryStorage } from "./memory-storage.ts";
import { STORAGE_CHECKS, type StorageFactory } from "./storage-checks.ts";

const memory: StorageFactory = {
  create: async () => {
    const { files, ...storage } = createMemoryStorage();
    return { storage, reopen: async () => createMemoryStorage(files) };
  },
};

describe("the storage in memory keeps what Storage promises", () => {
  test.each(STORAGE_CHECKS)("$name", ({ run }) => run(memory));
});

test("the suite notices a storage that forgets, one that shares its bytes and one that lists leftovers", async () => {
  const broken = (change: (storage: ReturnType<typeof createMemoryStorage>) => object): StorageFactory => ({
    create: async () => {
      const storage = createMemoryStorage();
      const changed = { ...storage, ...change(storage) };
      return { storage: changed, reopen: async () => changed };
    },
  });
  const failures = async (factory: StorageFactory): Promise<number> => {
    const results = await Promise.allSettled(STORAGE_CHECKS.map(({ run }) => run(factory)));
    return results.filter(({ status }) => status === "rejected").length;
  };
  expect(await failures(broken(() => ({})))).toBe(0);
  expect(await failures(broken(() => ({ remove: async () => {} })))).toBeGreaterThan(0);
  expect(
    await failures(
      broken(({ files }) => ({
        write: async (name: string, bytes: Uint8Array) => void files.set(name, bytes),
      })),
    ),
  ).toBeGreaterThan(0);
  expect(await failures(broken(({ append }) => ({ write: append })))).toBeGreaterThan(0);
});
