import { join } from "node:path";
import { folderLayout, readTextIfThere } from "../catalog/folder.ts";

/**
 * Why a snapshot should not be used any more. It stands beside the manifest, which is never changed, as
 * `lake/snapshots/<id>.superseded.json` (docs/adr/0001-erasure-and-immutability.md).
 */
export interface Supersession {
  readonly format: 1;
  readonly kind: "supersession";
  readonly snapshot: string;
  /** The snapshot to use instead, or null where there is none. */
  readonly by: string | null;
  /** `erasure`: its files lack a person who left, or are gone. `retention`: rows past their time were dropped. */
  readonly reason: "erasure" | "retention";
}

/** Where the mark of a superseded snapshot stands. */
export function supersessionPath(folder: string, id: string): string {
  return join(folderLayout(folder).snapshots, `${id}.superseded.json`);
}

/** The mark of a superseded snapshot, or null. */
export async function readSupersession(folder: string, id: string): Promise<Supersession | null> {
  const text = await readTextIfThere(supersessionPath(folder, id));
  return text === undefined ? null : (JSON.parse(text) as Supersession);
}
