import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { tidelineError } from "@tideline/spec/error";
import { syncPath } from "../catalog/durable-write.ts";
import { outPathError } from "../catalog/out-path-error.ts";

/**
 * Writes a file whole or not at all: `write` fills a temporary file beside it, which then takes its name and is made
 * durable. Where `write` fails nothing stays behind. A place where there can be no file is told before `write` begins.
 *
 * @param who complains.
 * @throws ARGUMENT_INVALID for a path at which no file can be written, DISK_FULL, FSYNC_FAILED, and what `write` throws.
 */
export async function writeAtomically<Result>(
  who: string,
  path: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  needPath(who, path);
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  const expected = "a file that can be written";
  try {
    await needPlace(path, temporary);
    const result = await write(temporary);
    await syncPath(temporary);
    await rename(temporary, path);
    await syncPath(dirname(path));
    return result;
  } catch (cause) {
    // What could not be made may stand below a file, which is no folder to remove it from.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw outPathError(who, expected, path, cause);
  }
}

function needPath(who: string, path: unknown): asserts path is string {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "path",
    expected: "the path of a file, as a text",
    received:
      path === "" ? "an empty one" : typeof path === "string" ? "one with a byte 0" : nameOfType(path),
    ...(path instanceof URL ? { remedy: "Pass fileURLToPath(url)." } : {}),
  });
}

/** Fails as the system does where a file cannot be made, or would replace a folder. */
async function needPlace(path: string, temporary: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw Object.assign(new Error(`a folder: ${path}`), { code: "EISDIR" });
  await (await open(temporary, "wx")).close();
  await rm(temporary);
}

/** A value that is no text, in words. */
export const nameOfType = (value: unknown): string =>
  value === null || value === undefined
    ? String(value)
    : typeof value === "object"
      ? Array.isArray(value)
        ? "an array"
        : `an object (${value.constructor?.name ?? "of no class"})`
      : typeof value;
