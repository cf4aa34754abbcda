import { access } from "node:fs/promises";
import {
  checkFolder,
  folderLayout,
  openCatalog,
  readOwner,
  type Catalog,
  type OwnerFile,
} from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";
import { placeOf } from "./folder-place.ts";

/** The process that owns a folder, as it is shown: without its token. */
export interface OwnerSummary {
  readonly pid: number;
  readonly command: string;
  readonly started: number;
  readonly console: string | null;
  readonly collect: string | null;
}

/** A folder opened to be read. */
export interface OpenFolder {
  readonly folder: string;
  readonly catalog: Catalog;
  /** Its living owner, or null. */
  readonly owner: OwnerFile | null;
}

/** Whether something stands at a path. */
const stands = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * The folder with log, lake and catalog: the named one, or the `server` below it that `tideline start` makes.
 *
 * @throws `FOLDER_INVALID` where neither is one of Tideline.
 */
export async function locateFolder(named: string): Promise<string> {
  const folder = await placeOf(named);
  if ((await checkFolder(folder)) === "ours" && (await stands(folderLayout(folder).catalog))) return folder;
  throw tidelineError("FOLDER_INVALID", {
    who: `folder ${named}`,
    expected: "a folder that Tideline made",
    received: (await stands(named)) ? "one without a catalog" : "no such folder",
    remedy: "Pass another --folder, or run tideline start first.",
  });
}

/** What may be shown of an owner. */
export function summariseOwner(owner: OwnerFile | null): OwnerSummary | null {
  if (owner === null) return null;
  const { pid, command, started, addresses } = owner;
  return { pid, command, started, ...addresses };
}

/** Opens a folder to read it, also while another process owns it; closes it when `work` is done. */
export async function withFolder<Result>(
  named: string,
  work: (opened: OpenFolder) => Promise<Result>,
): Promise<Result> {
  const folder = await locateFolder(named);
  const owner = await readOwner(folder);
  const catalog = await openCatalog(folder);
  try {
    return await work({ folder, catalog, owner });
  } finally {
    await catalog.close();
  }
}

/** Says over what a list was taken: a folder that lives goes on. */
export function liveLine({ folder, owner }: Pick<OpenFolder, "folder" | "owner">): string {
  if (owner === null) return `${folder}, not running`;
  const where = owner.addresses.console === null ? "" : ` at ${owner.addresses.console}`;
  return `${folder}, live: process ${owner.pid} (${owner.command})${where}`;
}
