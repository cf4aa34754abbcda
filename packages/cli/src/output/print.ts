import { ERROR_CODES, isTidelineError, messageOf, tidelineError, type TidelineError } from "@tideline/spec";
import type { CommandResult } from "./command-result.ts";

/** How results and errors are printed. */
export interface PrintOptions {
  readonly json: boolean;
  /** Adds the stack of an error that nobody foresaw. */
  readonly verbose: boolean;
}

/** Writes to a stream and waits until it is out; a reader that has gone (`| head`) is no error. */
export function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error == null || (error as NodeJS.ErrnoException).code === "EPIPE") resolve();
      else reject(error);
    });
  });
}

/** Prints the result of a command on standard output. */
export async function printResult({ value, text }: CommandResult, { json }: PrintOptions): Promise<void> {
  await write(process.stdout, json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

/** An error of the table for anything that was thrown. */
function foreseen(thrown: unknown): TidelineError {
  if (isTidelineError(thrown)) return thrown;
  return unforeseen(`an error that nobody foresaw: ${messageOf(thrown)}`, thrown);
}

/** INTERNAL: what is a fault of ours. */
export function unforeseen(received: string, cause?: unknown): TidelineError {
  const remedy = "Run it again with --verbose and report what it prints.";
  return tidelineError("INTERNAL", { who: "tideline", received, remedy, cause });
}

/** Stacks of an error and of what caused it. */
function stacks(thrown: unknown): string {
  const lines: string[] = [];
  for (let cause = thrown; cause instanceof Error && lines.length < 8; cause = cause.cause) {
    lines.push(`${lines.length === 0 ? "" : "caused by "}${cause.stack ?? cause.message}\n`);
  }
  return lines.join("");
}

/**
 * Prints an error: sentence and code on standard error, with `--json` also `{ error: { code, message } }` as the last
 * line of standard output. Answers the exit status of its code.
 */
export async function printError(thrown: unknown, { json, verbose }: PrintOptions): Promise<number> {
  const error = foreseen(thrown);
  const { code, message } = error;
  await write(process.stderr, `${message}\n${verbose ? stacks(thrown) : ""}`);
  if (json) await write(process.stdout, `${JSON.stringify({ error: { code, message } })}\n`);
  return ERROR_CODES[code].exit;
}
