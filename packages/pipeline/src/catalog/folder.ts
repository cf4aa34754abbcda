import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { tidelineError } from "@tideline/spec";
import { createDurably, makeFolder } from "./durable-write.ts";
import { FOLDER_FORMAT, folderFormatText, parseFolderFormat } from "./folder-format.ts";

/** Where everything of a folder stands. */
export interface FolderLayout {
  readonly root: string;
  /** Version of the layout, as `tideline 1`, and on a second line its region, as `region eu`, where it has one. */
  readonly format: string;
  /** Holds the lock of the owner for as long as it lives. */
  readonly ownerLock: string;
  /** Who the owner is, for people and the CLI. */
  readonly owner: string;
  readonly catalog: string;
  /** Who has left, as hashes: the ledger of erasures for those who do not open the catalog. */
  readonly erased: string;
  /** The durable log. */
  readonly log: string;
  readonly lake: string;
  readonly snapshots: string;
  /** Artifacts by content address. */
  readonly artifact: string;
  /** What a crash may leave behind; emptied when an owner starts. */
  readonly temporary: string;
}

/** The paths of a folder. */
export function folderLayout(root: string): FolderLayout {
  const lake = join(root, "lake");
  return Object.freeze({
    root,
    format: join(root, "format"),
    ownerLock: join(root, "owner.db"),
    owner: join(root, "owner.json"),
    catalog: join(root, "catalog.db"),
    erased: join(root, "erased.json"),
    log: join(root, "log"),
    lake,
    snapshots: join(lake, "snapshots"),
    artifact: join(root, "artifact"),
    temporary: join(root, "temporary"),
  });
}

/** Names that may stand in a folder whose `format` was not written yet: two processes that start at once. */
const OWNER_FILE = /^\.?(owner\.db(-journal)?|owner\.json(\..*)?|format\..*)$/;

/** The error of a folder that is not ours. */
function invalid(root: string, expected: string, received: string, remedy: string, cause?: unknown) {
  return tidelineError("FOLDER_INVALID", { who: `folder ${root}`, expected, received, remedy, cause });
}

/** Text of a file, or undefined where there is none. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Refuses a folder that is neither empty, nor absent, nor ours, before anything is written into it.
 *
 * @throws `FOLDER_INVALID` also for a folder of a newer version.
 */
export async function checkFolder(root: string): Promise<"empty" | "ours"> {
  // The parts of a folder without a name would stand in the working directory.
  if (root === "")
    throw invalid('""', "the path of a folder", "none", 'Pass one; "." is the working directory.');
  const status = await stat(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw invalid(root, "a folder", error.code ?? "an error", "Pass the path of a folder.", error);
  });
  if (status === undefined) return "empty";
  if (!status.isDirectory()) throw invalid(root, "a folder", "a file", "Pass the path of a folder.");
  const { format } = folderLayout(root);
  let text = await readTextIfThere(format);
  if (text === undefined) {
    const strange = (await readdir(root)).find((name) => !OWNER_FILE.test(name));
    if (strange === undefined) return "empty";
    // An owner that is starting writes `format` before anything that looks strange: then it is there by now.
    text = await readTextIfThere(format);
    if (text === undefined) {
      const remedy = "Pass an empty folder or one that Tideline made.";
      throw invalid(root, "an empty folder or one of Tideline", `a folder that holds ${strange}`, remedy);
    }
  }
  const version = parseFolderFormat(text)?.version;
  if (version === undefined) {
    const received = JSON.stringify(text.slice(0, 40));
    throw invalid(root, 'a file "format" with "tideline 1"', received, "Restore it from a backup.");
  }
  if (version > FOLDER_FORMAT) {
    const remedy = "A newer Tideline wrote it: use that one.";
    throw invalid(root, `format ${FOLDER_FORMAT} or older`, `format ${version}`, remedy);
  }
  return "ours";
}

/**
 * Creates what is missing of the layout, readable by its owner only, `format` first: of several that start at once one
 * says which region the folder has.
 */
export async function createLayout(root: string, region: string | null = null): Promise<FolderLayout> {
  const layout = folderLayout(root);
  if ((await readTextIfThere(layout.format)) === undefined) {
    await createDurably(layout.format, folderFormatText(region));
  }
  for (const path of [layout.log, layout.snapshots, layout.artifact, layout.temporary])
    await makeFolder(path);
  return layout;
}
