import { readFile, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseRegion, tidelineError } from "@tideline/spec";
import { folderLayout, readTextIfThere } from "./folder.ts";
import { parseFolderFormat } from "./folder-format.ts";

/** Name of the file that stamps a place which is no folder of ours: evidence, a disk for exports. It holds the region. */
export const REGION_FILE = "tideline-region";

/** The region that a folder was stamped with when it was made; null for one without, and for none yet. */
export async function folderRegion(root: string): Promise<string | null> {
  const text = await readTextIfThere(folderLayout(root).format);
  return text === undefined ? null : (parseFolderFormat(text)?.region ?? null);
}

/** The error of data that would come to lie in another region. */
export function residencyMismatch(parts: {
  readonly who: string;
  readonly field?: string;
  readonly expected: string | null;
  readonly received: string | null;
  readonly remedy?: string;
}): Error {
  const words = (region: string | null): string => (region === null ? "no region" : `region ${region}`);
  const [expected, received] = [words(parts.expected), words(parts.received)];
  return tidelineError("RESIDENCY_MISMATCH", { ...parts, expected, received });
}

/** Remedy for a folder that was made without a region: what it holds may be of anybody. */
const STAMP_REMEDY =
  'Pass a new folder; or, if all that this one holds belongs there, stop what runs on it and add the line "region LABEL" to its file "format".';

/** Refuses a folder of ours under another region than its own. `wanted` null takes any. @throws `RESIDENCY_MISMATCH` */
export function checkStamp(root: string, wanted: string | null, stamped: string | null): void {
  if (wanted === null || wanted === stamped) return;
  throw residencyMismatch({
    who: `folder ${root}`,
    expected: wanted,
    received: stamped,
    remedy: stamped === null ? STAMP_REMEDY : "Pass a folder of that region.",
  });
}

/** Nothing that says anything stands there, or nothing that this process may know. */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EACCES"]);

/** What the files of one directory say of its region, or undefined where they say nothing. */
async function stampOf(directory: string): Promise<string | undefined> {
  const text = (name: string): Promise<string | undefined> =>
    readFile(join(directory, name), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (ABSENT.has(error.code ?? "")) return undefined;
      throw error;
    });
  const format = await text("format");
  const own = format === undefined ? undefined : parseFolderFormat(format)?.region;
  const mark = (await text(REGION_FILE))?.trim();
  if (mark === undefined) return own ?? undefined;
  // A mark that nobody can read is a mark: better no copy than one in the wrong place.
  return own ?? parseRegion(mark) ?? "(unreadable)";
}

/** The path without links, of as much of it as is there. */
async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path);
  const real = await realpath(whole).catch(() => null);
  if (real !== null || whole === dirname(whole)) return real ?? whole;
  return join(await realPathOf(dirname(whole)), whole.slice(dirname(whole).length));
}

/**
 * Refuses to put people's data of a region at a path that lies, links resolved, within a place stamped with another one:
 * a folder of ours, evidence, or a directory that holds a file `tideline-region`. Data without a region may go anywhere.
 *
 * @throws `RESIDENCY_MISMATCH`
 * @example
 * await checkRegionTarget("/mnt/us/anna.ndjson", await folderRegion(folder), "tideline subject export");
 */
export async function checkRegionTarget(path: string, region: string | null, who: string): Promise<void> {
  if (region === null) return;
  let directory = await realPathOf(path);
  for (;;) {
    const stamped = await stampOf(directory);
    if (stamped !== undefined && stamped !== region) {
      throw residencyMismatch({
        who,
        field: path,
        expected: region,
        received: stamped,
        remedy: `Pass a place outside of ${directory}.`,
      });
    }
    if (directory === dirname(directory)) return;
    directory = dirname(directory);
  }
}
