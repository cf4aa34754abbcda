import { readdir } from "node:fs/promises";
import { tidelineError } from "@tideline/spec";
import { folderLayout, folderRegion } from "../catalog/index.ts";
import type { Preparation } from "./preparation.ts";

/**
 * The region of the snapshots that a preparation reads, which what comes of them may not leave; null where none has one.
 *
 * @throws RESIDENCY_MISMATCH for snapshots of two regions.
 */
export async function sourceRegion({ source, views }: Preparation): Promise<string | null> {
  const found = new Set<string>();
  for (const one of [source, ...views.map((use) => use.source)]) {
    const region = one.kind === "snapshot" ? await folderRegion(one.folder) : null;
    if (region !== null) found.add(region);
  }
  if (found.size > 1)
    throw tidelineError("RESIDENCY_MISMATCH", {
      who: "prepare",
      field: "source and views",
      expected: "snapshots of one region",
      received: [...found].sort().join(", "),
    });
  return [...found][0] ?? null;
}

/**
 * Refuses the folder of a loop: people who leave are erased from what the loop made, and rows of a preparation would stay.
 *
 * @throws FOLDER_INVALID
 */
export async function needNoLoop(root: string): Promise<void> {
  const { log, snapshots } = folderLayout(root);
  for (const path of [log, snapshots]) {
    const names = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
      throw error;
    });
    if (names.length > 0)
      throw tidelineError("FOLDER_INVALID", {
        who: "prepare",
        field: root,
        expected: "a folder that holds preparations alone",
        received: "one with a log or snapshots of a loop",
        remedy: "Pass another folder: from this one people are erased, and rows of a preparation are not.",
      });
  }
}
