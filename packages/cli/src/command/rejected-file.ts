import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { OnRejected } from "@tideline/pipeline/frame";
import { isTidelineError, tidelineError } from "@tideline/spec";
import { outFileError } from "./out-file.ts";

/** A file of rows that could not be read, in progress. */
export interface RejectedFile {
  readonly take: OnRejected;
  readonly rows: () => number;
  /** Gives it its name. */
  finish(): Promise<void>;
  /** Leaves nothing behind; what has its name stays. */
  drop(): Promise<void>;
}

/**
 * Writes rows that could not be read as JSON lines, `{ file, line, column, reason, text }`, whole or not at all.
 *
 * @throws ARGUMENT_INVALID where the file cannot be written, DISK_FULL.
 */
export async function rejectedFile(who: string, path: string): Promise<RejectedFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const refuse = (cause: unknown): never => {
    throw outFileError(who, "a file that can be written", path, cause, "--rejected");
  };
  const file = await open(temporary, "wx").catch(refuse);
  let [rows, closed] = [0, false];
  const close = async (): Promise<void> => {
    if (!closed) await file.close();
    closed = true;
  };
  return {
    async take(list) {
      rows += list.length;
      await file.appendFile(list.map((row) => `${JSON.stringify(row)}\n`).join("")).catch(refuse);
    },
    rows: () => rows,
    async finish() {
      await file.sync().catch(refuse);
      await close();
      await rename(temporary, path).catch(refuse);
    },
    async drop() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/** An error of a row that cannot be read, with the flag that takes such rows; another one as it is. */
export function withRemedy(error: unknown): unknown {
  if (!isTidelineError(error, "DATA_MALFORMED") || !/^(?:csv|json)Source/u.test(error.parts.who))
    return error;
  // A fault of the file as a whole.
  if (!/\bline \d/u.test(`${error.parts.field ?? ""} ${error.parts.received ?? ""}`)) return error;
  const remedy =
    `${error.parts.remedy ?? ""} Where single rows cannot be read, --rejected FILE takes them.`.trim();
  return tidelineError("DATA_MALFORMED", { ...error.parts, remedy });
}
