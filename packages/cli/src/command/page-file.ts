import { open, stat } from "node:fs/promises";
import { writeDurably } from "@tideline/pipeline/catalog";
import { tidelineError } from "@tideline/spec";
import { outFileError } from "./out-file.ts";

/** Bytes at the start of a page in which its mark stands. */
const HEAD = 4096;

/**
 * Wants a place where a page may be written: free, or held by a page of ours, which is replaced.
 * Called before long work.
 *
 * @throws ARGUMENT_INVALID
 */
export async function needPageFile(who: string, path: string, field = "--html"): Promise<void> {
  const wrong = (expected: string, received: string, remedy?: string) =>
    tidelineError("ARGUMENT_INVALID", {
      who,
      field,
      expected,
      received,
      ...(remedy === undefined ? {} : { remedy }),
    });
  if (path === "") throw wrong("the name of a file", "none");
  const own = await stat(path).catch(() => undefined);
  if (own === undefined) return;
  const { PAGE_MARK } = await import("@tideline/pipeline/report");
  if (own.isFile() && (await headOf(path)).includes(PAGE_MARK)) return;
  const what = own.isDirectory() ? "which is a folder" : "which is there already and no page of Tideline";
  throw wrong(
    "a new file, or a page to replace",
    `${path}, ${what}`,
    "Name another file, or remove this one.",
  );
}

/** Writes a page, whole or not at all. @throws ARGUMENT_INVALID */
export async function writePageFile(
  who: string,
  path: string,
  html: string,
  field = "--html",
): Promise<void> {
  await writeDurably(path, html, { mode: 0o644 }).catch((cause: unknown) => {
    throw outFileError(who, "a file that can be written", path, cause, field);
  });
}

async function headOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return "";
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
