import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, tidelineError } from "@tideline/spec";

/** Text of a file, or null where there is none. */
export async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/** Names of the files that are not in a folder as they should be. */
export async function changedFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const names = Object.keys(files);
  const current = await Promise.all(names.map((name) => textIfThere(join(folder, name))));
  return names.filter((name, index) => current[index] !== files[name]);
}

/** Writes files, each whole or not at all. `who` complains where it cannot. @throws `ARGUMENT_INVALID` */
export async function writeFiles(
  who: string,
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const temporary = join(folder, `.${name}.${process.pid}.tmp`);
      try {
        await writeFile(temporary, text);
        await rename(temporary, join(folder, name));
      } finally {
        await rm(temporary, { force: true });
      }
    }
  } catch (cause) {
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "--out",
      expected: "a folder that can be written",
      received: `${folder}: ${messageOf(cause)}`,
      cause,
    });
  }
}
