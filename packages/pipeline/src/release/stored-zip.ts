import { zipSync } from "fflate";
import type { ArtifactFile } from "./matrix/model-artifact.ts";

/** The first day that an archive can tell, in any time zone: the same files give the same bytes. */
const FIRST_DAY = new Date(1980, 0, 1);

/**
 * Files as one archive (PKWARE APPNOTE 6.3.10) in the order of their paths, none of them compressed: weights hardly shrink, chunks of one
 * release are found again in the next, and a reader is some thirty lines where a platform has none. The same files give the same
 * bytes.
 *
 * @example
 * const bytes = storedZip([{ path: "gym.mlpackage/Manifest.json", bytes: manifest }]);
 */
export function storedZip(files: readonly ArtifactFile[]): Uint8Array {
  const sorted = files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  return zipSync(Object.fromEntries(sorted.map(({ path, bytes }) => [path, bytes])), {
    level: 0,
    mtime: FIRST_DAY,
  });
}
