import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";
import type { Storage } from "./ports.ts";

/** The same storage, whose every failure is a `STORAGE_FAILED` that names the file. */
export function guardStorage(storage: Storage): Storage {
  const guard = async <T>(field: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (isTidelineError(cause)) throw cause;
      throw tidelineError("STORAGE_FAILED", { who: "storage", field, received: messageOf(cause), cause });
    }
  };
  return Object.freeze({
    append: (name: string, bytes: Uint8Array) => guard(name, () => storage.append(name, bytes)),
    read: (name: string) => guard(name, () => storage.read(name)),
    write: (name: string, bytes: Uint8Array) => guard(name, () => storage.write(name, bytes)),
    remove: (name: string) => guard(name, () => storage.remove(name)),
    list: (prefix: string) => guard(prefix, () => storage.list(prefix)),
  });
}
