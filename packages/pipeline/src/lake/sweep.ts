import { readdir, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Catalog } from "../catalog/catalog.ts";
import type { Owner } from "../catalog/owner.ts";
import { listSnapshots } from "../catalog/snapshot-row.ts";
import { manifestPath, readSnapshot } from "./snapshot.ts";
import { readSupersession } from "./supersession.ts";

/**
 * Removes what a compaction that was killed left in the lake: files and manifests that no committed snapshot names.
 * They are harmless; this only frees space. Not while a compaction runs.
 *
 * @returns the paths that were removed, relative to the folder
 */
export async function sweep(
  owner: Pick<Owner, "layout" | "assertEpoch">,
  catalog: Catalog,
): Promise<readonly string[]> {
  const { root, lake } = owner.layout;
  const named = new Set<string>();
  for (const { id } of await listSnapshots(catalog)) {
    named.add(relative(root, manifestPath(root, id)).replaceAll(sep, "/"));
    if ((await readSupersession(root, id)) !== null) continue;
    const { manifest } = await readSnapshot(root, id);
    for (const table of Object.values(manifest.tables)) for (const file of table.files) named.add(file.path);
  }
  const removed: string[] = [];
  owner.assertEpoch();
  for (const entry of await readdir(lake, { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/");
    const ours = /\.parquet$|snapshots\/[0-9a-f]{64}\.json$|\.tmp$/.test(path);
    if (!entry.isFile() || !ours || named.has(path)) continue;
    await rm(join(root, path), { force: true });
    removed.push(path);
  }
  return removed.sort();
}
