import { tidelineError } from "@tideline/spec/error";
import { openFile, packedError } from "./file-stream.ts";

/** Bytes at a file's start that say what it is written in. */
const LOOKED_AT = 4096;

/** The share of zero bytes in a text above which it is none: in UTF-16 nearly each second byte of Latin letters is one. */
const MOST_ZEROS = 1 / 8;

/** What the start of a file is: texts of UTF-8, white space to its end, or nothing. */
export type TextHead = "text" | "blank";

/**
 * Looks at the start of a text file, plain or `.gz`, before anyone reads fields of it.
 *
 * @throws DATA_MALFORMED for UTF-16 and UTF-32, bytes of zero, and a `.gz` that cannot be unpacked.
 */
export async function textHead(who: string, path: string): Promise<TextHead> {
  const { stream, close } = openFile(path);
  let first = true;
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      if (first) checkEncoding(who, block.subarray(0, LOOKED_AT));
      const start = first && block.subarray(0, 3).equals(MARK) ? MARK.length : 0;
      first = false;
      if (block.subarray(start).some((byte) => !isBlank(byte))) return "text";
    }
    return "blank";
  } catch (error) {
    throw packedError(who, error);
  } finally {
    await close();
  }
}

/** What some editors write before UTF-8. */
const MARK = Buffer.from("\ufeff");

/** Space, and tab to carriage return. */
const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

function checkEncoding(who: string, head: Uint8Array): void {
  const wrong = (received: string, remedy: string) =>
    tidelineError("DATA_MALFORMED", { who, expected: "a text in UTF-8", received, remedy });
  const encoding = wideEncoding(head);
  if (encoding !== undefined)
    throw wrong(encoding, `Save it as UTF-8: iconv -f ${encoding} -t UTF-8 old > new`);
  const zeros = head.reduce((sum, byte) => sum + Number(byte === 0), 0);
  if (zeros > head.length * MOST_ZEROS)
    throw wrong(
      zeros === head.length ? "bytes of zero alone" : `bytes of which ${zeros} in ${head.length} are zero`,
      "It was not written to its end, or is no text: copy it anew from where it came.",
    );
}

/** An encoding of two or four bytes for each letter, by its mark or by where bytes of zero stand; undefined for any other. */
function wideEncoding(head: Uint8Array): "UTF-16" | "UTF-16LE" | "UTF-16BE" | "UTF-32" | undefined {
  const [one, other, third, fourth] = head;
  const low = one === 0xff && other === 0xfe;
  if (low ? third === 0 && fourth === 0 : one === 0 && other === 0 && third === 0xfe && fourth === 0xff)
    return "UTF-32";
  if (low || (one === 0xfe && other === 0xff)) return "UTF-16";
  const zeros = [0, 0] as [number, number];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]!++;
  const [even, odd] = zeros;
  // Signs between fields have a zero on one side alone; few letters have one on the other.
  if (Math.max(even, odd) <= head.length * MOST_ZEROS || 4 * Math.min(even, odd) > Math.max(even, odd))
    return undefined;
  return even > odd ? "UTF-16BE" : "UTF-16LE";
}
