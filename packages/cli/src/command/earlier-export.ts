import { readFile, realpath, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { storageError } from "@tideline/pipeline/catalog";
import { messageOf, tidelineError } from "@tideline/spec";
import { otherClaims } from "./export-claim.ts";
import { namedFiles } from "./export-manifest.ts";
import { isSameFile } from "./generated-file.ts";

/** Files of an earlier export that the newest one does not have. */
export interface EarlierExport {
  /** As they were written: nobody would miss them. */
  readonly stale: readonly string[];
  /** Changed by somebody since, read by this export, or another's too: they stay. */
  readonly foreign: readonly string[];
}

/** Bytes of a file to which no link leads; null where there is none. */
async function ownBytes(folder: string, path: string): Promise<Buffer | null> {
  try {
    const whole = join(folder, path);
    if ((await realpath(whole)) !== join(await realpath(folder), path)) return null;
    return await readFile(whole);
  } catch {
    return null;
  }
}

/**
 * Files that an earlier export wrote into a folder, as its manifest there says, and that are not among the new ones: a kind that the
 * model no longer comes in would leave its file, which then looks current.
 */
export async function earlierExport(
  folder: string,
  manifest: string,
  names: readonly string[],
  read: readonly string[],
): Promise<EarlierExport> {
  const stale: string[] = [];
  const foreign: string[] = [];
  const claims = await otherClaims(folder, manifest);
  const text = await readFile(join(folder, manifest), "utf8").catch(() => "");
  for (const { path, isOwn } of namedFiles(text)) {
    if (names.includes(path) || path === manifest) continue;
    const bytes = await ownBytes(folder, path);
    if (bytes === null) continue;
    // The model that is exported may be a file of that export, or a file be another export's, too.
    const isKept =
      !isOwn(bytes) || claims(path) !== undefined || (await isSameFile(join(folder, path), read));
    (isKept ? foreign : stale).push(path);
  }
  return { stale, foreign };
}

/** Removes files of a folder, and the folders in it that become empty by that. @throws `ARGUMENT_INVALID` */
export async function removeFiles(who: string, folder: string, paths: readonly string[]): Promise<void> {
  try {
    for (const path of paths) {
      await rm(join(folder, path), { force: true });
      for (let above = dirname(path); above !== "."; above = dirname(above)) {
        // One that is not empty stays, and all above it.
        const isGone = await rmdir(join(folder, above)).then(
          () => true,
          () => false,
        );
        if (!isGone) break;
      }
    }
  } catch (cause) {
    const stored = storageError(cause, folder);
    if (stored !== cause) throw stored;
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "--out",
      expected: "a folder whose files of an earlier export can be removed",
      received: `${folder}: ${messageOf(cause)}`,
      cause,
    });
  }
}
