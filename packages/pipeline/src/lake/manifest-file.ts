import { readTextIfThere } from "../catalog/folder.ts";
import { manifestPath, type SnapshotManifest } from "./snapshot.ts";

/** A manifest as it stands, also of a snapshot that was superseded; null where it is gone. */
export async function readManifest(root: string, id: string): Promise<SnapshotManifest | null> {
  const text = await readTextIfThere(manifestPath(root, id));
  return text === undefined ? null : (JSON.parse(text) as SnapshotManifest);
}

/** Paths of every file of a manifest. */
export const manifestFiles = (manifest: SnapshotManifest): readonly string[] =>
  Object.values(manifest.tables).flatMap(({ files }) => files.map(({ path }) => path));
