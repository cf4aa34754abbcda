import { openFile } from "./file-stream.ts";

/** How far quotes of a file reach. */
export interface QuoteSpans {
  /** Line breaks between a quote and the one that closes it, by its byte, where there are two or more. */
  readonly breaks: ReadonlyMap<number, number>;
  /** Line breaks behind a quote that nothing closes; undefined where all are closed. */
  readonly unclosed: number | undefined;
}

/**
 * How far quotes of a file reach, in one reading of it.
 *
 * @param positions The bytes at which they stand, from 0, ascending.
 */
export async function quoteSpans(path: string, positions: readonly number[]): Promise<QuoteSpans> {
  const found = new Map<number, number>();
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
          if (next === positions.length) return { breaks: found, unclosed: undefined };
          at = positions[next]! - base;
          if (at >= block.length) break;
          if (block[at++] === 34) [open, breaks] = [true, 0];
          else next++;
        } else if (pending) {
          pending = false;
          if (block[at] === 34) at++;
          else {
            open = false;
            if (breaks > 1) found.set(positions[next]!, breaks);
          }
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
    return { breaks: found, unclosed: open && !pending ? breaks : undefined };
  } finally {
    await close();
  }
}
