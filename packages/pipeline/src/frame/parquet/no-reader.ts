import { isTidelineError, messageOf, tidelineError } from "@tideline/spec/error";

/** Why a thread cannot begin to read, which says nothing about files; errors of the project as they are. */
export function noReader(who: string, error: unknown): Error {
  if (isTidelineError(error)) return error;
  return tidelineError("UNAVAILABLE", {
    who,
    expected: "memory in which a thread unpacks pages",
    received: messageOf(error),
    remedy: "Let fewer threads read (`threads`), or give the process more memory",
    cause: error,
  });
}
