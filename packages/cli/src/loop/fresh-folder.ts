import { access, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkFolder, checkPlace, folderRegion, makeFolder, readOwner } from "@tideline/pipeline/catalog";
import { isTidelineError, tidelineError } from "@tideline/spec";

/** Marks a folder that `start` made and may make anew. */
const MARK = "made-by-start";

const stands = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What stands at a place that no start may empty; undefined where one may. */
async function foreignAt(folder: string): Promise<string | undefined> {
  if (!(await stands(folder)) || (await stands(join(folder, MARK)))) return undefined;
  try {
    return (await readdir(folder)).length > 0 ? "a folder of somebody else" : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOTDIR" ? "a file" : `a folder that cannot be read (${code})`;
  }
}

/** Makes a folder its user's own, if a start made it: no later start empties it. */
export const keepFolder = (folder: string): Promise<void> => rm(join(folder, MARK), { force: true });

/**
 * An empty folder for a play of the loop: one that is not there yet, that is empty, or that an earlier start made,
 * which is emptied.
 *
 * @param region stamps what is made; null keeps the stamp of the earlier start
 * @throws `FOLDER_OWNED` while another process plays in it, `FOLDER_INVALID` for one with the content of somebody else,
 * `RESIDENCY_MISMATCH` for one of another region.
 */
export async function freshFolder(
  folder: string,
  region: string | null = null,
): Promise<{ readonly data: string; readonly phones: string; readonly region: string | null }> {
  const data = join(folder, "server");
  // A folder that is not ours has no owner; an owner's file that cannot be read is no reason to delete what it owns.
  const ours = await checkFolder(data).catch(() => "foreign");
  const owner = ours === "ours" ? await readOwner(data) : null;
  if (owner !== null) {
    throw tidelineError("FOLDER_OWNED", {
      who: "tideline start",
      field: folder,
      expected: "a folder that no other process owns",
      received: `process ${owner.pid} (${owner.command})${owner.addresses.console === null ? "" : ` at ${owner.addresses.console}`}`,
      remedy: `Stop it (kill ${owner.pid}) or pass another --folder.`,
    });
  }
  const foreign = await foreignAt(folder);
  if (foreign !== undefined)
    throw tidelineError("FOLDER_INVALID", {
      who: "tideline start",
      field: `--folder ${folder}`,
      expected: "a folder that is not there yet, is empty, or was made by an earlier start",
      received: foreign,
      remedy: "Pass another --folder.",
    });
  const stamped = ours === "ours" ? await folderRegion(data) : null;
  if (stamped !== null || ours === "empty") await checkPlace(data, region);
  const paths = { data, phones: join(folder, "phones"), region: region ?? stamped };
  try {
    await rm(folder, { recursive: true, force: true });
    await makeFolder(folder);
    await writeFile(join(folder, MARK), "tideline start makes this folder anew each time.\n");
    await mkdir(paths.phones);
  } catch (cause) {
    if (isTidelineError(cause)) throw cause;
    throw tidelineError("FOLDER_INVALID", {
      who: "tideline start",
      field: `--folder ${folder}`,
      expected: "a folder that can be made anew",
      received: (cause as NodeJS.ErrnoException).code ?? "an error",
      remedy: "Pass another --folder.",
      cause,
    });
  }
  return paths;
}
