import { isTidelineError, tidelineError } from "@tideline/spec/error";
import { openFile } from "./file-stream.ts";

/** What ends a line. */
export type LineEnd = "\r\n" | "\n" | "\r";

/** Where lines of a file begin to end otherwise. */
export interface MixedLineEnds {
  /** How the lines before it end. */
  readonly before: LineEnd;
  /** The first line that ends otherwise, from 1. */
  readonly line: number;
  readonly end: LineEnd;
}

const [QUOTE, LF, CR] = [34, 10, 13];

/** Where lines of a CSV file begin to end otherwise than those before; breaks within quotes end none. */
export async function mixedLineEnds(path: string): Promise<MixedLineEnds | undefined> {
  const { stream, close } = openFile(path);
  let before: LineEnd | undefined;
  let line = 1;
  let [quoted, returned] = [false, false];
  const other = (end: LineEnd): boolean => {
    if (before !== undefined && end !== before) return true;
    before = end;
    line++;
    return false;
  };
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      for (const byte of block) {
        if (returned) {
          returned = false;
          const end = byte === LF ? "\r\n" : "\r";
          if (other(end)) return { before: before!, line, end };
          if (byte === LF) continue;
        }
        if (byte === QUOTE) quoted = !quoted;
        else if (quoted) continue;
        else if (byte === CR) returned = true;
        else if (byte === LF && other("\n")) return { before: before!, line, end: "\n" };
      }
    }
    return returned && other("\r") ? { before: before!, line, end: "\r" } : undefined;
  } finally {
    await close();
  }
}

/** What the engine says of a file whose lines end in more than one way, and of some others that it can make nothing of. */
const LOST = /state machine reached an invalid state|detect the CSV parsing dialect/u;

/** An error of reading a CSV file: where its lines end in more than one way that one, told with the line; else as it is. */
export async function withLineEnds(who: string, path: string, error: unknown): Promise<unknown> {
  if (!isTidelineError(error, "DATA_MALFORMED") || !LOST.test(error.parts.received ?? "")) return error;
  const mixed = await mixedLineEnds(path);
  if (mixed === undefined) return error;
  const { before, line, end } = mixed;
  return tidelineError("DATA_MALFORMED", {
    who,
    expected: "lines that all end alike",
    received: `line ${line} that ends in ${JSON.stringify(end)}, behind lines that end in ${JSON.stringify(before)}`,
    remedy: String.raw`Write it with one end: perl -pe 's/\r\n?/\n/g' old > new`,
    cause: error,
  });
}
