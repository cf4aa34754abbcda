import { writeSync } from "node:fs";
import { ERROR_CODES, type TidelineError } from "@tideline/spec";

/** The status of a process whose module waits for what nothing answers: https://nodejs.org/api/process.html#exit-codes. */
export const UNANSWERED = 13;

/**
 * Waits for work during which the process may end without a word: it waits for what nothing answers any more, or something ended it.
 * Then the error that is made of its status is told, with the status of its code. An inner wait's word stands before an outer one's.
 *
 * @param told what to tell; undefined where whatever set the status has told it.
 * @example
 * await toldEnd(() => import(path), (status) => (status === UNANSWERED ? wrong("one that waits for what never comes") : undefined));
 */
export async function toldEnd<Made>(
  work: () => Promise<Made>,
  told: (status: number) => TidelineError | undefined,
  { json = false }: { readonly json?: boolean } = {},
): Promise<Made> {
  const tell = (status: number): void => {
    // An inner wait has told it.
    if (process.exitCode !== undefined && process.exitCode !== status) return;
    const error = told(status);
    if (error === undefined) return;
    const { code, message } = error;
    // Nothing else is written while a process ends.
    writeSync(2, `${message}\n`);
    if (json) writeSync(1, `${JSON.stringify({ error: { code, message } })}\n`);
    process.exitCode = ERROR_CODES[code].exit;
  };
  process.prependOnceListener("exit", tell);
  try {
    return await work();
  } finally {
    process.off("exit", tell);
  }
}
