import type { Storage } from "../ports.ts";

/** Part of a storage: the files whose names begin with a prefix, under what follows it. */
export function prefixedStorage(storage: Storage, prefix: string): Storage {
  return Object.freeze({
    append: (name: string, bytes: Uint8Array) => storage.append(prefix + name, bytes),
    read: (name: string) => storage.read(prefix + name),
    write: (name: string, bytes: Uint8Array) => storage.write(prefix + name, bytes),
    remove: (name: string) => storage.remove(prefix + name),
    list: async (start: string) =>
      (await storage.list(prefix + start)).map((name) => name.slice(prefix.length)),
  });
}

/** Removes every file whose name begins with a prefix. */
export async function removePrefixed(storage: Storage, prefix: string): Promise<void> {
  for (const name of await storage.list(prefix)) await storage.remove(name);
}
