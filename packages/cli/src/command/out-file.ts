import { storageError } from "@tideline/pipeline/catalog";
import { tidelineError } from "@tideline/spec";

/** Codes of the system for a path that the caller should have given otherwise; a full disk is none. */
const MISTAKEN: ReadonlySet<string> = new Set(
  "EACCES EEXIST EISDIR ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS".split(" "),
);

/** Why a file that `--out` (or another flag) names could not be written, in its own name; a full disk is one, and what else is no mistake of the caller's stays. */
export function outFileError(
  who: string,
  expected: string,
  out: string,
  cause: unknown,
  field = "--out",
): unknown {
  const { code = "" } = cause as NodeJS.ErrnoException;
  if (!MISTAKEN.has(code)) return storageError(cause, out);
  const reasons: Readonly<Record<string, string>> = {
    EEXIST: "which is there already",
    EISDIR: "which is a folder",
    ENOENT: "in a folder that is not there",
  };
  const received = `${out}, ${reasons[code] ?? "which cannot be written"} (${code})`;
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received, cause });
}
