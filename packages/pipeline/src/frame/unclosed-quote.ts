import { openFile } from "./file-stream.ts";

/** A quote that does not end before the file does. */
export interface UnclosedQuote {
  /** Line breaks behind it. */
  readonly breaks: number;
}

/**
 * The first of some quotes of a file that nothing closes: all that stands behind it is one field to a reader of CSV.
 *
 * @param positions The bytes at which they stand, from 0, ascending.
 */
export async function unclosedQuote(
  path: string,
  positions: readonly number[],
): Promise<UnclosedQuote | undefined> {
  const { stream, close } = openFile(path);
  let [base, next, breaks] = [0, 0, 0];
  let open = false;
  // A quote that closes, or is the first of two that stand for one.
  let pending = false;
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      let at = 0;
      while (at < block.length) {
        if (!open) {
          while (next < positions.length && positions[next]! < base + at) next++;
          if (next === positions.length) return undefined;
          at = positions[next]! - base;
          if (at >= block.length) break;
          if (block[at++] === 34) [open, breaks] = [true, 0];
          else next++;
        } else if (pending) {
          pending = false;
          if (block[at] === 34) at++;
          else open = false;
        } else {
          const quote = block.indexOf(34, at);
          const end = quote < 0 ? block.length : quote;
          for (let one = block.indexOf(10, at); one >= 0 && one < end; one = block.indexOf(10, one + 1))
            breaks++;
          pending = quote >= 0;
          at = end + Number(pending);
        }
      }
      base += block.length;
    }
    return open && !pending ? { breaks } : undefined;
  } finally {
    await close();
  }
}
