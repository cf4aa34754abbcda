import { openFile, packedError } from "./file-stream.ts";

/** Bytes that are looked at for a first row: what a row may have at most, and some lines before it. */
const MOST_HEAD = 4 * 2 ** 20;

/**
 * The fields of a CSV file's first row behind `skip` lines, as they are written; undefined where there is none. A row that
 * does not end within 4 MiB is cut off there.
 *
 * @throws DATA_MALFORMED for a `.gz` that cannot be unpacked.
 */
export async function csvHead(
  who: string,
  path: string,
  delimiter: string,
  skip: number,
): Promise<readonly string[] | undefined> {
  const text = await headText(who, path);
  let start = text.startsWith("\ufeff") ? 1 : 0;
  for (let line = 0; line < skip && start < text.length; line++) {
    const end = text.indexOf("\n", start);
    start = end < 0 ? text.length : end + 1;
  }
  // Empty lines before the first row count for nothing.
  while (text[start] === "\n" || text[start] === "\r") start++;
  return start >= text.length ? undefined : fieldsAt(text, start, delimiter);
}

async function headText(who: string, path: string): Promise<string> {
  const { stream, close } = openFile(path);
  const held: Buffer[] = [];
  let size = 0;
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      held.push(block);
      size += block.length;
      if (size >= MOST_HEAD) break;
    }
  } catch (error) {
    throw packedError(who, error);
  } finally {
    await close();
  }
  return Buffer.concat(held).toString();
}

function fieldsAt(text: string, from: number, delimiter: string): readonly string[] {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    let field = "";
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        const end = text.indexOf('"', at);
        field += text.slice(at, end < 0 ? undefined : end);
        at = end < 0 ? text.length : end + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
    }
    const start = at;
    while (at < text.length && !text.startsWith(delimiter, at) && text[at] !== "\n" && text[at] !== "\r")
      at++;
    fields.push(field + text.slice(start, at));
    if (!text.startsWith(delimiter, at)) return fields;
    at += delimiter.length;
  }
}
