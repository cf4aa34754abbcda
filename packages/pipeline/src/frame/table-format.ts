import { openFile, packedError } from "./file-stream.ts";

/** Formats of files that a table is read from. */
export type TableFormat = "parquet" | "csv" | "json" | "arrow";

const ENDINGS: readonly (readonly [RegExp, TableFormat])[] = [
  [/\.parquet$/iu, "parquet"],
  [/\.(?:csv|tsv|txt)(?:\.gz)?$/iu, "csv"],
  [/\.(?:json|jsonl|ndjson)(?:\.gz)?$/iu, "json"],
  [/\.(?:arrow|arrows|feather|ipc)$/iu, "arrow"],
];

/** Bytes that tell formats apart. */
const LOOKED_AT = 64;

/**
 * The format of a file by its ending, or without a known one by its first bytes: what is nothing else is CSV.
 *
 * @throws DATA_MALFORMED for a `.gz` that cannot be unpacked.
 */
export async function formatOfFile(who: string, path: string): Promise<TableFormat> {
  const known = ENDINGS.find(([ending]) => ending.test(path));
  if (known !== undefined) return known[1];
  const head = await firstBytes(who, path);
  if (head.startsWith("PAR1")) return "parquet";
  // A stream of Arrow begins with the mark of a message, a file with its name.
  if (head.startsWith("ARROW1") || head.startsWith("\xff\xff\xff\xff")) return "arrow";
  return /^(?:\xef\xbb\xbf)?\s*\{/u.test(head) ? "json" : "csv";
}

async function firstBytes(who: string, path: string): Promise<string> {
  const { stream, close } = openFile(path);
  try {
    for await (const block of stream as AsyncIterable<Buffer>)
      return block.subarray(0, LOOKED_AT).toString("latin1");
    return "";
  } catch (error) {
    throw packedError(`${who}: ${path}`, error);
  } finally {
    await close();
  }
}
