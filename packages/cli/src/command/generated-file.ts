import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isAlive, makeFolder, storageError } from "@tideline/pipeline/catalog";
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

/** Whether a path leads to a file to which one of others leads, too. */
export async function isSameFile(path: string, others: readonly string[]): Promise<boolean> {
  const [one, ...rest] = await Promise.all(
    [path, ...others].map((each) => stat(each).catch(() => undefined)),
  );
  return one !== undefined && rest.some((other) => other?.ino === one.ino && other.dev === one.dev);
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

/** How folders are called in which files wait for their names; the number is the process that makes them. */
const STAGED = /^\.tideline-(\d+)-\w{6}$/;

/** A process that is not known here may be another machine's: its folder has to be so old, in milliseconds. */
const ABANDONED = 60_000;

/** Removes what processes that were killed left behind. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const by = STAGED.exec(name)?.[1];
    if (by === undefined || isAlive(Number(by))) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() && Date.now() - found.mtimeMs > ABANDONED)
      await rm(path, { recursive: true, force: true });
  }
}

/**
 * Writes files, all of them or none: each is on the disk before the first takes its name. What a killed one left is removed a
 * minute later by the next. `who` complains where they cannot be written.
 *
 * @param before what is done between, such as removing files that they replace
 * @throws `ARGUMENT_INVALID`, and what a full disk is told as
 */
export async function writeFiles(
  who: string,
  folder: string,
  files: Readonly<Record<string, FileContent>>,
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  let staged: string | undefined;
  try {
    await makeFolder(folder, { mode: 0o777 });
    await removeAbandoned(folder);
    staged = await mkdtemp(join(folder, `.tideline-${process.pid}-`));
    const names = Object.keys(files);
    for (const [at, name] of names.entries()) await writeFile(join(staged, String(at)), files[name]!);
    for (const name of names) await makeFolder(dirname(join(folder, name)), { mode: 0o777 });
    await before();
    for (const [at, name] of names.entries()) await rename(join(staged, String(at)), join(folder, name));
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
  } finally {
    if (staged !== undefined) await rm(staged, { recursive: true, force: true });
  }
}
