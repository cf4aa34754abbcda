import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { literal, texts, type Engine } from "../lake/index.ts";
import { parquetFiles } from "./lake-holding.ts";

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

/** Deletes step files, and what a kill left of files that were being written. */
export async function deleteSteps(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(join(root, path), { force: true });
  const names = await readdir(stepFolder(root)).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names) {
    if (/\.part$|^\..*\.tmp$/.test(name)) await rm(join(stepFolder(root), name), { force: true });
  }
}
