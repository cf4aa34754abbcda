import { copyFile, link, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, readTextIfThere, storageError, syncPath, writeDurably } from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import { fileHolds, type StepFile } from "./step-file.ts";

/** A file of an outcome: a step's, under the name that a reader looks for. */
export interface OutcomeFile {
  readonly name: string;
  readonly file: StepFile;
}

/** The folder of what preparations gave, relative to the root. */
export const OUTCOMES = "prepared";

/** The folder of what a preparation gave, by its name, relative to the root. */
export const outcomeFolder = (name: string): string => join(OUTCOMES, name);

/** The pointer to the newest outcome of a preparation. */
export const POINTER = "latest.json";

/**
 * Puts files into a folder of their own, which appears whole or not at all, and says that it is the newest. A folder that is
 * there with the same bytes stays as it is.
 *
 * @returns the folder, relative to the root, and whether anything was written
 * @throws DISK_FULL, FSYNC_FAILED
 */
export async function publish(
  root: string,
  {
    name,
    key,
    files,
  }: { readonly name: string; readonly key: string; readonly files: readonly OutcomeFile[] },
): Promise<{ readonly path: string; readonly written: boolean }> {
  const own = outcomeFolder(name);
  const path = join(own, key);
  await makeFolder(join(root, own));
  const stands = await holds(root, path, files);
  if (!stands) await replaceFolder(root, path, files);
  const pointer = `${JSON.stringify({ format: "tideline.prepared", version: 1, key })}\n`;
  const before = await readTextIfThere(join(root, own, POINTER));
  if (before !== pointer) await writeDurably(join(root, own, POINTER), pointer);
  crashPoint("prepare.publish.after_pointer");
  return { path, written: !stands || before !== pointer };
}

async function holds(root: string, path: string, files: readonly OutcomeFile[]): Promise<boolean> {
  const found = await readdir(join(root, path)).catch((error: NodeJS.ErrnoException): undefined => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined || found.length !== files.length) return false;
  for (const { name, file } of files)
    if (!(await fileHolds(root, { ...file, path: join(path, name) }))) return false;
  return true;
}

async function replaceFolder(root: string, path: string, files: readonly OutcomeFile[]): Promise<void> {
  const whole = join(root, path);
  const beside = `${whole}.tmp`;
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { mode: 0o700 });
    for (const { name, file } of files) await place(join(root, file.path), join(beside, name));
    await syncPath(beside);
    crashPoint("prepare.publish.before_rename");
    await rm(whole, { recursive: true, force: true });
    await rename(beside, whole);
    await syncPath(join(whole, ".."));
    crashPoint("prepare.publish.after_rename");
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw storageError(cause, whole);
  }
}

/** The same file under another name, or a copy where the file system has no links. */
async function place(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (
      !["EPERM", "ENOTSUP", "EXDEV", "EMLINK", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? "")
    )
      throw error;
    await copyFile(from, to);
    await syncPath(to);
  }
}
