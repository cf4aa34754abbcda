import { link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { tidelineError } from "@tideline/spec/error";
import { storageError } from "./storage-error.ts";

/** Makes a file's bytes, or a folder's list of names, survive a power cut. */
export async function syncPath(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw storageError(cause, path);
  }
}

/** Codes of the system for a path at which its caller cannot have a folder, in words. */
const NO_FOLDER: Readonly<Record<string, string>> = {
  EACCES: "no right to write there",
  EEXIST: "a file",
  ELOOP: "links that lead to themselves",
  ENAMETOOLONG: "a name that is too long",
  ENOENT: "a place that takes no folders",
  ENOTDIR: "a path through a file",
  EPERM: "no right to write there",
  EROFS: "a disk that is only read",
};

/**
 * Creates a folder and those above it, for its owner's eyes only unless `mode` says otherwise, and makes the new names durable.
 *
 * @throws `FOLDER_INVALID` where there can be none, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function makeFolder(
  path: string,
  { mode = 0o700 }: { readonly mode?: number } = {},
): Promise<void> {
  try {
    for (const made of await makeMissing(resolve(path), mode)) await syncPath(dirname(made));
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const received = NO_FOLDER[code];
    if (received === undefined) throw storageError(cause, path);
    throw tidelineError("FOLDER_INVALID", {
      who: `folder ${path}`,
      expected: "a place where a folder can be made",
      received: `${received} (${code})`,
      remedy: "Pass the path of a folder that you may write to.",
      cause,
    });
  }
}

/**
 * Creates a folder and those above it; gives those that were not there, the lowest first. Step by step: `mkdir` of Node with
 * `recursive` never ends where a folder that is there takes none, as those of `/proc` do.
 */
async function makeMissing(path: string, mode: number, above = true): Promise<readonly string[]> {
  try {
    await mkdir(path, { mode });
    return [path];
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? undefined : await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) return [];
    if (code !== "ENOENT" || !above || dirname(path) === path) throw cause;
    const made = await makeMissing(dirname(path), mode);
    return [...(await makeMissing(path, mode, false)), ...made];
  }
}

/** Writes a whole file beside `path`, lets `settle` give it that name, and makes the name durable. */
async function writeBeside(
  path: string,
  bytes: Uint8Array | string,
  mode: number,
  settle: (temporary: string) => Promise<void>,
): Promise<void> {
  // The global `crypto` is there when it is used; `node:crypto` takes milliseconds of every start.
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await settle(temporary);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw storageError(cause, path);
  }
  await syncPath(dirname(path));
}

/**
 * Writes a whole file or nothing: a temporary file beside it, fsync, rename, fsync of the folder. Readers see the
 * old bytes or the new ones.
 *
 * @throws `DISK_FULL`, `FSYNC_FAILED`
 */
export function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  { mode = 0o600 }: { readonly mode?: number } = {},
): Promise<void> {
  return writeBeside(path, bytes, mode, (temporary) => rename(temporary, path));
}

/**
 * Writes a whole file where none stands yet: of several processes that do so at once, one does, and the others leave
 * what it wrote.
 *
 * @throws `DISK_FULL`, `FSYNC_FAILED`
 */
export function createDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  return writeBeside(path, bytes, 0o600, async (temporary) => {
    // Unlike a rename, a link fails where the name is taken.
    await link(temporary, path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
    });
    await rm(temporary);
  });
}
