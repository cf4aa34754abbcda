import { concatBytes, tidelineError } from "@tideline/spec";
import type { Storage } from "../ports.ts";

/** The reference {@link Storage}, and a disk that can fill up and a process that can die. */
export interface MemoryStorage extends Storage {
  /** What is durable. */
  readonly files: Map<string, Uint8Array>;
  /** Lets only so many more bytes be written: an append beyond that tears, a replacement beyond that does nothing. */
  fillUpAfter(bytes: number): void;
  /** Nothing is read or written any more, as if the process were gone. */
  stop(): void;
}

/** A storage in memory over files, which a later storage may take over. */
export function createMemoryStorage(files: Map<string, Uint8Array> = new Map()): MemoryStorage {
  let room = Number.POSITIVE_INFINITY;
  let stopped = false;

  const fail = (name: string, received: string): never => {
    throw tidelineError("STORAGE_FAILED", { who: "memory storage", field: name, received });
  };
  /** Every operation takes a turn of the event loop's queue, as real ones do. */
  const turn = async (name: string): Promise<void> => {
    await Promise.resolve();
    if (stopped) fail(name, "a process that has ended");
  };

  return Object.freeze({
    files,
    fillUpAfter: (bytes: number) => {
      room = bytes;
    },
    stop: () => {
      stopped = true;
    },
    append: async (name: string, bytes: Uint8Array) => {
      await turn(name);
      const written = bytes.slice(0, Math.min(room, bytes.length));
      room -= written.length;
      files.set(name, concatBytes([files.get(name) ?? new Uint8Array(0), written]));
      if (written.length < bytes.length) fail(name, "a full disk");
    },
    read: async (name: string) => {
      await turn(name);
      return files.get(name)?.slice() ?? null;
    },
    write: async (name: string, bytes: Uint8Array) => {
      await turn(name);
      const growth = bytes.length - (files.get(name)?.length ?? 0);
      if (growth > room) fail(name, "a full disk");
      room -= Math.max(0, growth);
      files.set(name, bytes.slice());
    },
    remove: async (name: string) => {
      await turn(name);
      files.delete(name);
    },
    list: async (prefix: string) => {
      await turn(prefix);
      return [...files.keys()].filter((name) => name.startsWith(prefix)).sort();
    },
  });
}
