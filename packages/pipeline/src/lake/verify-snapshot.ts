import { join } from "node:path";
import { tidelineError } from "@tideline/spec";
import { hashFile } from "./lake-file.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Reads every file of a snapshot and holds it against the manifest.
 *
 * @returns files and bytes that were read
 * @throws `DATA_MALFORMED` for a file whose bytes are others, `DATA_NOT_FOUND` for one that is missing
 */
export async function verifySnapshot({
  id,
  folder,
  manifest,
}: Snapshot): Promise<{ files: number; bytes: number }> {
  const files = Object.values(manifest.tables).flatMap((table) => table.files);
  for (const file of files) {
    const who = `snapshot ${id}`;
    const remedy = "Restore the file from a backup.";
    const received = await hashFile(join(folder, file.path)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") throw cause;
      throw tidelineError("DATA_NOT_FOUND", { who, field: file.path, expected: "a file", remedy, cause });
    });
    if (received !== file.sha256) {
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: file.path,
        expected: file.sha256,
        received,
        remedy,
      });
    }
  }
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
