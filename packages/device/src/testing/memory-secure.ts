import type { SecureStorage } from "../ports.ts";

/** A secure storage in memory over values, which a later one may take over, as after a restart. */
export function createMemorySecure(values: Map<string, Uint8Array> = new Map()): SecureStorage {
  return Object.freeze({
    read: async (name: string) => values.get(name)?.slice() ?? null,
    write: async (name: string, bytes: Uint8Array) => {
      values.set(name, bytes.slice());
    },
    remove: async (name: string) => {
      values.delete(name);
    },
  });
}
