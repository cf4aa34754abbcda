import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder, storageError } from "@tideline/pipeline/catalog";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec";

/** Text of a file, or null where there is none. */
export async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/** What stands in a file: text, or bytes. */
export type FileContent = string | Uint8Array;

/** Whether a file holds what it should. */
async function isCurrent(path: string, content: FileContent): Promise<boolean> {
  try {
    return (await readFile(path)).equals(Buffer.from(content as Uint8Array));
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Names of the files that are not in a folder as they should be; a name may go through folders, with `/`. */
export async function changedFiles(
  folder: string,
  files: Readonly<Record<string, FileContent>>,
): Promise<readonly string[]> {
  const names = Object.keys(files);
  const current = await Promise.all(names.map((name) => isCurrent(join(folder, name), files[name]!)));
  return names.filter((_, index) => !current[index]);
}

/** Writes files, each whole or not at all. `who` complains where it cannot. @throws `ARGUMENT_INVALID` */
export async function writeFiles(
  who: string,
  folder: string,
  files: Readonly<Record<string, FileContent>>,
): Promise<void> {
  try {
    await makeFolder(folder, { mode: 0o777 });
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
      await makeFolder(dirname(path), { mode: 0o777 });
      try {
        await writeFile(temporary, content);
        await rename(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    }
  } catch (cause) {
    const stored = storageError(cause, folder);
    if (stored !== cause || isTidelineError(cause)) throw stored;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "--out",
      expected: "a folder that can be written",
      received: `${folder}: ${messageOf(cause)}`,
      cause,
    });
  }
}
