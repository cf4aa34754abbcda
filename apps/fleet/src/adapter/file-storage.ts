import * as fs from "node:fs/promises";
import { constants } from "node:fs";
import { join } from "node:path";
import type { Storage } from "@tideline/device";

const { O_APPEND, O_CREAT, O_DSYNC, O_WRONLY } = constants;

/** Names that the port allows; a file that is being replaced has another one, so that it is never listed. */
const NAME = /^[a-z0-9._-]{1,128}$/;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** A {@link Storage} on files. */
export interface FileStorage extends Storage {
  /** Closes what is kept open; call nothing afterwards. */
  close(): Promise<void>;
}

/**
 * Files of one folder, which is made where there is none. Appends go to files opened with `O_DSYNC`, so that one
 * system call writes and makes durable; a replacement is written beside the old file, synced, renamed, and the
 * folder synced.
 */
export async function fileStorage(folder: string): Promise<FileStorage> {
  await fs.mkdir(folder, { recursive: true });
  /** Syncing it makes the folder's entries durable. */
  const entries = await fs.open(folder, "r");
  /** Open for appending; the journal appends to one file at a time, so few are ever open. */
  const open = new Map<string, fs.FileHandle>();
  const pathOf = (name: string): string => {
    if (!NAME.test(name)) throw new TypeError(`file storage: expected a flat name, received "${name}"`);
    return join(folder, name);
  };

  const closeOne = async (name: string): Promise<void> => {
    const handle = open.get(name);
    open.delete(name);
    await handle?.close();
  };

  const appendable = async (name: string): Promise<fs.FileHandle> => {
    const known = open.get(name);
    if (known !== undefined) return known;
    // A journal that goes on in a new file does not come back to the old one.
    for (const other of open.keys()) if (other !== name) await closeOne(other);
    const handle = await fs.open(pathOf(name), O_APPEND | O_CREAT | O_WRONLY | O_DSYNC, 0o600);
    open.set(name, handle);
    await entries.sync();
    return handle;
  };

  return Object.freeze({
    append: async (name: string, bytes: Uint8Array) => {
      const handle = await appendable(name);
      let written = 0;
      while (written < bytes.length) {
        written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
      }
    },
    read: async (name: string) => {
      try {
        return await fs.readFile(pathOf(name));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    write: async (name: string, bytes: Uint8Array) => {
      const path = pathOf(name);
      await closeOne(name);
      const beside = join(folder, `${name}~`);
      await fs.writeFile(beside, bytes, { flush: true, mode: 0o600 });
      await fs.rename(beside, path);
      await entries.sync();
    },
    remove: async (name: string) => {
      await closeOne(name);
      await fs.rm(pathOf(name), { force: true });
      await entries.sync();
    },
    list: async (prefix: string) => {
      const names = await fs.readdir(folder);
      return names.filter((name) => NAME.test(name) && name.startsWith(prefix)).sort();
    },
    close: async () => {
      for (const name of open.keys()) await closeOne(name);
      await entries.close();
    },
  });
}
