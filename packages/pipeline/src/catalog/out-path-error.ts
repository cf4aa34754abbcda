import { isTidelineError, tidelineError } from "@tideline/spec/error";
import { storageError } from "./storage-error.ts";

/** Codes of the system for a path that its caller should have given otherwise, in words; a full disk is none. */
const MISTAKEN: Readonly<Record<string, string>> = {
  EACCES: "which cannot be written",
  EBUSY: "which is in use",
  EEXIST: "which is there already",
  EISDIR: "which is a folder",
  ELOOP: "a path of links that lead to themselves",
  ENAMETOOLONG: "a name that is too long",
  ENOENT: "in a folder that is not there",
  ENOTDIR: "a path through a file",
  EPERM: "which cannot be written",
  EROFS: "on a disk that is only read",
  ETXTBSY: "which is in use",
};

/** The failure of the system below errors of ours that were told of one path already. */
function systemFault(cause: unknown, path: string): NodeJS.ErrnoException | undefined {
  const own = isTidelineError(cause, "ARGUMENT_INVALID") && cause.parts.received?.startsWith(`${path}, `);
  const fault = (own ? (cause as Error).cause : cause) as NodeJS.ErrnoException | null | undefined;
  return fault ?? undefined;
}

/**
 * Why a file that a flag or argument names could not be written, in its name. A full disk is one; what is no mistake of the
 * caller's comes back as it is.
 *
 * @param field the flag or argument.
 * @example
 * await write(path).catch((cause) => { throw outPathError("writeCsv", "a file that can be written", path, cause); });
 */
export function outPathError(
  who: string,
  expected: string,
  path: string,
  cause: unknown,
  field = "path",
): unknown {
  const { code = "" } = systemFault(cause, path) ?? {};
  if (!Object.hasOwn(MISTAKEN, code)) return storageError(cause, path);
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field,
    expected,
    received: `${path}, ${MISTAKEN[code]} (${code})`,
    remedy: "Name a file in a folder that is there and that you may write to.",
    cause: systemFault(cause, path),
  });
}
