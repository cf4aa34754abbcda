import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { literal, texts, type Engine } from "../lake/index.ts";
import { parquetFiles } from "../lake/lake-file.ts";

/** The folder of the files that cached steps leave. */
export const stepFolder = (root: string): string => join(root, "step");

/** Files of windows with features, relative to the folder, that hold rows of some people. */
export async function holdingSteps(
  engine: Engine,
  root: string,
  isMeant: (subject: string) => boolean,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of await parquetFiles(root, stepFolder(root))) {
    const columns = await engine.columns(
      `select distinct subject from read_parquet(${literal(join(root, path))})`,
    );
    if (texts(columns, "subject").some((subject) => subject !== null && isMeant(subject))) found.push(path);
  }
  return found;
}

/** Names of what stands in the folder of step files. */
async function namesOf(root: string): Promise<readonly string[]> {
  return readdir(stepFolder(root)).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

/** Files of raw windows on which runtimes were compared, relative to the folder. */
export async function comparisonFiles(root: string): Promise<readonly string[]> {
  return (await namesOf(root))
    .filter((name) => /^parity-.*\.f32$/.test(name))
    .map((name) => join("step", name));
}

/** Deletes step files, and what a kill left of files that were being written. */
export async function deleteSteps(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(join(root, path), { force: true });
  for (const name of await namesOf(root)) {
    if (/\.part$|^\..*\.tmp$/.test(name)) await rm(join(stepFolder(root), name), { force: true });
  }
}
