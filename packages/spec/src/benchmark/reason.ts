import { messageOf } from "../error.ts";
import { REASON_LETTERS } from "./report.ts";

/** What went wrong as a report may say it: runtimes write pages, of which the beginning says what it is. */
export function reasonOf(error: unknown, before = ""): string {
  const text = before + messageOf(error);
  return text.length <= REASON_LETTERS ? text : `${text.slice(0, REASON_LETTERS - 1)}\u2026`;
}
