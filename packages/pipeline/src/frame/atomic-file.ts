import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncPath } from "../catalog/durable-write.ts";
import { storageError } from "../catalog/storage-error.ts";

/**
 * Writes a file whole or not at all: `write` fills a temporary file beside it, which then takes its name and is made
 * durable. Where `write` fails nothing stays behind.
 *
 * @throws DISK_FULL, FSYNC_FAILED, and what `write` throws.
 */
export async function writeAtomically<Result>(
  path: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const result = await write(temporary);
    await syncPath(temporary);
    await rename(temporary, path);
    await syncPath(dirname(path));
    return result;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw storageError(cause, path);
  }
}
