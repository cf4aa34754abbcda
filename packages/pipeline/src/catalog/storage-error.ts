import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isTidelineError, messageOf, tidelineError } from "@tideline/spec/error";

/** Codes of the system that say that no more can be written, in words. */
const FULL: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "a quota of the disk that is used up",
  EFBIG: "a bound on the size of a file",
};

/** SQLITE_FULL (https://www.sqlite.org/rescode.html#full). */
const SQLITE_FULL = 13;

/** What engines say of a full disk, which they tell in words only. */
const FULL_WORDS = /no space left on device|disk quota exceeded|disk is full|max_temp_directory_size/iu;

/** Whether a failure, or what caused it, is that no more can be written; in words, or undefined. */
function fullness(cause: unknown): string | undefined {
  const { code = "", errcode } = (cause ?? {}) as { readonly code?: string; readonly errcode?: number };
  if (Object.hasOwn(FULL, code)) return FULL[code];
  return errcode === SQLITE_FULL || FULL_WORDS.test(messageOf(cause)) ? FULL["ENOSPC"] : undefined;
}

/**
 * A failure of the disk as the error that its reader can act on; anything else comes back as it is.
 *
 * @param path of what was to be written: how much is free there is said.
 * @param remedy Default: to free some space, what stood before stands.
 */
export function storageError(
  cause: unknown,
  path: string,
  remedy = "Free some space and run it again: what was there before stands.",
): unknown {
  if (isTidelineError(cause)) return cause;
  const received = fullness(cause);
  if (received !== undefined)
    return tidelineError("DISK_FULL", { who: path, expected: roomText(path), received, remedy, cause });
  const broken = (cause as NodeJS.ErrnoException | null)?.code === "EIO";
  if (!broken && !/input\/output error/iu.test(messageOf(cause))) return cause;
  return tidelineError("FSYNC_FAILED", {
    who: path,
    received: "an input/output error",
    remedy: "The disk did not confirm the write: check it before starting again.",
    cause,
  });
}

/** What a path's disk has free now that nothing of what failed is left, which was too little. */
function roomText(path: string): string | undefined {
  for (let at = resolve(path); ; at = dirname(at))
    try {
      const { bavail, bsize } = statfsSync(at);
      return `more room than the ${sizeText(bavail * bsize)} that are free there now`;
    } catch {
      // What was to be written is not there: the folder above may be.
      if (dirname(at) === at) return undefined;
    }
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
