import { tidelineError } from "@tideline/spec/error";

/** The error of a fit that saw no number of a column. */
export function noNumbers(who: string, name: string, needed = 1, count = 0) {
  return tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: `column "${name}"`,
    expected: needed === 1 ? "at least one number" : `at least ${needed} numbers`,
    received: count === 0 ? "none" : String(count),
  });
}
