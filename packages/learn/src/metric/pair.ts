import { tidelineError } from "@tideline/spec";

/**
 * Checks that truth and prediction go together.
 *
 * @throws ARGUMENT_INVALID when the lengths differ or are 0.
 */
export function checkPairs(
  who: string,
  y: { readonly length: number },
  other: { readonly length: number },
): void {
  if (y.length > 0 && y.length === other.length) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    expected: "two lists of the same length, at least 1",
    received: `${y.length} and ${other.length}`,
  });
}
