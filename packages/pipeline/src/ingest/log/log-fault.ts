import { isTidelineError, tidelineError, type TidelineError } from "@tideline/spec";

/** No space, no quota, or no larger file allowed (EFBIG: `ulimit -f`, a file system's bound). */
const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/**
 * The error of a write or fsync that failed: `DISK_FULL`, else `FSYNC_FAILED`. It is final. After a failed fsync
 * Linux marks the pages as clean, so a second fsync would succeed without having stored anything.
 */
export function logFault(cause: unknown, path: string): TidelineError {
  if (isTidelineError(cause)) return cause;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  const code = (first as NodeJS.ErrnoException | null)?.code ?? "an unknown failure";
  return FULL.has(code)
    ? tidelineError("DISK_FULL", {
        who: path,
        expected: "room for the log",
        received: code,
        remedy:
          "Free some space and start again: everything acknowledged is stored, phones keep and send the rest.",
        cause,
      })
    : tidelineError("FSYNC_FAILED", {
        who: path,
        expected: "a durable write",
        received: code,
        remedy:
          "Check the disk, then start again: everything acknowledged is stored, phones keep and send the rest.",
        cause,
      });
}
