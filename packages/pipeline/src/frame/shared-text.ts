import { MOST_TEXTS } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec";

/** Texts that pieces share a dictionary of; with more each piece has its own, so that a column of ids takes no more memory than a piece. */
export const MOST_SHARED = 65_536;

/** The error of a piece of more different texts than a column may have. */
export function tooManyTexts(): Error {
  return tidelineError("DATA_MALFORMED", {
    who: "read",
    expected: `at most ${MOST_TEXTS} different texts in a piece`,
    received: "more",
    remedy: "Read fewer rows at a time.",
  });
}
