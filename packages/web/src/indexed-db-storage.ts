import { concatBytes } from "@tideline/spec";
import type { Storage } from "@tideline/device";
import { committed, openDatabase, PARTS, resultOf } from "./database.ts";

/** A {@link Storage} in the browser's own database. */
export interface IndexedDbStorage extends Storage {
  /** Closes the database; call nothing afterwards. */
  close(): void;
}

/** Every part of a file. Arrays come after numbers in IndexedDB's order of keys, so `[]` is past every part. */
const partsOf = (name: string): IDBKeyRange => IDBKeyRange.bound([name, 0], [name, []]);

/**
 * Files in IndexedDB, each as a row of parts: an append adds one part and never reads or copies the others. Every
 * change is one transaction with strict durability: when its promise resolves the browser has flushed it to disk
 * (Indexed Database API 3.0, section 2.7), and torn by a kill it is as if it had not begun.
 *
 * @param name of the database; two storages of one name are the same files.
 * @throws `STORAGE_FAILED` where the browser has none for this page.
 * @example const storage = await indexedDbStorage("gym");
 */
export async function indexedDbStorage(name: string): Promise<IndexedDbStorage> {
  const database = await openDatabase(name);
  /** Number that the next part of a file gets. */
  const next = new Map<string, number>();

  const reading = (): IDBObjectStore => database.transaction(PARTS, "readonly").objectStore(PARTS);
  const change = async (work: (parts: IDBObjectStore) => void): Promise<void> => {
    const transaction = database.transaction(PARTS, "readwrite", { durability: "strict" });
    const done = committed(transaction);
    work(transaction.objectStore(PARTS));
    transaction.commit();
    await done;
  };
  const nextPart = async (file: string): Promise<number> => {
    const known = next.get(file);
    if (known !== undefined) return known;
    const last = await resultOf(reading().openKeyCursor(partsOf(file), "prev"));
    return last === null ? 0 : (last.key as [string, number])[1] + 1;
  };

  return Object.freeze({
    append: async (file: string, bytes: Uint8Array) => {
      const part = await nextPart(file);
      // A copy of the bytes alone: a view would store all of the buffer that it looks into.
      await change((parts) => void parts.add(bytes.slice(), [file, part]));
      next.set(file, part + 1);
    },
    read: async (file: string) => {
      const parts = (await resultOf(reading().getAll(partsOf(file)))) as Uint8Array[];
      return parts.length === 0 ? null : concatBytes(parts);
    },
    write: async (file: string, bytes: Uint8Array) => {
      await change((parts) => {
        parts.delete(partsOf(file));
        parts.put(bytes.slice(), [file, 0]);
      });
      next.set(file, 1);
    },
    remove: async (file: string) => {
      await change((parts) => void parts.delete(partsOf(file)));
      next.delete(file);
    },
    list: async (prefix: string) => {
      const keys = (await resultOf(reading().getAllKeys())) as [string, number][];
      return [...new Set(keys.map(([file]) => file))].filter((file) => file.startsWith(prefix)).sort();
    },
    close: () => database.close(),
  });
}
