import { isTidelineError, messageOf, tidelineError } from "@tideline/spec/error";

/** What is wrong with pages, as an error of their reader; errors of the project as they are. */
export function damagedPages(who: string, error: unknown): Error {
  if (isTidelineError(error)) return error;
  return tidelineError("DATA_MALFORMED", {
    who,
    expected: "pages of Parquet that are whole",
    received: messageOf(error),
    remedy: "Copy the file anew from where it came, or write it once more",
    cause: error,
  });
}
