import { openFile, packedError } from "./file-stream.ts";

/** A line of a file; `text` is undefined where it cannot be read, `fault` says why. */
export interface TextLine {
  /** From 1. */
  readonly line: number;
  readonly text: string | undefined;
  readonly fault?: string;
}

/** Bytes of a line at most: 64 MiB. */
const MOST_LINE = 64 * 2 ** 20;

/**
 * The lines of a UTF-8 file (plain or `.gz`), some at a time, without those of white space alone. A line that is no
 * UTF-8, or longer than 64 MiB, is told as such; the next ones come. The file is closed when the reader stops.
 *
 * @throws DATA_MALFORMED for a `.gz` that is cut off or damaged.
 */
export async function* textLines(who: string, path: string): AsyncGenerator<readonly TextLine[]> {
  const { stream, close } = openFile(path);
  const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = 1;
  let held: Buffer[] = [];
  let size = 0;
  let skipping = false;
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      const end = block.lastIndexOf(10);
      if (end < 0) {
        if (!skipping) held.push(block);
        size += block.length;
        if (size > MOST_LINE) [held, skipping] = [[], true];
        continue;
      }
      const found: TextLine[] = [];
      let whole = block.subarray(0, end);
      if (skipping) {
        found.push({ line, text: undefined, fault: `a line of more than ${MOST_LINE} bytes` });
        line++;
        const first = block.indexOf(10);
        whole = block.subarray(first + 1, Math.max(first + 1, end));
        if (first < end) line = decodeLines(fatal, whole, line, found);
      } else
        line = decodeLines(fatal, held.length > 0 ? Buffer.concat([...held, whole]) : whole, line, found);
      [held, size, skipping] = [[block.subarray(end + 1)], block.length - end - 1, false];
      if (found.length > 0) yield found;
    }
    const found: TextLine[] = [];
    if (skipping) found.push({ line, text: undefined, fault: `a line of more than ${MOST_LINE} bytes` });
    else if (size > 0) decodeLines(fatal, Buffer.concat(held), line, found);
    if (found.length > 0) yield found;
  } catch (error) {
    throw packedError(`${who}: ${path}`, error);
  } finally {
    await close();
  }
}

/** Decodes the lines of some bytes, at once where they are UTF-8. Gives the number of the line behind them. */
function decodeLines(
  fatal: { decode(bytes: Uint8Array): string },
  bytes: Buffer,
  first: number,
  found: TextLine[],
): number {
  let line = first;
  let text: string;
  try {
    text = fatal.decode(bytes);
  } catch {
    for (let start = 0; start <= bytes.length; line++) {
      const next = bytes.indexOf(10, start);
      const end = next < 0 ? bytes.length : next;
      const own = bytes.subarray(start, end);
      try {
        push(found, line, fatal.decode(own));
      } catch {
        found.push({ line, text: undefined, fault: "bytes that are no UTF-8" });
      }
      start = end + 1;
    }
    return line;
  }
  for (const one of text.split("\n")) push(found, line++, one);
  return line;
}

function push(found: TextLine[], line: number, whole: string): void {
  // The first line may begin with the mark that some editors write.
  const text = line === 1 && whole.startsWith("\ufeff") ? whole.slice(1) : whole;
  if (text.trim() !== "") found.push({ line, text });
}
