import { tidelineError } from "@tideline/spec/error";
import { openFile, packedError } from "./file-stream.ts";

/** Bytes at a file's start that say what it is written in. */
const LOOKED_AT = 4096;

/** The share of zero bytes in a text above which it is none: in UTF-16 nearly each second byte is one. */
const MOST_ZEROS = 1 / 8;

/** What the start of a file is: texts of UTF-8, white space to its end, or nothing. */
export type TextHead = "text" | "blank";

/**
 * Looks at the start of a text file, plain or `.gz`, before anyone reads fields of it.
 *
 * @throws DATA_MALFORMED for UTF-16, bytes of zero, and a `.gz` that cannot be unpacked.
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
  const zeros = head.reduce((sum, byte) => sum + Number(byte === 0), 0);
  const [one, other] = head;
  const marked = (one === 0xff && other === 0xfe) || (one === 0xfe && other === 0xff);
  if (marked || (zeros < head.length && zeros > head.length * 0.3))
    throw wrong("UTF-16", "Save it as UTF-8: iconv -f UTF-16 -t UTF-8 old > new");
  if (zeros > head.length * MOST_ZEROS)
    throw wrong(
      zeros === head.length ? "bytes of zero alone" : `bytes of which ${zeros} in ${head.length} are zero`,
      "It was not written to its end, or is no text: copy it anew from where it came.",
    );
}
