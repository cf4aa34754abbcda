import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { tidelineError } from "@tideline/spec/error";

/** Entries of a folder that are looked at: more are a wrong path rather than a table. */
const MOST_ENTRIES = 100_000;

/**
 * The Parquet files of a folder and of those in it, in the order of their names. What begins with `_` or `.` is passed over, as
 * Spark and Hive do: it is unfinished or of no rows. Links to folders are not followed.
 *
 * @throws DATA_NOT_FOUND for a folder without such files, one that cannot be read, or one with over 100,000 entries.
 */
export async function folderFiles(who: string, folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [folder];
  let seen = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch((cause: unknown) => {
      throw absent(next!, "a folder that can be read", undefined, cause);
    });
    seen += entries.length;
    if (seen > MOST_ENTRIES)
      throw absent(folder, "a folder of a table", `over ${MOST_ENTRIES} entries without an end`);
    for (const entry of entries) {
      if (/^[_.]/u.test(entry.name)) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.name.endsWith(".parquet")) files.push(path);
    }
  }
  if (files.length === 0) throw absent(folder, "a folder with Parquet files", "none of them");
  return files.sort();

  function absent(field: string, expected: string, received?: string, cause?: unknown): Error {
    return tidelineError("DATA_NOT_FOUND", {
      who,
      field,
      expected,
      ...(received === undefined ? {} : { received }),
      cause,
    });
  }
}
